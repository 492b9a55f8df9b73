// runners/node/run-action.ts — one Node action: imports its file, calls its function, writes what it returned to descriptor 3.
import { readFileSync, unlinkSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import type { Action, Context } from './action.d.ts';
import type { ActionCall } from './call.ts';
import { datastoreOf } from './datastore.ts';
import { loggerFor } from './logger.ts';
import { returnedJson, withLongIntegers } from './returned-json.ts';

const REPORT_FD = 3;
/** The runner masks secrets before it cuts messages to their length; what is cut here could end in half a secret, far beyond it. */
const MESSAGE_MAX = 64 * 1024;

/** What `fail` of the context throws. */
class ActionFailed extends Error {
  override readonly name = 'ActionFailed';
  readonly result: unknown;
  constructor(message: string, result: unknown) {
    super(message);
    this.result = result;
  }
}

/** `path` is what writeCall() wrote. Ends the process: with 0, or what the function has set as process.exitCode, when it has returned; 1 when it has thrown. */
export async function runAction(path: string): Promise<never> {
  const call = withLongIntegers(readFileSync(path, 'utf8')) as ActionCall;
  unlinkSync(path);
  for (const stream of [process.stdout, process.stderr]) writeAtOnce(stream);
  process.on('uncaughtException', fail);
  process.once('beforeExit', () =>
    fail(new Error('The action waits for something that cannot happen any more: a promise of it is never settled')),
  );
  try {
    const action = await functionIn(call.file);
    report(`{"result":${returnedJson(await action(parametersOf(call), contextOf(call)))}}`);
  } catch (error) {
    fail(error);
  }
  process.exit();
}

/** Output to a pipe waits in the process while the pipe is full, and its exit would cut it off. */
function writeAtOnce(stream: NodeJS.WriteStream): void {
  const { _handle: handle } = stream as { readonly _handle?: { setBlocking?(isBlocking: boolean): void } };
  handle?.setBlocking?.(true);
}

/** Default export or `run`, of a module or of CommonJS. */
async function functionIn(file: string): Promise<Action> {
  const exported = (await import(pathToFileURL(file).href)) as Exports;
  const inner = exported.default as Exports | undefined;
  const found = [exported.default, exported.run, inner?.default, inner?.run].find((one) => typeof one === 'function');
  if (/^class\b/.test(String(found)))
    throw new Error(
      `${file} exports the class ${(found as Action).name}, not a function: write "export default async function (parameters, context) { … }", and make an instance in it`,
    );
  if (found !== undefined) return found as Action;
  throw new Error(
    `${file} exports no function: write "export default async function (parameters, context) { … }", or export one as run`,
  );
}

interface Exports {
  readonly default?: unknown;
  readonly run?: unknown;
}

function parametersOf({ parameters, types }: ActionCall): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, convert(name, value, types[name])]),
  );
}

/** The value of a secret or of a long integer, which came as text, in the type of its parameter. */
function convert(name: string, value: unknown, type: ActionCall['types'][string] | undefined): unknown {
  if (typeof value === 'bigint' && type === 'number') return Number(value);
  if (typeof value !== 'string' || type === undefined) return value;
  const text = value.trim();
  const read = type === 'boolean' ? text.toLowerCase() : text;
  try {
    const converted = type === 'number' ? (JSON.parse(read) as unknown) : withLongIntegers(read);
    if (kindsOf(converted).includes(type)) return converted;
  } catch {
    // said below, without the value
  }
  throw new Error(`Parameter "${name}": its value is not of type ${type}`);
}

function kindsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return ['array'];
  if (typeof value === 'bigint') return ['integer'];
  if (typeof value === 'number') return Number.isInteger(value) ? ['integer', 'number'] : ['number'];
  return value === null ? [] : [typeof value];
}

function contextOf({ ref, config, execution, attempt, user, logLevel }: ActionCall): Context {
  let signal: AbortSignal | undefined;
  return {
    config,
    logger: loggerFor(ref, logLevel, (line) => void process.stderr.write(line)),
    datastore: datastoreOf({ ref, env: process.env }),
    execution: { ...execution, attempt, user, action: ref },
    // Whoever does not ask for it is ended by TERM, as other processes are.
    get signal() {
      signal ??= signalOfTerm();
      return signal;
    },
    fail(message, result) {
      throw new ActionFailed(message || 'The action has failed, without a message', result);
    },
  };
}

function signalOfTerm(): AbortSignal {
  const controller = new AbortController();
  // Waiting for the signal is waiting for something.
  setInterval(() => undefined, 2 ** 30);
  process.once('SIGTERM', () =>
    controller.abort(new DOMException('The action is told to end: its time is over, or its pod ends', 'AbortError')),
  );
  return controller.signal;
}

/** Says why on stderr and in the result, and ends the process. */
function fail(error: unknown): never {
  const isOwn = error instanceof ActionFailed;
  process.stderr.write(`${isOwn ? error.message : inspect(error)}\n`);
  const words = isOwn ? error.message : error instanceof Error ? `${error.name}: ${error.message}` : inspect(error);
  let result = 'null';
  let message = words;
  try {
    if (isOwn) result = returnedJson(error.result);
  } catch (fault) {
    message = `${words}; ${(fault as Error).message}`;
  }
  report(`{"result":${result},"error":${JSON.stringify(message.slice(0, MESSAGE_MAX).toWellFormed())}}`);
  process.exit(1);
}

/** The pipe takes it in pieces. */
function report(text: string): void {
  let left = Buffer.from(`${text}\n`);
  while (left.length > 0) left = left.subarray(writeSync(REPORT_FD, left));
}
