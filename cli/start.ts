// cli/start.ts — what is asked for → an Execution, followed to its end.
import { randomBytes } from 'node:crypto';
import type { ExecutionRequest } from '../operator/api/execution.ts';
import { Execution } from '../operator/api/kinds.ts';
import { API_VERSION, LABEL, labelValue, nameOfRef } from '../operator/api/meta.ts';
import { ApiFailure, Failure } from './failure.ts';
import { followLog } from './follow-log.ts';
import { call, collection } from './kube.ts';
import { type Format, json, withoutNoise, yaml } from './print.ts';
import { exitCodeOf, phaseOf, printExecution, readResult } from './result.ts';
import type { Session } from './session.ts';
import { followTree, treeText } from './tree.ts';
import { waitForEnd } from './wait.ts';

export interface StartOptions {
  readonly output: Format;
  /** Prints its name, and does not wait. */
  readonly async?: boolean;
  /** Prints nothing but the log. */
  readonly tail?: boolean;
  readonly isWorkflow: boolean;
}

/** How long the log may be silent after the end of the execution before it counts as read, in ms; the result has its output too. */
const SILENCE_MS = 100;
/** The same where the log is all that is asked for. */
const TAIL_SILENCE_MS = 2000;
/** Exit code after Ctrl-C, as shells have it. */
const INTERRUPTED = 130;

/** The exit code is the execution's; 130 after Ctrl-C, which leaves it going. */
export async function startExecution(
  session: Session,
  request: ExecutionRequest,
  options: StartOptions,
): Promise<number> {
  const execution = await create(session, request);
  const { name } = execution.metadata;
  if (options.async) {
    printStarted(session, execution, options.output);
    return 0;
  }
  const interrupted = new AbortController();
  const onInterrupt = () => interrupted.abort();
  process.once('SIGINT', onInterrupt);
  try {
    const ended = await follow(session, execution, { ...options, stop: interrupted.signal });
    const result = await readResult(session, ended);
    if (options.tail) session.screen.out(`Execution ${name} has completed (status=${phaseOf(ended)}).\n`);
    else printExecution(session, ended, result, options.output);
    return exitCodeOf(ended, result);
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    session.screen.err(
      `\nExecution ${name} goes on. See it: squall execution get ${name}   Stop it: squall execution cancel ${name}\n`,
    );
    return INTERRUPTED;
  } finally {
    process.removeListener('SIGINT', onInterrupt);
  }
}

/** The name is chosen here, so that a create whose answer was lost can be asked again without running twice. */
async function create({ to, namespace }: Session, request: ExecutionRequest): Promise<Execution> {
  const stem = nameOfRef(request.action).replaceAll('.', '-').slice(0, 40).replace(/-+$/, '');
  const name = `${stem}-${randomBytes(5).toString('hex')}`;
  const path = collection(API_VERSION, namespace, Execution.plural);
  const metadata = { name, namespace, labels: { [LABEL.action]: labelValue(request.action) } };
  const body = { apiVersion: API_VERSION, kind: Execution.kind, metadata, spec: { request } };
  try {
    return await call<Execution>(to, `create Execution ${name}`, path, { method: 'POST', body });
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    if (error.reason === 'AlreadyExists') return call<Execution>(to, `get Execution ${name}`, `${path}/${name}`);
    if (error.code === 404)
      throw new Failure(
        `namespace ${namespace} or the kind Execution does not exist; choose another -n, or install the chart`,
        { cause: error },
      );
    throw error;
  }
}

function printStarted({ screen }: Session, execution: Execution, format: Format): void {
  const { name } = execution.metadata;
  if (format === 'json') return screen.out(json(withoutNoise(execution)));
  if (format === 'yaml') return screen.out(yaml(withoutNoise(execution)));
  if (format === 'name') return screen.out(`execution.squall.dev/${name}\n`);
  screen.out(`${name}\n`);
  screen.err(`To get the result:  squall execution get ${name}\nTo stop it:         squall execution cancel ${name}\n`);
}

type FollowOptions = StartOptions & { readonly stop: AbortSignal };

const isQuiet = ({ output }: StartOptions) => output === 'json' || output === 'yaml' || output === 'name';

/** Shows what happens on the way, on stderr, but for --tail, which asks for nothing else. */
async function follow(session: Session, execution: Execution, options: FollowOptions): Promise<Execution> {
  if (!options.isWorkflow) return followAction(session, execution, options);
  const { name } = execution.metadata;
  if (!isQuiet(options) || options.tail) {
    const { screen } = session;
    const out = (text: string): void => (options.tail ? screen.out(text) : screen.err(text));
    out(options.tail ? `Execution ${name} has started.\n` : `Execution ${name}\n`);
    await followTree({ ...session, screen: { ...screen, out } }, execution, { output: 'tree' }, options.stop);
    if (!options.tail) out(await treeText(session, name));
  }
  return waitForEnd(session, execution, { stop: options.stop, onChange: () => undefined });
}

/** Its phases, and the log of its pods. */
async function followAction(session: Session, execution: Execution, options: FollowOptions): Promise<Execution> {
  const { screen } = session;
  const { name } = execution.metadata;
  const quiet = isQuiet(options);
  const say = (text: string) => quiet || screen.err(text);
  const write = options.tail ? (line: string) => screen.out(`${line}\n`) : (line: string) => say(`${line}\n`);
  const ended = new AbortController();
  const stopLog = new AbortController();
  const stop = AbortSignal.any([options.stop, stopLog.signal]);
  say(options.tail ? `Execution ${name} has started.\n` : `Execution ${name}\n`);
  const silence = options.tail ? TAIL_SILENCE_MS : SILENCE_MS;
  const log =
    quiet && !options.tail ? undefined : followLog(session, name, { stop, ended: ended.signal, silence, write });
  try {
    const last = await waitForEnd(session, execution, {
      stop: options.stop,
      onChange: (now) => {
        if (phaseOf(now) === 'Delayed')
          say(
            `${phaseOf(now)}: ${now.status?.message ?? now.status?.reason ?? ''}; next attempt after ${now.status?.notBefore ?? ''}\n`,
          );
      },
    });
    ended.abort();
    await log;
    return last;
  } finally {
    stopLog.abort();
  }
}
