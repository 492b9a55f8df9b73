// e2e/packs/bring.ts — the packs of a file of cases, from their repositories, each at its commit: a folder with a folder for each pack.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import * as z from 'zod';
import { ask, run } from '../cluster/command.ts';
import { paths, repository } from '../cluster/home.ts';
import { packsIn, type RecordedPack, stateOf } from './corpus.ts';

const AT_ONCE = 4;
/** A pack may be a small folder of a large repository. */
const PARTIAL = { promisor: 'true', partialclonefilter: 'blob:none' };
const FILTER = `--filter=${PARTIAL.partialclonefilter}`;
const GIT = { env: { GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }, timeoutMs: 300_000 };

const [folderGiven, casesFile, ...only] = process.argv.slice(2);
if (folderGiven === undefined || casesFile === undefined) {
  console.error(
    'usage: node e2e/packs/bring.ts <folder> <cases.json> [pack …]\n' +
      'What is there already is left; call it again after a failure. Mirrors: git config url.<mirror>.insteadOf <address>.',
  );
  process.exit(2);
}

const folder = resolve(folderGiven);
/** What was brought in which state, beside the packs: in them, nothing is changed. */
const ledger = join(folder, '.brought.json');
await refuseCommitted();
mkdirSync(folder, { recursive: true });
const brought = z
  .record(z.string(), z.string())
  .parse(existsSync(ledger) ? JSON.parse(readFileSync(ledger, 'utf8')) : {});

const known = packsIn(JSON.parse(readFileSync(casesFile, 'utf8')));
const unknown = only.filter((name) => !known.some(({ pack }) => pack === name));
if (unknown.length > 0) {
  console.error(`${casesFile} has no pack ${unknown.join(', ')}; it has ${known.map(({ pack }) => pack).join(', ')}`);
  process.exit(2);
}
const asked = known.filter(({ pack }) => only.length === 0 || only.includes(pack));
const counts = { new: 0, there: 0, failed: 0 };
const waiting = byRepository(asked);
await Promise.all(Array.from({ length: AT_ONCE }, work));
console.log(`${counts.new} packs brought, ${counts.there} were there, ${counts.failed} could not be fetched`);
process.exitCode = counts.failed === 0 ? 0 : 1;

/** Packs are never committed. */
async function refuseCommitted(): Promise<void> {
  const inside = relative(repository, folder);
  if (inside.startsWith('..')) return;
  if ((await ask('git', ['-C', repository, 'check-ignore', '-q', join(inside, 'pack')])) !== undefined) return;
  console.error(
    `${folder} is inside the source tree and not in .gitignore; take artifacts/packs, or a folder elsewhere`,
  );
  process.exit(2);
}

/** Those of one repository are fetched one after the other, into the same cache. */
function byRepository(packs: readonly RecordedPack[]): RecordedPack[][] {
  return [...Map.groupBy(packs, ({ url }) => url).values()];
}

async function work(): Promise<void> {
  for (let group = waiting.shift(); group !== undefined; group = waiting.shift())
    for (const one of group) {
      try {
        const isNew = await bring(one);
        counts[isNew ? 'new' : 'there'] += 1;
        if (isNew) console.log(`brought ${one.pack}: ${stateOf(one)}`);
      } catch (error) {
        counts.failed += 1;
        console.log(`FAILED  ${one.pack}: ${stateOf(one)}: ${(error as Error).message}`);
      }
    }
}

/** False when it is there in this state. */
async function bring(one: RecordedPack): Promise<boolean> {
  const target = join(folder, one.pack);
  if (existsSync(target)) {
    if (brought[one.pack] === stateOf(one)) return false;
    if (brought[one.pack] === undefined) throw new Error(`${target} is from somebody else; move it away`);
  }
  const git = await fetched(one);
  const fresh = join(folder, `.${one.pack}.new`);
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh);
  const index = join(folder, `.${one.pack}.index`);
  const options = { ...GIT, env: { ...GIT.env, GIT_INDEX_FILE: index } };
  // Not `git archive`: that leaves out what a repository marks as export-ignore, which an installation has.
  await run(
    'git',
    [...git, `--work-tree=${fresh}`, 'read-tree', '-m', '-u', `${one.commit}:${one.path ?? ''}`],
    options,
  );
  rmSync(index, { force: true });
  rmSync(target, { recursive: true, force: true });
  // Before it has its name: one that is interrupted here is brought again, not taken for somebody else's.
  brought[one.pack] = stateOf(one);
  writeFileSync(ledger, `${JSON.stringify(brought, undefined, 2)}\n`);
  renameSync(fresh, target);
  return true;
}

/** The words that make git work on the cached repository, which has the commit; contents of files come when they are wanted. */
async function fetched({ url, commit }: RecordedPack): Promise<readonly string[]> {
  const cache = join(paths.cache, 'packs', `${encodeURIComponent(url)}.git`);
  const git = [`--git-dir=${cache}`];
  if (!existsSync(join(cache, 'HEAD'))) await run('git', ['init', '--quiet', '--bare', cache], GIT);
  for (const [key, value] of [...Object.entries(PARTIAL), ['url', url] as const])
    await run('git', [...git, 'config', `remote.origin.${key}`, value], GIT);
  // Git itself would fetch a commit that it lacks with all its history.
  const shallow = join(cache, 'shallow');
  if (!existsSync(shallow) || !readFileSync(shallow, 'utf8').includes(commit))
    await run('git', [...git, 'fetch', '--quiet', '--depth', '1', '--no-tags', FILTER, 'origin', commit], GIT);
  return git;
}
