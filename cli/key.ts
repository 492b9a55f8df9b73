// cli/key.ts — `squall key list|get|set|delete`: the datastore of a namespace, with the rights of whoever types.
import { readFileSync } from 'node:fs';
import type { KeyValue as KeyValueObject } from '../operator/api/kinds.ts';
import { VALUE_MAX_BYTES } from '../operator/api/key-value.ts';
import type { EntryId } from '../operator/domain/datastore/entry.ts';
import { Failure } from './failure.ts';
import {
  allEntries,
  clearText,
  deleteEntry,
  findEntry,
  idFor,
  type KeyOptions,
  type SetKeyOptions,
  writeEntry,
} from './key-store.ts';
import { age, clean, json, properties, table, yaml } from './print.ts';
import type { Session } from './session.ts';

type Output = 'table' | 'json' | 'yaml' | 'value' | 'name';
export interface ListKeysOptions extends KeyOptions {
  readonly output: Output;
  readonly prefix?: string;
}
export interface GetKeyOptions extends KeyOptions {
  readonly output: Output;
  readonly decrypt?: boolean;
}
/** Characters of a value that a list shows. */
const SHOWN = 60;
const MASK = '********';

/** Prints the entries in the order of their keys. */
export async function listKeys(session: Session, options: ListKeysOptions): Promise<void> {
  const { screen, now } = session;
  const { prefix = '', scope, user, output } = options;
  const isWanted = ({ spec }: KeyValueObject) =>
    spec.key.startsWith(prefix) &&
    (scope === undefined || spec.scope === scope) &&
    (user === undefined || spec.user === user);
  const found = (await allEntries(session)).filter(isWanted).toSorted((a, b) => (a.spec.key < b.spec.key ? -1 : 1));
  const views = found.map((object) => viewOf(object));
  if (output === 'json') screen.out(json(views));
  else if (output === 'yaml') screen.out(yaml(views));
  else if (output === 'name') screen.out(found.map(({ spec }) => `${spec.key}\n`).join(''));
  else
    screen.out(
      table(
        ['NAME', 'VALUE', 'SCOPE', 'USER', 'EXPIRES', 'AGE'],
        found.map((object, i) => [
          object.spec.key,
          short(views[i]?.value ?? ''),
          object.spec.scope,
          object.spec.user ?? '',
          object.spec.expiresAt ?? '',
          age(object.metadata.creationTimestamp, now()),
        ]),
      ),
    );
}

/** Prints one entry; a secret one only with --decrypt. @throws Failure when there is none */
export async function getKey(session: Session, key: string, options: GetKeyOptions): Promise<void> {
  const { screen } = session;
  const id = await idFor(session, key, options);
  const object = await findEntry(session, id);
  if (!object) throw missing(session, id);
  const value = options.decrypt ? await clearText(session, object) : undefined;
  const view = viewOf(object, value);
  if (options.output === 'json') screen.out(json(view));
  else if (options.output === 'yaml') screen.out(yaml(view));
  else if (options.output === 'value') screen.out(`${view.value}\n`);
  else screen.out(properties(view));
}

/** Stores `value`, or without one what stands on the standard input. @throws Failure */
export async function setKey(
  session: Session,
  [key = '', given]: readonly string[],
  options: SetKeyOptions,
): Promise<void> {
  if (options.secret && given !== undefined)
    throw new Failure(
      `key ${key}: a secret on the command line stays in the history of the shell; give it on the standard input`,
      {
        exitCode: 2,
      },
    );
  const value = given ?? readInput(key);
  const bytes = Buffer.byteLength(value);
  if (bytes > VALUE_MAX_BYTES)
    throw new Failure(
      `key ${key}: the value has ${bytes} bytes, at most ${VALUE_MAX_BYTES} are stored; keep large values elsewhere`,
    );
  const id = await idFor(session, key, options);
  const stored = await writeEntry(session, id, value, options);
  session.screen.out(`KeyValue ${stored.metadata.name} holds key ${clean(key)}\n`);
}

/** Deletes entries. @throws Failure for one that is not there */
export async function deleteKeys(session: Session, keys: readonly string[], options: KeyOptions): Promise<void> {
  for (const key of keys) {
    const id = await idFor(session, key, options);
    let object = await findEntry(session, id);
    if (!object) throw missing(session, id);
    // Several objects may hold one key; the next one would count as soon as this one is gone.
    const deleted = new Set<string>();
    for (; object && !deleted.has(object.metadata.uid ?? ''); object = await findEntry(session, id)) {
      await deleteEntry(session, object);
      deleted.add(object.metadata.uid ?? '');
    }
    session.screen.out(`key ${clean(key)} deleted\n`);
  }
}

const missing = ({ namespace }: Session, { scope, key }: EntryId) =>
  new Failure(`key ${clean(key)}: there is none of scope ${scope} in namespace ${namespace}; see "squall key list"`);

function viewOf({ spec }: KeyValueObject, clear?: string) {
  const { key, scope, user, value, valueFrom, expiresAt } = spec;
  return {
    name: key,
    value: value ?? clear ?? MASK,
    scope,
    ...(user === undefined ? {} : { user }),
    secret: valueFrom !== undefined,
    ...(valueFrom === undefined ? {} : { valueFrom }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** Without the line break that every editor and echo puts at the end. */
function readInput(key: string): string {
  if (process.stdin.isTTY)
    throw new Failure(
      `key ${key}: give a value, or write it to the standard input: printf %s VALUE | squall key set ${key}`,
      {
        exitCode: 2,
      },
    );
  return readFileSync(0, 'utf8').replace(/\r?\n$/, '');
}

const short = (value: string): string => {
  const line = clean(value);
  return Array.from(line).length > SHOWN
    ? `${Array.from(line)
        .slice(0, SHOWN - 1)
        .join('')}…`
    : line;
};
