// runners/installer/admission.ts — the names, kinds and sizes of files that somebody else chose → paths that are safe, or a refusal.
import { type InstallLimits } from '../../operator/api/install.ts';
import { Refusal } from './failure.ts';

export type EntryKind = 'file' | 'folder' | 'link';
export type AdmissionLimits = Pick<InstallLimits, 'files' | 'fileBytes' | 'totalBytes'>;

/** Judges the entries of one tree, each once, before anything of them is written. */
export interface Admission {
  /** The entry's path; undefined for what is left out: the top itself, and git's own files. Throws Refusal. */
  entry(name: Buffer, kind: EntryKind, sizeBytes: number): string | undefined;
  /** Where a link points to, when that is inside. Throws Refusal. */
  readonly target: (path: string, target: Buffer) => string;
  /** Whether a file of this path was admitted. */
  hasFile(path: string): boolean;
}

/** Longest path and longest part of one, in bytes. */
const PATH_MAX_BYTES = 1024;
const PART_MAX_BYTES = 255;

/** `mayLeave` says which links may point out of the tree; none when it is not given. */
export function admission(
  { files, fileBytes, totalBytes }: AdmissionLimits,
  mayLeave: (path: string, target: string) => boolean = () => false,
): Admission {
  const kinds = new Map<string, EntryKind>();
  const counts = { file: 0, folder: 0 };
  let total = 0;
  let lastFolder = '';

  function register(path: string, kind: EntryKind): void {
    const known = kinds.get(path);
    if (known === 'folder' && kind === 'folder') return;
    if (known !== undefined) throw new Refusal(path, `it is there twice, as ${known} and as ${kind}`);
    kinds.set(path, kind);
    const count = ++counts[kind === 'folder' ? 'folder' : 'file'];
    if (count > files)
      throw new Refusal(path, `the pack has more than ${files} ${kind === 'folder' ? 'folders' : 'files'}`);
  }

  function registerFolders(parts: readonly string[]): void {
    const whole = parts.join('/');
    // Archives have the files of a folder one after the other.
    if (whole === lastFolder) return;
    lastFolder = whole;
    let path = '';
    for (const part of parts) {
      path = path === '' ? part : `${path}/${part}`;
      const known = kinds.get(path);
      if (known === 'link' || known === 'file')
        throw new Refusal(path, `other files are inside of it, and it is a ${known}`);
      if (known === undefined) register(path, 'folder');
    }
  }

  return {
    entry(name, kind, sizeBytes) {
      const parts = partsOf(name);
      const path = parts.join('/');
      if (parts.length === 0 || parts.includes('.git')) return undefined;
      if (kind === 'file' && sizeBytes > fileBytes)
        throw new Refusal(path, `the file has ${sizeBytes} bytes; at most ${fileBytes} are taken`);
      if (kind === 'file') total += sizeBytes;
      if (total > totalBytes)
        throw new Refusal(path, `up to here the files have ${total} bytes; at most ${totalBytes} are taken`);
      registerFolders(parts.slice(0, -1));
      register(path, kind);
      return path;
    },
    target: (path, bytes) => {
      const target = textOf(bytes, 'the link points to a name');
      if (!mayLeave(path, target)) assertInside(path, target);
      return target;
    },
    hasFile: (path) => kinds.get(path) === 'file',
  };
}

/** The parts of a name; throws Refusal for one that is not to be written anywhere. */
function partsOf(name: Buffer): string[] {
  const text = textOf(name, 'the name');
  if (text === '') throw new Refusal('(no name)', 'a file has an empty name');
  if (name.length > PATH_MAX_BYTES)
    throw new Refusal(`${text.slice(0, 80)}…`, `the path is longer than ${PATH_MAX_BYTES} bytes`);
  if (text.startsWith('/')) throw new Refusal(text, 'the path is absolute; files of a pack stay in its folder');
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..'))
    throw new Refusal(text, 'the path leaves the pack by ..; files of a pack stay in its folder');
  if (name.length > PART_MAX_BYTES && parts.some((part) => Buffer.byteLength(part) > PART_MAX_BYTES))
    throw new Refusal(`${text.slice(0, 80)}…`, `a part of the path is longer than ${PART_MAX_BYTES} bytes`);
  return parts;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Buffer, what: string): string {
  const ascii = bytes.toString('latin1');
  if (/^[\u0020-\u007e]*$/.test(ascii)) return ascii;
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new Refusal(shown(bytes), `${what} is not UTF-8; rename it`);
  }
  // oxlint-disable-next-line no-control-regex
  const control = /[\u0000-\u001f\u007f]/.exec(text)?.[0];
  if (control === undefined) return text;
  const names: Readonly<Record<string, string>> = { '\0': 'NUL', '\n': 'a line break' };
  throw new Refusal(shown(bytes), `${what} has ${names[control] ?? 'a control character'} in it; rename it`);
}

/** A name that can't be shown as it is: printable ASCII stays. */
const shown = (bytes: Buffer): string =>
  bytes
    .subarray(0, 120)
    .toString('latin1')
    .replaceAll(/[^\u0020-\u007e]/g, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`);

/**
 * `..` only at the beginning: the folders above a link are real ones, and what follows leads through links that stay inside
 * themselves; so no chain of links leads out.
 */
function assertInside(path: string, target: string): void {
  const refuse = (why: string): never => {
    throw new Refusal(path, `the link points to ${target.slice(0, 200)}, ${why}; links of a pack stay in its folder`);
  };
  if (target === '') refuse('nowhere');
  if (target.startsWith('/')) refuse('an absolute path');
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const ups = parts.findIndex((part) => part !== '..');
  const leading = ups === -1 ? parts.length : ups;
  if (leading > path.split('/').length - 1) refuse('out of the pack');
  if (parts.indexOf('..', leading) !== -1) refuse('which has .. after a name');
}
