// runners/node/entry.ts — the runner: task in, process, result out; see ../contract.md.
import { readFileSync, writeFileSync } from 'node:fs';
import type { Task } from '../../operator/api/envelope.ts';
import { commandOf, scratchOf } from './command.ts';
import { bringContent, writeConfig } from './content.ts';
import type { Delivery, Line } from './deliver.ts';
import { functionEnding } from './function-result.ts';
import { LAST_WORDS_SECONDS, RESULT_MAX_BYTES } from './limits.ts';
import { madeBody, type MadeEnding } from './made.ts';
import { type Mask, maskOf } from './mask.ts';
import { RUN_ACTION } from './node.ts';
import { type Kept, Output } from './output.ts';
import { runProcess } from './process.ts';
import { Report } from './report.ts';
import { type Ending, resultBody } from './result.ts';
import { clearSecrets, fillIn, readSecrets } from './secrets.ts';
import { TaskFailure } from './failure.ts';
import { readTask, UnreadableTask } from './task.ts';

/** What the container's exit code says, by what became of the result or of the wish to begin. */
const EXIT: Readonly<Record<Delivery, number>> = { delivered: 0, superseded: 0, undelivered: 69, refused: 77 };
const EXIT_NOT_BEGUN = 75;
const EXIT_UNREADABLE = 64;
const EXIT_FAULT = 70;
/** How long whoever reads the log may take for its rest, in ms. */
const REST_OF_LOG_MS = 5000;
/** How long a runner that could not read its task tries to say so, in seconds. */
const UNREADABLE_DELIVERY_SECONDS = 1800;
const NO_MASK = maskOf([]);
const NOTHING: Kept = { head: '', tail: '', left: 0 };

const say = (message: string): void => void process.stderr.write(`squall: ${message}\n`);

async function main(env: NodeJS.ProcessEnv): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  // A log that nobody reads any more must not end the action.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  let task: Task;
  try {
    task = readTask(env);
  } catch (error) {
    if (!(error instanceof UnreadableTask)) throw error;
    if (error.attempt === undefined) throw error;
    const result = { attempt: error.attempt, ending: failureOf(error, NO_MASK), mask: NO_MASK };
    return send(await openLine(env), result, UNREADABLE_DELIVERY_SECONDS);
  }
  const line = await openLine(env);
  // While it waits for permission; what went wrong is told when the action would begin.
  const content = task.content ? settled(bringContent(task.content, env, line)) : undefined;
  const permission = await Promise.race([line.mayStart(), aborted(stop.signal)]);
  if (permission === 'aborted') {
    lastWords('the pod was told to stop before the action began');
    return EXIT_NOT_BEGUN;
  }
  if (permission !== 'granted') return EXIT[permission];
  const brought = await Promise.race([content, aborted(stop.signal)]);
  if (brought === 'aborted') {
    lastWords('the pod was told to stop before the action began');
    return EXIT_NOT_BEGUN;
  }
  const { ending, mask } = brought
    ? { ending: failureOf(brought, NO_MASK, task), mask: NO_MASK }
    : await perform(task, env, stop.signal);
  const seconds = stop.signal.aborted ? Math.min(LAST_WORDS_SECONDS, task.deliverySeconds) : task.deliverySeconds;
  return send(line, { attempt: task.attempt, ending, mask }, seconds);
}

const aborted = (signal: AbortSignal): Promise<'aborted'> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve('aborted'), { once: true }));

const settled = (work: Promise<void>): Promise<Error | undefined> =>
  work.then(
    () => undefined,
    (error: Error) => error,
  );

interface Performed {
  readonly ending: Ending | MadeEnding;
  readonly mask: Mask;
}

/** Runs the task; one that can't be run is an ending too. */
async function perform(task: Task, env: NodeJS.ProcessEnv, stop: AbortSignal): Promise<Performed> {
  let mask = NO_MASK;
  try {
    const secrets = readSecrets(env['SQUALL_SECRETS_DIR'], task.secrets);
    const token = readToken(env['SQUALL_TOKEN_FILE']);
    const clear = task.content ? clearSecrets(task.content) : [];
    mask = maskOf([...secrets.values(), ...clear, ...(token ? [token] : [])]);
    const filled = fillIn(task, secrets);
    if (filled.content) writeConfig(filled.content, env);
    return { ending: await start(filled, { env, token, mask, stop }), mask };
  } catch (error) {
    return { ending: failureOf(error as Error, mask, task), mask };
  }
}

