// cli/follow-log.ts — log of an Execution's pods → lines as they are written, each once, over broken connections.
import { LABEL } from '../operator/api/meta.ts';
import { ACTION_CONTAINER, RUNNER_CONTAINER } from '../operator/domain/job/names.ts';
import { ApiFailure, Failure, isForbidden } from './failure.ts';
import { call, collection, lines } from './kube.ts';
import type { Session } from './session.ts';

/** How often to look for the pod of the next attempt, and how long to wait before a broken log is opened again, in ms. */
const LOOK_MS = 300;
/** How often pods are listed and a log is opened again after the end of the execution, when that went wrong; each time after a longer pause. */
const LATE_TRIES = 5;

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly creationTimestamp: string };
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly { readonly name: string; readonly state?: Record<string, unknown> }[];
  };
}

/** Where we are in one log: takes its lines with their timestamps and passes on what was not passed on before. */
export class LogCursor {
  #time = ''; // of the newest line, with nine digits of fraction
  #count = 0; // lines passed on with exactly that time
  #skip = 0; // lines with that time still to be left out after a reopening

  /** For the log's `sinceTime`, which counts whole seconds: lines of that second come again. */
  get sinceTime(): string | undefined {
    return this.#time === '' ? undefined : `${this.#time.slice(0, 19)}Z`;
  }

  /** The log is read again from `sinceTime`. */
  reopen(): void {
    this.#skip = this.#count;
  }

