// operator/domain/workflow/news.ts — a run, and what is seen of its children and of what people want → what is to be recorded.
import type { Execution } from '../../api/kinds.ts';
import { isFinal, type Live as LiveExecution } from '../execution/parse.ts';
import { childStatus } from './children.ts';
import type { Entry } from './engine.ts';
import { HAS_ENDED, type LiveChild, type LiveRun, type Wish } from './live.ts';

/** What has happened to one child. */
export interface ChildNews {
  readonly child: LiveChild;
  readonly entry: Entry;
  /** Whether its result has to be read first. */
  readonly hasResult: boolean;
}

export interface Seen {
  /** Executions of children, by name. */
  readonly children: ReadonlyMap<string, Execution>;
  /** Names of children that were there once and are not any more. */
  readonly gone: ReadonlySet<string>;
}

/** In the order in which they ended, then in the order in which they were asked for. */
export function childNews(live: LiveRun, { children, gone }: Seen, now: Date): readonly ChildNews[] {
  const news: ChildNews[] = [];
  for (const child of live.open) {
    const there = children.get(child.name);
    const { key, timeoutSeconds } = child.child;
    const isLate = timeoutSeconds !== undefined && now.getTime() >= child.dueAtMs + timeoutSeconds * 1000;
    if (there) {
      const status = isGoingOn(live, there) ? 'running' : childStatus(there);
      if (status !== child.status) {
        const hasEnded = HAS_ENDED.has(status);
        const times = hasEnded ? timesOf(there, live.startedAtMs) : {};
        news.push({ child, entry: { is: 'child', key, status, ...times }, hasResult: hasEnded });
        continue;
      }
    } else if (gone.has(child.name)) {
      news.push(forgone(child, 'failed'));
      continue;
    } else if (child.wish === 'cancel') {
      // It was waiting for its time: nobody will make it.
      news.push(forgone(child, 'canceled'));
      continue;
    }
    if (isLate) news.push(forgone(child, 'timedOut'));
  }
  return news.toSorted((a, b) => endOf(a) - endOf(b));
}

/** It has paused since this run had, and goes on with it: nobody has to be told. */
function isGoingOn({ tells }: LiveRun, { spec, status }: Execution): boolean {
  if (tells !== 'run' || spec.control === 'pause' || status?.phase !== 'Paused') return false;
  return !status.workflow || lastRequest(status.workflow.journal)?.request === 'pause';
}

/** What a child has come to that has not said so itself. */
export const forgone = (child: LiveChild, status: 'failed' | 'timedOut' | 'canceled'): ChildNews => ({
  child,
  entry: { is: 'child', key: child.child.key, status, isForgone: true },
  hasResult: false,
});

const endOf = ({ entry }: ChildNews): number =>
  entry.is === 'child' ? (entry.endedAtMs ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;

function timesOf({ metadata, status }: Execution, startedAtMs: number) {
  const at = (time: string | undefined) => Date.parse(time ?? '') - startedAtMs;
  const endedAtMs = at(status?.endedAt);
  const startedAt = at(status?.startedAt ?? metadata.creationTimestamp);
  return Number.isNaN(endedAtMs) || Number.isNaN(startedAt) ? {} : { startedAtMs: startedAt, endedAtMs };
}

/** A line of the journal, with or without what was read for it; before a rerun nothing was asked of this Execution. */
const REQUEST = /^(\d+) (?:(pause|resume|cancel)(?:\t|$)|rerun )/;

/** What people want of an Execution, and the workflow that it is a step of: one that has ended holds nobody, it can only cancel. */
export function wishFor({ spec }: LiveExecution, parent: Execution | undefined): Wish {
  const phase = parent?.status?.phase ?? 'Requested';
  const told = parent?.status?.workflow?.tells;
  const asked = [
    spec.control,
    told === 'pause' && isFinal(phase) ? 'run' : told,
    phase === 'Canceled' ? 'cancel' : 'run',
  ];
  if (asked.includes('cancel')) return 'cancel';
  return asked.includes('pause') ? 'pause' : 'run';
}

/** What is asked for by `spec.control` and `spec.resumes`, or by the workflow that it is a step of, if that is not in the journal yet. */
export function requestNews(live: LiveRun, execution: LiveExecution, parent: Execution | undefined): Entry | undefined {
  const { spec } = execution;
  const last = lastRequest(live.journal)?.request;
  const request = (asked: 'pause' | 'resume' | 'cancel'): Entry => ({ is: 'request', request: asked });
  if (last === 'cancel') return undefined;
  const wish = wishFor(execution, parent);
  if (wish === 'cancel') return request('cancel');
  if (wish === 'pause') return last === 'pause' ? undefined : request('pause');
  if (last === 'pause') return request('resume');
  const isResumed =
    live.pausedAtMs !== undefined && ((spec.resumes ?? 0) >= live.pauses || isResumedBy(parent, live.pausedAtMs));
  return isResumed ? request('resume') : undefined;
}

function lastRequest(journal: readonly string[]) {
  const [, at = '', request] = REQUEST.exec(journal.findLast((line) => REQUEST.test(line)) ?? '') ?? [];
  return request === undefined ? undefined : { atMs: Number(at), request };
}

/** Whether the workflow above was resumed after that, in ms since 1970: what is paused in it goes on too. */
function isResumedBy(parent: Execution | undefined, pausedAtMs: number): boolean {
  const state = parent?.status?.workflow;
  const last = state && lastRequest(state.journal);
  return last?.request === 'resume' && Date.parse(state?.startedAt ?? '') + last.atMs > pausedAtMs;
}
