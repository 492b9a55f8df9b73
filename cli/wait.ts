// cli/wait.ts — an Execution → the same one when it has ended, by watching it over broken connections.
import { Execution } from '../operator/api/kinds.ts';
import { parseObject } from '../operator/domain/result/exact-json.ts';
import { ApiFailure, Failure, isForbidden, isMissing } from './failure.ts';
import { call, collection, lines } from './kube.ts';
import { isFinal, phaseOf } from './result.ts';
import type { Session } from './session.ts';

/** How long the API server may be away before we give up waiting, in ms. */
export const AWAY_MS = 120_000;
/** How often to look where a watch is not allowed or has ended, in ms. */
export const LOOK_MS = 1000;

export interface WaitOptions {
  readonly stop: AbortSignal;
  /** Told of every new phase or attempt. */
  readonly onChange: (execution: Execution) => void;
}

/** Resolves with the finished Execution; throws Failure when it is deleted or the API server stays away. */
export async function waitForEnd(session: Session, first: Execution, options: WaitOptions): Promise<Execution> {
  const { to, namespace } = session;
  const { name, uid } = first.metadata;
  const path = collection(Execution.apiVersion, namespace, Execution.plural);
  let last = first;
  const see = (now: Execution) => {
    if (now.metadata.uid !== uid)
      throw new Failure(`Execution ${name}: it was deleted and made again by somebody else; look at the new one`);
    const changed = phaseOf(now) !== phaseOf(last) || now.status?.attempt !== last.status?.attempt;
    last = now;
    if (changed) options.onChange(now);
  };
  for (let heard = Date.now(); !isFinal(last); ) {
    options.stop.throwIfAborted();
    try {
      for await (const change of changes(session, path, last, options.stop)) {
        if (change.type === 'DELETED') throw gone(name);
        if (change.type === 'ERROR') break; // the version is too old: read it again
        see(change.object);
        if (isFinal(last)) return last;
      }
      heard = Date.now();
    } catch (error) {
      if (options.stop.aborted) throw error;
      if (isLasting(error) || Date.now() - heard > AWAY_MS) throw error;
    }
    await new Promise((wake) => setTimeout(wake, LOOK_MS));
    await call<Execution>(to, `get Execution ${name}`, `${path}/${name}`, { signal: options.stop }).then(
      see,
      (error) => {
        if (isMissing(error)) throw gone(name);
        if (
          error instanceof Failure &&
          error.cause === undefined &&
          !(error instanceof ApiFailure && error.code >= 429)
        )
          throw error;
      },
    );
  }
  return last;
}

/** Whether asking again is of no use; a watch that is not allowed may be a list that is. */
export function isLasting(error: unknown): boolean {
  if (error instanceof ApiFailure) return error.code < 429 && !isForbidden(error) && error.code !== 410;
  return error instanceof Failure && !error.cause;
}

/** Somebody deleted what was waited for. */
export const gone = (name: string): Failure =>
  new Failure(`Execution ${name}: somebody deleted it while it ran; its result is lost`);

async function* changes(
  { to }: Session,
  path: string,
  from: Execution,
  signal: AbortSignal,
): AsyncGenerator<{ type: string; object: Execution }> {
  const { name, resourceVersion } = from.metadata;
  const query = { watch: 'true', fieldSelector: `metadata.name=${name}`, resourceVersion, timeoutSeconds: '300' };
  for await (const line of lines(to, `watch Execution ${name}`, path, { query, signal })) {
    if (line !== '') yield parseObject(line) as { type: string; object: Execution };
  }
}
