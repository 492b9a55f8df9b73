// operator/controllers/run-reopen.ts — the journal of an Execution and what its children returned → its run, as it was.
import type { ExecutionStatus } from '../api/execution.ts';
import type { Execution } from '../api/kinds.ts';
import type { Live as LiveExecution } from '../domain/execution/parse.ts';
import { type LiveRun, rerunsIn } from '../domain/workflow/live.ts';
import type { Pinned } from '../domain/workflow/pinned.ts';
import { invalid, openLive, type OpenOptions, type RefusedRun } from './run-live.ts';

export interface OpenedRun {
  readonly live: LiveRun;
  /** Name of the ControllerRevision that has its definition. */
  readonly revision: string;
}

/** What a run has written, and where its definition is kept. */
export type Reopened = NonNullable<ExecutionStatus['workflow']> & { readonly home: string };

/** The run of an Execution from the journal of `last`: its own, or another's that it goes on from. */
export async function reopen(
  execution: LiveExecution,
  last: Execution,
  { home, revision, startedAt, journal }: Reopened,
  options: OpenOptions,
): Promise<(OpenedRun & Pick<Pinned, 'engine'>) | RefusedRun> {
  const pinned = await options.store.pinned(home, revision);
  if (!pinned) return invalid(`the ControllerRevision ${home}/${revision} with its definition is gone; run it again`);
  const { uid } = rerunsIn(journal)[0]?.owner ?? last.metadata;
  const first = { uid, startedAtMs: Date.parse(startedAt), line: journal[0] };
  const live = openLive(execution, pinned, first, options);
  if ('reason' in live) return live;
  const unreadable = await replay(live, journal, last, options);
  return unreadable ?? { live, revision, engine: pinned.engine };
}

/** `last` is the Execution whose journal it is; earlier ones, which it went on from, are named in it. @returns why it is no journal of this run */
async function replay(
  live: LiveRun,
  journal: readonly string[],
  { metadata: last }: Execution,
  { store }: OpenOptions,
): Promise<RefusedRun | undefined> {
  const parents = [...rerunsIn(journal).map(({ owner }) => owner), last];
  const results = await store.allResults(last.namespace ?? '', parents);
  const gone: string[] = [];
  const resultOf = (name: string) => {
    if (!results.has(name)) gone.push(name);
    return results.get(name);
  };
  try {
    live.replay(journal, resultOf, last);
  } catch (error) {
    return invalid(
      `its journal cannot be read: ${(error as Error).message}; was it written by another version of Squall? Run it again`,
    );
  }
  if (gone.length === 0) return undefined;
  return invalid(
    `it cannot be gone on with: what Execution "${gone[0]}" returned is needed, and somebody deleted it. Run it again`,
  );
}
