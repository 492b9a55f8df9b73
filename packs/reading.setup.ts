// packs/reading.setup.ts — for tests: a folder with a pack, read as an installation reads it.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readPack } from '../operator/domain/pack/read.ts';

/** Its files, the text of each, and what was made of them. */
export function reading(folder: string) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
  const text = (path: string) => (files.includes(path) ? readFileSync(join(folder, path), 'utf8') : undefined);
  return { files, text, reading: readPack({ files, text }) };
}
