// operator/domain/pack/entry-point.ts — the entry_point of a file → the file that it means, as long as that is one of the pack.
import type { Reading } from './reading.ts';

export type EntryPoint =
  | { readonly path: string; readonly fault?: undefined }
  | { readonly path?: undefined; readonly fault: string };

/** Where packs are while their actions run; an absolute entry point begins with it. */
const PACKS = '/opt/stackstorm/packs/';

/** `folder` is the one that relative paths begin in: actions or sensors. */
export function resolveEntryPoint(written: string, folder: string, { pack }: Pick<Reading, 'pack'>): EntryPoint {
  const home = `${PACKS}${pack}/`;
  const path = written.startsWith(home) ? written.slice(home.length) : `${folder}/${written}`;
  if (written.startsWith('/') && !written.startsWith(home))
    return { fault: `entry_point: ${shown(written)} is outside of the pack; name a file below ${folder}/` };
  const parts = path.split('/');
  if (parts.includes('..') || path.includes('\0') || path.includes('\\'))
    return { fault: `entry_point: ${shown(written)} leads out of ${folder}/; name a file of the pack, without ..` };
  if (parts.some((part) => part === '' || part === '.'))
    return { fault: `entry_point: ${shown(written)} is not in its shortest form; write it without . and //` };
  if (path.length > 1024) return { fault: 'entry_point: it is longer than 1024 characters; shorten it' };
  return { path };
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 120));
