// cli/pack-config-given.ts — what the command line gives for a configuration → the draft with it, and what of it may be a slip.
import { readFileSync } from 'node:fs';
import { didYouMean } from '../operator/domain/expression/fault.ts';
import { Failure } from './failure.ts';
import { castText } from './pack-config-cast.ts';
import { referenceOf } from './pack-config-dialog.ts';
import { type Draft, secretsIn, valueAt, type Values, withReference, without, withValue } from './pack-config-draft.ts';
import { type ConfigSchemas, isTemplate, schemaAt } from './pack-config-schema.ts';
import type { StoredConfig } from './pack-config-store.ts';
import { mappingIn } from './pack-config-yaml.ts';

export interface Given {
  /** Words `key=value`; dots reach into objects. */
  readonly set?: readonly string[];
  readonly unset?: readonly string[];
  /** A file with a mapping; - is the standard input. */
  readonly fromFile?: string;
}

/** The draft with it; `warn` is told what of a file may be a slip. @throws Failure with exit code 2 for words that cannot be understood */
export function draftWith(
  before: Draft,
  schemas: ConfigSchemas,
  { set, unset, fromFile }: Given,
  warn: (doubt: string) => void,
): Draft {
  let draft = before;
  for (const [key, value] of Object.entries(fromFile === undefined ? {} : fileOf(fromFile, warn)))
    draft = withValue(draft, [key], value, schemas);
  for (const key of unset ?? []) draft = without(draft, key.split('.'));
  for (const word of set ?? []) draft = withWord(draft, schemas, word);
  return draft;
}

/** What is allowed, and may be a slip. */
export function doubtsOf(
  { ref, pack, schemas, file, own, references }: StoredConfig,
  { set = [], unset = [] }: Given,
): readonly string[] {
  if (!pack) return [`Pack ${ref} is not installed yet; its configuration waits for it`];
  const keys = set.map((word) => /^[^=.]*/.exec(word)?.[0] ?? '');
  const known = Object.keys(schemas);
  const strange = known.length > 0 ? keys.filter((key) => !known.includes(key)) : [];
  const isSet = (key: string) =>
    [file, own].some((values) => valueAt(values, key.split('.')) !== undefined) || references.has(key);
  return [
    ...strange.map((key) => `${key}: the schema of pack ${ref} has no such key.${didYouMean(key, known)}`),
    ...unset.filter((key) => !isSet(key)).map((key) => `${key}: it was not set`),
  ];
}

function fileOf(name: string, warn: (doubt: string) => void): Values {
  let text: string;
  try {
    text = readFileSync(name === '-' ? 0 : name, 'utf8');
  } catch (cause) {
    throw new Failure(`--from-file ${name}: ${(cause as Error).message}`, { cause });
  }
  const { value, faults, doubts } = mappingIn(text, `--from-file ${name}`);
  for (const doubt of doubts) warn(doubt);
  if (!value) throw new Failure(faults.join('\n'));
  if (Object.keys(value).length > 0) return value;
  throw new Failure(`--from-file ${name}: there is nothing in it; it must be a mapping of keys to values`);
}

function withWord(draft: Draft, schemas: ConfigSchemas, word: string): Draft {
  const at = word.indexOf('=');
  if (at < 1) throw new Failure(`--set ${word}: write key=value`, { exitCode: 2 });
  const path = word.slice(0, at).split('.');
  const text = word.slice(at + 1);
  const schema = schemaAt(schemas, path);
  if (text.startsWith('@secret:')) return withReference(draft, path, referenceOf(path, text));
  if (schema.secret && !isTemplate(text)) throw onCommandLine(path.join('.'));
  const value = castText(path, text, schema);
  const [secret] = secretsIn(path, value, schemas);
  if (secret !== undefined) throw onCommandLine(secret);
  return withValue(draft, path, value, schemas);
}

const onCommandLine = (key: string) =>
  new Failure(
    `--set ${key}: it is secret, and the command line stays in the history of the shell; write ${key}=@secret:NAME/KEY, or give it with --from-file -`,
    { exitCode: 2 },
  );