  /** The line without its timestamp, or undefined when it was passed on before. */
  take(line: string): string | undefined {
    const at = line.indexOf(' ');
    const time = sortable(at < 0 ? line : line.slice(0, at));
    const text = at < 0 ? '' : line.slice(at + 1);
    if (time === undefined) return line; // not a log line: an error text in the stream
    if (time < this.#time) return undefined;
    if (time === this.#time && this.#skip > 0) {
      this.#skip -= 1;
      return undefined;
    }
    this.#count = time === this.#time ? this.#count + 1 : 1;
    this.#time = time;
    this.#skip = 0;
    return text;
  }
}

/** RFC 3339 with trailing zeros of the fraction cut → a form of fixed width in UTC; undefined when it is no time. */
function sortable(time: string): string | undefined {
  const [, seconds, fraction = '', zone] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  if (seconds === undefined || zone === undefined) return undefined;
  const utc = zone === 'Z' ? seconds : new Date(`${seconds}${zone}`).toISOString().slice(0, 19);
  return `${utc}.${fraction.padEnd(9, '0')}`;
}

export interface FollowLogOptions {
  readonly stop: AbortSignal;
  /** The execution has ended: what its pods still say is read, and no other attempt is waited for. */
  readonly ended: AbortSignal;
  /**
   * How long a log may be silent after `ended` before it counts as read, and how long a pod may not have started yet as far as is
   * told, in ms: that a container has started or ended is known late, its result at once.
   */
  readonly silence: number;
  readonly write: (line: string) => void;
}

/** Passes on the log of every attempt until `stop`, or its last line after `ended`; never throws for what the pod or the connection does. */
export async function followLog(session: Session, execution: string, options: FollowLogOptions): Promise<void> {
  const { stop, ended, silence } = options;
  const cursors = new Map<string, LogCursor>();
  const drained = new Set<string>();
  let until: number | undefined;
  let reason = '';
  for (let late = 0; !stop.aborted && late <= LATE_TRIES; ) {
    const pods = await podsOf(session, execution, stop);
    if (pods === 'forbidden') return;
    const pod =
      pods instanceof Failure ? undefined : pods.find((one) => !drained.has(one.metadata.uid) && hasStarted(one));
    reason = pods instanceof Failure ? ` (${pods.message})` : '';
    if (pods instanceof Failure) {
      if (ended.aborted) late += 1;
    } else if (pod) {
      const cursor = cursors.get(pod.metadata.uid) ?? new LogCursor();
      cursors.set(pod.metadata.uid, cursor);
      if (await readLog(session, pod, cursor, options)) {
        drained.add(pod.metadata.uid);
        continue; // without a pause: after the end there is seldom another
      }
      if (ended.aborted) late += 1;
    } else if (ended.aborted) {
      until ??= performance.now() + silence;
      if (!mayStart(pods.at(-1)) || performance.now() + LOOK_MS > until) return; // every log that can be was read
    }
    await pause(LOOK_MS * Math.max(1, late), stop);
  }
  if (stop.aborted) return;
  const remedy = `kubectl logs -n ${session.namespace} -l ${LABEL.execution}=${execution}`;
  session.screen.err(`squall: the log could not be read to its end${reason}; while the pods are there: ${remedy}\n`);
}

/** True when the log is complete: it ended by itself after the execution or its container had, or is silent after the end, or gone. */
async function readLog(session: Session, pod: Pod, cursor: LogCursor, options: FollowLogOptions): Promise<boolean> {
  const { to, namespace } = session;
  const path = `${collection('v1', namespace, 'pods')}/${pod.metadata.name}`;
  const query = {
    container: pod.spec.containers.find(isOurs)?.name ?? '',
    follow: 'true',
    timestamps: 'true',
    ...(cursor.sinceTime !== undefined && { sinceTime: cursor.sinceTime }),
  };
  cursor.reopen();
  const silence = silenceAfter(options.ended, options.silence);
  const signal = AbortSignal.any([options.stop, silence.signal]);
  try {
    for await (const line of lines(to, 'read the log', `${path}/log`, { query, signal })) {
      silence.isBroken();
      const text = cursor.take(line);
      if (text !== undefined) options.write(text);
    }
    // Whoever speaks has ended by then, though the pod may be told to run for a second still.
    if (options.ended.aborted) return true;
    const after = await call<Pod>(to, 'get the pod', path, { signal });
    return after.metadata.uid !== pod.metadata.uid || hasEnded(after);
  } catch (error) {
    if (silence.signal.aborted) return true;
    return error instanceof ApiFailure && [403, 404].includes(error.code); // anything else: open it again
  } finally {
    silence.forget();
  }
}

/** A signal for when `ended` has come, and then for so many ms nothing has broken the silence. */
function silenceAfter(ended: AbortSignal, ms: number) {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const isBroken = (): void => {
    clearTimeout(timer);
    if (ended.aborted) timer = setTimeout(() => over.abort(), ms);
  };
  isBroken();
  ended.addEventListener('abort', isBroken);
  const forget = (): void => {
    clearTimeout(timer);
    ended.removeEventListener('abort', isBroken);
  };
  return { signal: over.signal, isBroken, forget };
}

/** Others are sidecars that a mesh has put into the pod; they say nothing of the action, and may not end with it. */
const isOurs = ({ name }: { readonly name: string }): boolean => name === RUNNER_CONTAINER || name === ACTION_CONTAINER;
const stateOf = (pod: Pod) => pod.status?.containerStatuses?.find(isOurs)?.state;
const hasStarted = (pod: Pod): boolean => Boolean(stateOf(pod)?.['running'] ?? stateOf(pod)?.['terminated']);
/** Of the newest pod. Those before it, of earlier attempts, may never have. */
const mayStart = (pod: Pod | undefined): boolean =>
  pod !== undefined && !hasStarted(pod) && !['Failed', 'Succeeded'].includes(pod.status?.phase ?? '');
const hasEnded = (pod: Pod): boolean => Boolean(stateOf(pod)?.['terminated']);

/** Oldest first; what went wrong, if the API server did not give them. Who may not list pods goes without the live log only. */
async function podsOf(
  { to, namespace, screen }: Session,
  execution: string,
  stop: AbortSignal,
): Promise<readonly Pod[] | Failure | 'forbidden'> {
  const query = { labelSelector: `${LABEL.execution}=${execution}` };
  try {
    const { items } = await call<{ items: Pod[] }>(to, 'list pods', collection('v1', namespace, 'pods'), {
      query,
      signal: stop,
    });
    return items.toSorted((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp));
  } catch (error) {
    if (!isForbidden(error)) return error instanceof Failure ? error : new Failure('list pods', { cause: error });
    screen.err('squall: you may not list pods, so the log is not shown while it is written\n');
    return 'forbidden';
  }
}

const pause = (ms: number, stop: AbortSignal) =>
  new Promise<void>((wake) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      wake();
    }
    stop.addEventListener('abort', done);
  });
