// cli/pack-search.ts — `squall pack search` and `squall pack show`: what the index knows of packs, beside what is installed.
import type { IndexEntry } from '../operator/api/pack-index.ts';
import type { Pack } from '../operator/api/kinds.ts';
import { nameOfRef } from '../operator/api/meta.ts';
import { findInIndex, type PackIndex, searchIndex, versionsOf } from '../operator/domain/pack/packindex.ts';
import { Failure, isMissing } from './failure.ts';
import { call } from './kube.ts';
import { packPath } from './pack-object.ts';
import { readPackIndex } from './pack-index.ts';
import { viewOfPack } from './pack-view.ts';
import { type Format, json, properties, table, withoutNoise, yaml } from './print.ts';
import type { Session } from './session.ts';

export interface IndexOptions {
  readonly output: Format;
  /** Addresses or files of indexes, instead of those of the operator. */
  readonly index?: readonly string[];
}

/** Characters of a description that a row shows. */
const SHOWN = 70;

/** Prints the packs that have the words in them: first by name, then by keyword. */
export async function searchPacks(session: Session, query: string, { output, index }: IndexOptions): Promise<void> {
  const { screen } = session;
  const found = searchIndex(await readPackIndex(session, index), query);
  if (output === 'json') return screen.out(json(found.map(([, entry]) => entry)));
  if (output === 'yaml') return screen.out(yaml(found.map(([, entry]) => entry)));
  if (output === 'name') return found.forEach(([key]) => screen.out(`${key}\n`));
  if (found.length === 0) return screen.err(`No pack of the index has "${query}" in it.\n`);
  const rows = found.map(([key, { version, author, description }]) => [
    key,
    version ?? '',
    author ?? '',
    short(description ?? ''),
  ]);
  screen.out(table(['NAME', 'VERSION', 'AUTHOR', 'DESCRIPTION'], rows));
}

/** Prints a pack as it is installed, and as the index has it; `name=version` asks for a version. @throws Failure for one that is nowhere */
export async function showPackAnywhere(
  session: Session,
  asked: string,
  { output, index: named }: IndexOptions,
): Promise<void> {
  const [name = '', version] = asked.split('=');
  const { screen } = session;
  const installed = await call<Pack>(session.to, `get Pack ${name}`, packPath(session, nameOfRef(name))).catch(
    (error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    },
  );
  const index = await readPackIndex(session, named).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    if (!installed)
      throw new Failure(`Pack ${name}: it is not in namespace ${session.namespace}; ${error.message}`, {
        cause: error,
      });
    if (version !== undefined) throw error;
    screen.err(`warning: ${error.message}\n`);
    return new Map() as PackIndex;
  });
  const entry = index.get(name) ?? index.get(name.replaceAll('-', '_'));
  if (!installed && !entry) throw new Failure(unknown(index, name));
  if (version !== undefined) requireVersion(name, version, entry);
  const both = { installed: installed && withoutNoise(installed), index: entry };
  if (output === 'json') return screen.out(json(both));
  if (output === 'yaml') return screen.out(yaml(Object.fromEntries(Object.entries(both).filter(([, one]) => one))));
  if (installed) screen.out(properties(viewOfPack(installed)));
  if (entry) screen.out(properties(installed ? { 'in the index': viewOfEntry(entry) } : viewOfEntry(entry)));
  if (!installed) screen.err(`It is not installed in namespace ${session.namespace}: squall pack install ${name}\n`);
}

function unknown(index: PackIndex, name: string): string {
  const found = findInIndex(index, name, undefined);
  return 'message' in found ? found.message : '';
}

function requireVersion(name: string, version: string, entry: IndexEntry | undefined): void {
  const versions = entry ? versionsOf(new Map([[name, entry]]), name) : [];
  if (versions.includes(version) || entry?.version === version) return;
  const there = versions.length > 0 ? ` Available versions are: ${versions.join(', ')}.` : '';
  throw new Failure(`pack ${name}: the index has no version "${version}".${there}`);
}

function viewOfEntry(entry: IndexEntry): Readonly<Record<string, unknown>> {
  const { name, ref, description, version, versions, author, email, keywords, repo_url: source } = entry;
  const view = {
    name,
    ref,
    description,
    version,
    versions,
    author,
    email,
    keywords,
    source,
    content: contentOf(entry),
  };
  return Object.fromEntries(Object.entries(view).filter(([, value]) => value !== null && value !== undefined));
}

/** `3 actions, 1 sensors`, as the index counts. */
function contentOf({ content }: IndexEntry): string | undefined {
  if (typeof content !== 'object' || content === null) return undefined;
  const counts = Object.entries(content as Record<string, { count?: unknown } | null>).flatMap(([kind, one]) =>
    typeof one?.count === 'number' && one.count > 0 ? [`${one.count} ${kind}`] : [],
  );
  return counts.join(', ') || undefined;
}

const short = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line;
};
