// operator/controllers/run-look.ts — a run in memory beside its children as they are → what is new is recorded, what is to be done is seen.
import type { Execution } from '../api/kinds.ts';
import { withoutMarks } from '../domain/datastore/handed-on.ts';
import type { Live as LiveExecution } from '../domain/execution/parse.ts';
import type { Value } from '../domain/expression/python/values.ts';
import { parseExact } from '../domain/result/exact-json.ts';
import { bytesOf, placeOf, type Stored } from '../domain/result/result.ts';
import { parentOf } from '../domain/workflow/children.ts';
import type { Entry } from '../domain/workflow/engine.ts';
import { resultJsonOf } from '../domain/workflow/json.ts';
import type { LiveRun } from '../domain/workflow/live.ts';
import { type ChildNews, childNews, forgone, requestNews } from '../domain/workflow/news.ts';
import { heldFor, lately } from '../domain/workflow/pace.ts';
import { hasRunEnded, type ObservedRun } from '../domain/workflow/plan.ts';
import { limitReached, refuseWrong, type Surroundings, type WorkflowLimits } from '../domain/workflow/soundness.ts';
import { type Key, keyOf, splitKey } from '../kube/store.ts';
import { callable, type CallableStores } from './callable.ts';
import { configurationFor } from './configuration.ts';
import { aboveOf } from './lineage.ts';
import { engineFault, entriesNow, nowOf, type OpenOptions, type RefusedRun } from './run-live.ts';
import type { OpenedRun } from './run-reopen.ts';

export interface RunLookOptions extends OpenOptions {
  readonly sources: OpenOptions['sources'] & CallableStores;
  readonly storeResult: (json: string) => Promise<{ readonly digest: string; readonly bytes: number }>;
}

/** A run in memory. */
export interface HeldRun extends OpenedRun {
  /** Names of children that were seen. */
  readonly created: Set<string>;
  /** When it was opened and when it had news, by the monotonic clock, in ms: the latest of them. */
  readonly told: number[];
  /** Why the API server will never take a child, by its name. */
  readonly refusals: Map<string, string>;
}

/** Records what is new, unless something was told a moment ago, and sees what is to be done. */
export async function look(
  self: Execution,
  execution: LiveExecution,
  run: HeldRun,
  options: RunLookOptions,
): Promise<ObservedRun> {
  const { live, revision, created } = run;
  const key = keyOf(self);
  const { executions } = options.sources;
  const children = new Map<string, Execution>();
  for (const child of executions.by('parent', key)) {
    if (parentOf(child)?.uid !== self.metadata.uid) continue;
    children.set(child.metadata.name, child);
    created.add(child.metadata.name);
  }
  const seen = { children, gone: await goneOf(live, children, created, options, key) };
  const now = nowOf(options);
  const request = requestNews(live, execution, aboveOf(execution, executions));
  const news = childNews(live, seen, now);
  const base = { self, execution, live, revision, children };
  if (request || news.length > 0) {
    const heldMs = tell(run);
    if (heldMs > 0) return { ...base, heldMs };
  }
  const withResult = news.filter(({ hasResult }) => hasResult).map(({ child }) => child.name);
  const results = await options.store.results(self.metadata.namespace ?? '', withResult);
  const around = surroundings(execution, children, now, options);
  const refused = take(run, { request, news, results, around, limits: options.limits });
  if (refused) return { ...base, refused };
  if (!hasRunEnded(live.status)) return base;
  const result = resultOf(live);
  if ('refused' in result) return { ...base, refused: result.refused };
  const stored = await storedOf(result.json, options);
  return stored ? { ...base, stored } : { ...base, refused: TOO_LARGE };
}

/** @returns for how long what is new has to wait, in ms; 0: it is told now */
function tell({ live, told }: HeldRun): number {
  const nowMs = performance.now();
  const heldMs = heldFor(told, live.counts.running, nowMs);
  if (heldMs === 0) told.splice(0, told.length, ...lately(told), nowMs);
  return heldMs;
}

interface Taken {
  readonly request: Entry | undefined;
  readonly news: readonly ChildNews[];
  /** By the name of the child. */
  readonly results: ReadonlyMap<string, unknown>;
  readonly around: Surroundings;
  readonly limits: WorkflowLimits;
}

/** Records it all, and what cannot be made of what follows. @returns why the run cannot go on */
function take({ live, refusals }: HeldRun, { request, news, results, around, limits }: Taken): RefusedRun | undefined {
  const atMs = Math.max(live.lastAtMs, around.nowMs - live.startedAtMs);
  try {
    if (request) live.record({ atMs, entry: request });
    for (const one of news) {
      const { entry } = one.hasResult && !results.has(one.child.name) ? forgone(one.child, 'failed') : one;
      const result = results.get(one.child.name) as Value | undefined;
      live.record({ atMs, entry: entry.is === 'child' && result !== undefined ? { ...entry, result } : entry });
    }
    for (const [name, error] of refusals) {
      const key = live.childNamed(name)?.child.key;
      if (key !== undefined && !around.isThere(name)) live.record({ atMs, entry: { is: 'refused', key, error } });
    }
    refusals.clear();
    // Before children are looked at: there may be far too many of them.
    const limit = limitReached(live, limits);
    if (limit) return limit;
    return refuseWrong(live, atMs, around) ?? limitReached(live, limits);
  } catch (error) {
    return engineFault(error);
  }
}

const surroundings = (
  execution: LiveExecution,
  children: ReadonlyMap<string, Execution>,
  now: Date,
  options: RunLookOptions,
): Surroundings => {
  const { namespace = '' } = execution.metadata;
  const place = { namespace, systemNamespace: options.systemNamespace };
  return {
    execution,
    isThere: (name) => children.has(name),
    callable: (ref) => callable(ref, place, options.sources),
    nowMs: now.getTime(),
    entries: entriesNow(namespace, options),
    configOf: (target) => configurationFor(target, options.sources)?.config,
  };
};

const TOO_LARGE: RefusedRun = {
  reason: 'WorkflowLimit',
  message: 'its result is larger than 8 MiB; give a part of it as output, or let an action keep it elsewhere',
};

/** Children that were there and are not: a live answer says so. */
async function goneOf(
  live: LiveRun,
  children: ReadonlyMap<string, Execution>,
  created: ReadonlySet<string>,
  { store }: RunLookOptions,
  key: Key,
): Promise<ReadonlySet<string>> {
  const { namespace } = splitKey(key);
  const missing = [...live.open].filter(({ name }) => created.has(name) && !children.has(name));
  const there = await Promise.all(missing.map(({ name }) => store.exists(`${namespace}/${name}`)));
  return new Set(missing.filter((_, i) => there[i] === false).map(({ name }) => name));
}

function resultOf(
  live: LiveRun,
): { readonly json: ReturnType<typeof resultJsonOf> } | { readonly refused: RefusedRun } {
  try {
    return { json: resultJsonOf(live.run.result()) };
  } catch (error) {
    return { refused: engineFault(error) };
  }
}

/** Undefined: it is too large to be kept. */
async function storedOf(
  result: ReturnType<typeof resultJsonOf>,
  { storeResult }: RunLookOptions,
): Promise<Stored | undefined> {
  const whole = JSON.stringify(result);
  const json = withoutMarks(whole);
  switch (placeOf(bytesOf(json), result)) {
    case 'status':
      return { inline: json === whole ? result : parseExact(json) };
    case 'store':
      return { ref: await storeResult(json) };
    case 'nowhere':
      return undefined;
  }
}
