// runners/installer/pack-tree.ts — files on disk → the tree that readPack() looks at.
import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PackTree } from '../../operator/domain/pack/tree.ts';
import type { TreeEntry } from './survey.ts';

/** A link is a file where it leads to one; all of them stay inside. */
export function treeOf(
  top: string,
  entries: readonly TreeEntry[],
  { yamlBytes, directoryName }: { readonly yamlBytes: number; readonly directoryName: string | undefined },
): PackTree {
  const isFile = ({ path, kind }: TreeEntry): boolean =>
    kind === 'file' || (kind === 'link' && leadsToFile(join(top, path)));
  const files = entries.filter(isFile).map(({ path }) => path);
  const known = new Set(files);
  return {
    files,
    ...(directoryName !== undefined && { directoryName }),
    text: (path) => (known.has(path) ? textOf(join(top, path), yamlBytes) : undefined),
  };
}

function leadsToFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    // It leads nowhere, or in a circle.
    return false;
  }
}

function textOf(path: string, mostBytes: number): string | undefined {
  const fd = openSync(path, 'r');
  try {
    if (fstatSync(fd).size > mostBytes) return undefined;
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(fd));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  } finally {
    closeSync(fd);
  }
}
