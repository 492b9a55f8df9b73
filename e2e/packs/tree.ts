// e2e/packs/tree.ts — a folder of this machine as the tree of a pack.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { PackTree } from '../../operator/domain/pack/tree.ts';

/** Files are read when they are asked for. */
export function treeOf(root: string): PackTree {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  const text = (path: string): string | undefined => {
    const full = join(root, path);
    if (statSync(full).size > 1024 * 1024) return undefined;
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(full));
    } catch {
      return undefined;
    }
  };
  return { files, text };
}
