// cli/follow-log.ts — log of an Execution's pods → lines as they are written, each once, over broken connections.
import { LABEL } from '../operator/api/meta.ts';
import { ACTION_CONTAINER, RUNNER_CONTAINER } from '../operator/domain/job/names.ts';
import { ApiFailure, isForbidden } from './failure.ts';
import { call, collection, lines } from './kube.ts';
import type { Session } from './session.ts';

/** How often to look for the pod of the next attempt, and how long to wait before a broken log is opened again, in ms. */
const LOOK_MS = 300;

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly creationTimestamp: string };
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
  readonly status?: {
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

/** Passes on the log of every attempt until `stop`; never throws for what the pod or the connection does. */
export async function followLog(
  session: Session,
  execution: string,
  options: { readonly stop: AbortSignal; readonly ended: AbortSignal; readonly write: (line: string) => void },
): Promise<void> {
  const cursors = new Map<string, LogCursor>();
  const drained = new Set<string>();
  while (!options.stop.aborted) {
    const pods = await podsOf(session, execution, options.stop);
    if (pods === undefined) return;
    const pod = pods.find((one) => !drained.has(one.metadata.uid) && hasStarted(one));
    if (pod) {
      const cursor = cursors.get(pod.metadata.uid) ?? new LogCursor();
      cursors.set(pod.metadata.uid, cursor);
      if (await readLog(session, pod, { cursor, ...options })) drained.add(pod.metadata.uid);
    } else if (options.ended.aborted) {
      return; // the execution has ended and every log was read
    }
    await pause(LOOK_MS, options.stop);
  }
}

/** True when the log is complete: it ended by itself while the container was no longer running, or it is gone. */
async function readLog(
  { to, namespace }: Session,
  pod: Pod,
  {
    cursor,
    stop,
    write,
  }: { readonly cursor: LogCursor; readonly stop: AbortSignal; readonly write: (line: string) => void },
): Promise<boolean> {
  const path = `${collection('v1', namespace, 'pods')}/${pod.metadata.name}`;
  const query = {
    container: pod.spec.containers.find(isOurs)?.name ?? '',
    follow: 'true',
    timestamps: 'true',
    ...(cursor.sinceTime !== undefined && { sinceTime: cursor.sinceTime }),
  };
  cursor.reopen();
  try {
    for await (const line of lines(to, 'read the log', `${path}/log`, { query, signal: stop })) {
      const text = cursor.take(line);
      if (text !== undefined) write(text);
    }
    const after = await call<Pod>(to, 'get the pod', path, { signal: stop });
    return after.metadata.uid !== pod.metadata.uid || hasEnded(after);
  } catch (error) {
    return error instanceof ApiFailure && [403, 404].includes(error.code); // anything else: open it again
  }
}

/** Others are sidecars that a mesh has put into the pod; they say nothing of the action, and may not end with it. */
const isOurs = ({ name }: { readonly name: string }): boolean => name === RUNNER_CONTAINER || name === ACTION_CONTAINER;
const stateOf = (pod: Pod) => pod.status?.containerStatuses?.find(isOurs)?.state;
const hasStarted = (pod: Pod): boolean => Boolean(stateOf(pod)?.['running'] ?? stateOf(pod)?.['terminated']);
const hasEnded = (pod: Pod): boolean => Boolean(stateOf(pod)?.['terminated']);

/** Oldest first; undefined when this user may not list pods, which only costs him the live log. */
async function podsOf(
  { to, namespace, screen }: Session,
  execution: string,
  stop: AbortSignal,
): Promise<Pod[] | undefined> {
  const query = { labelSelector: `${LABEL.execution}=${execution}` };
  try {
    const { items } = await call<{ items: Pod[] }>(to, 'list pods', collection('v1', namespace, 'pods'), {
      query,
      signal: stop,
    });
    return items.toSorted((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp));
  } catch (error) {
    if (!isForbidden(error)) return [];
    screen.err('squall: you may not list pods, so the log is not shown while it is written\n');
    return undefined;
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
