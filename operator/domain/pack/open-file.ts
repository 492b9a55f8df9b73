// operator/domain/pack/open-file.ts — one file of a pack → its content as JSON, with the line of each field, or what is wrong with it.
import type { Finding } from '../../api/install.ts';
import { finalJson, plainJson } from '../action/plain-json.ts';
import { evaluating, NOWHEN } from '../expression/evaluation.ts';
import { didYouMean } from '../expression/fault.ts';
import type { FieldPath } from './yaml-text.ts';
import { loadPackYaml } from './pack-yaml.ts';
import type { PackTree } from './tree.ts';

/** What is told of one file, at most: finding its line takes a while for each. */
export const TOLD_MAX = 100;

/** What reading a pack has to tell; everybody who reads a part of it adds to it. */
export interface Notes {
  readonly findings: Finding[];
  readonly warnings: string[];
}

export interface OpenedFile {
  readonly file: string;
  /** JSON; null of an empty file. */
  readonly value: unknown;
  /** From 1; of a field that is not there, the line of what is around it. */
  readonly line: (path: FieldPath) => number;
}

/** The content of a file of metadata; undefined when a finding says why there is none. */
export function openFile(tree: PackTree, file: string, notes: Notes): OpenedFile | undefined {
  const text = tree.text(file);
  if (text === undefined) {
    notes.findings.push({
      file,
      message: 'it cannot be read: it is too large for such a file, or is not UTF-8; write less, in UTF-8',
    });
    return undefined;
  }
  const { value, problems, positions } = loadPackYaml(text, file);
  for (const { severity, place, message, remedy, at } of problems.slice(0, TOLD_MAX)) {
    const told = remedy === undefined ? message : `${message}; ${remedy}`;
    if (severity === 'error') notes.findings.push({ file, line: place.line, message: told });
    else notes.warnings.push(`${at}: ${told}`);
  }
  if (value === undefined) return undefined;
  // Evaluated, since what an alias repeats is written out here.
  const json = evaluating(NOWHEN, () => finalJson(plainJson(value), (one) => one));
  return { file, value: json, line: (path) => positions.placeOf(path).line };
}

/** A zod schema, as far as it is used here. */
export interface FileSchema<T> {
  /** What an object may have. */
  readonly shape?: object;
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T; readonly error?: undefined }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}
interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

/** What the file says, if it fits; otherwise each misfit is a finding. */
export function fit<T>(schema: FileSchema<T>, opened: OpenedFile, notes: Notes): T | undefined {
  const { file, value } = opened;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = value === null ? 'the file is empty' : 'the file is no mapping; write "key: value" lines';
    notes.findings.push({ file, line: 1, message });
    return undefined;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const known = Object.keys(schema.shape ?? {});
  for (const issue of parsed.error.issues.slice(0, TOLD_MAX)) notes.findings.push(...findingsOf(issue, opened, known));
  return undefined;
}

function findingsOf(issue: Issue, { file, value, line }: OpenedFile, known: readonly string[]): Finding[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  const finding = (at: FieldPath, message: string): Finding => ({ file, line: line(at), message });
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).slice(0, TOLD_MAX).map((key) => {
      const hint = path.length === 0 ? didYouMean(key, known) : '';
      return finding([...path, key], `${fieldName([...path, key])}: there is no such key;${hint} Remove or rename it`);
    });
  }
  const name = path.length === 0 ? '' : `${fieldName(path)}: `;
  if (issue.code === 'invalid_type' && isMissing(value, path)) return [finding(path, `${name}it is missing; write it`)];
  return [finding(path, `${name}${issue.message}`)];
}

/** `trigger_types[0].name`. */
export const fieldName = (path: FieldPath): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i === 0 ? '' : '.'}${step}`)).join('');

function isMissing(value: unknown, path: FieldPath): boolean {
  let within = value;
  for (const step of path) {
    if (typeof within !== 'object' || within === null || !Object.hasOwn(within, step)) return true;
    within = (within as Readonly<Record<string, unknown>>)[step];
  }
  return false;
}

/** Names of metadata files directly inside of a folder, sorted. */
export const filesIn = (tree: PackTree, folder: string): readonly string[] =>
  tree.files
    .filter((file) => file.startsWith(`${folder}/`) && /^[^/]+\.ya?ml$/.test(file.slice(folder.length + 1)))
    .filter((file) => !/^actions\/config\.ya?ml$/.test(file))
    .sort();

/** Longest description that an object takes, in characters; Description in api/meta.ts says so. */
const DESCRIPTION_MAX = 16_384;

/** As much of a description as an object takes, under its key; nothing of an empty one. */
export const described = (text: string | null | undefined): { description?: string } =>
  text ? { description: text.slice(0, DESCRIPTION_MAX) } : {};
