// cli/pack-folder.ts — the folder of an author on this machine → what its pack is called.
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'yaml';
import { Failure } from './failure.ts';

/** As it will be called when it is installed: ref of its pack.yaml, else its name where that can be one, else the folder's. @throws Failure without a pack.yaml */
export function packRefIn(folder: string): string {
  const file = `${folder}/pack.yaml`;
  if (!existsSync(file)) throw new Failure(`${folder}: there is no pack.yaml in it; name the folder of a pack`);
  let content: { ref?: unknown; name?: unknown } | null;
  try {
    content = parse(readFileSync(file, 'utf8')) as typeof content;
  } catch (cause) {
    throw new Failure(`${file}: ${(cause as Error).message}; correct it`, { cause });
  }
  const isRef = (word: unknown): word is string => typeof word === 'string' && /^[a-z0-9_]+$/.test(word);
  const ref = [content?.ref, content?.name].find(isRef);
  return ref ?? basename(folder);
}