async function start(
  task: Task,
  { env, token, mask, stop }: { env: NodeJS.ProcessEnv; token: string | undefined; mask: Mask; stop: AbortSignal },
): Promise<Ending | MadeEnding> {
  // Loaded when they are needed: SSH alone is larger than all of the rest.
  if (task.http) return (await import('./http/ending.ts')).httpEnding(task, task.http, { env, mask, stop });
  const log = { stdout: writeTo(process.stdout), stderr: writeTo(process.stderr) };
  if (task.remote)
    return (await import('./ssh/ending.ts')).remoteEnding(task, task.remote, { env, mask, stop, log, say });
  const scratch = scratchOf(task, env);
  const command = commandOf(task, { env, scratch, token });
  const stdout = new Output(mask, log.stdout);
  const stderr = new Output(mask, log.stderr);
  const runner = functionRunner(task);
  const report = runner && new Report();
  const outputs = { stdout, stderr, report, scratch };
  const ended = await runProcess(command, outputs, { timeoutSeconds: task.timeoutSeconds, stop });
  const ending = { ...ended, shape: 'shell' as const, stdout: stdout.end(), stderr: stderr.end() };
  return runner && report ? functionEnding(ending, { runner, report, mask }) : ending;
}

const writeTo =
  (stream: NodeJS.WriteStream) =>
  (text: string): void =>
    void stream.write(text);

const functionRunner = ({ runner }: Task): 'python-script' | 'node-script' | undefined =>
  runner === 'python-script' || runner === 'node-script' ? runner : undefined;

function readToken(path: string | undefined): string | undefined {
  try {
    return path === undefined ? undefined : readFileSync(path, 'utf8').trim();
  } catch {
    // The action may not need it; delivery says what is wrong with the file.
    return undefined;
  }
}

function failureOf(error: Error, mask: Mask, task?: Task): Ending {
  const now = new Date();
  const returnCode = error instanceof TaskFailure ? error.returnCode : 1;
  say(mask.text(error.message));
  return {
    outcome: 'failed',
    returnCode,
    error: error.message,
    startedAt: now,
    endedAt: now,
    stdout: NOTHING,
    stderr: NOTHING,
    shape: task && (functionRunner(task) ?? task.http ?? task.remote) ? 'exception' : 'shell',
  };
}

/** Throws when the environment does not say where the result goes. */
async function openLine(env: NodeJS.ProcessEnv): Promise<Line> {
  const resultUrl = addressIn(env, 'SQUALL_RESULT_URL');
  const tokenFile = env['SQUALL_TOKEN_FILE'];
  if (resultUrl === undefined || tokenFile === undefined)
    throw new UnreadableTask(
      'SQUALL_RESULT_URL (https://…) and SQUALL_TOKEN_FILE must be set, so that the result can go out',
    );
  const startUrl = addressIn(env, 'SQUALL_START_URL');
  if (env['SQUALL_START_URL'] && !startUrl) throw new UnreadableTask('SQUALL_START_URL must be https://…');
  const { lineTo } = await import('./deliver.ts');
  return lineTo({ resultUrl, startUrl, ca: env['SQUALL_CA'] || undefined, tokenFile }, say);
}

function addressIn(env: NodeJS.ProcessEnv, name: string): URL | undefined {
  const url = env[name] ?? '';
  return URL.canParse(url) && url.startsWith('https:') ? new URL(url) : undefined;
}

async function send(
  line: Line,
  { attempt, ending, mask }: { attempt: number } & Performed,
  seconds: number,
): Promise<number> {
  const bodyFor = (limitBytes: number): string =>
    'within' in ending ? madeBody(attempt, ending, mask, limitBytes) : resultBody(attempt, ending, mask, limitBytes);
  const delivery = await line.deliver(bodyFor, RESULT_MAX_BYTES, seconds);
  if (EXIT[delivery] !== 0) lastWords(`the result was ${delivery}`);
  return EXIT[delivery];
}

/** Also kept by Kubernetes, as the container's termination message, for when no result arrives. */
function lastWords(message: string): void {
  say(message);
  try {
    writeFileSync('/dev/termination-log', message.slice(0, 4000), { flag: 'r+' });
  } catch {
    // Outside a pod there is none.
  }
}

/** Pipes take the log as fast as it is read; the end of this process would cut off the rest. A reader that has stopped is not waited for. */
async function logWritten(): Promise<void> {
  const written = [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done)));
  await Promise.race([Promise.all(written), new Promise((late) => setTimeout(late, REST_OF_LOG_MS))]);
}

/** A Node action runs in another process of this program. */
async function asAction(call: string): Promise<never> {
  const { runAction } = await import('./run-action.ts');
  return await runAction(call);
}

void (process.argv[2] === RUN_ACTION ? asAction(process.argv[3] ?? '') : main(process.env))
  .catch((error: Error) => {
    lastWords(error instanceof UnreadableTask ? error.message : (error.stack ?? error.message));
    return error instanceof UnreadableTask ? EXIT_UNREADABLE : EXIT_FAULT;
  })
  .then(async (code) => {
    await logWritten();
    process.exit(code);
  });
