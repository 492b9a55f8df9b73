// operator/domain/job/task.ts — resolved parameters → the task that a runner gets, in variables of its pod.
import { type Task, TASK_CHUNK_BYTES, TASK_MAX_BYTES } from '../../api/envelope.ts';
import type { Action, Execution } from '../../api/kinds.ts';
import { refOf } from '../../api/meta.ts';
import { apiUrl, packOf } from '../action/action-context.ts';
import type { Refusal, ResolvedParameters } from '../action/resolve.ts';
import { isRecord } from '../action/schema.ts';
import { pythonText } from '../expression/python/plain-text.ts';
import { scriptArguments } from './arguments.ts';
import { httpSeconds, httpTask } from './http-task.ts';
import { type Config, packTask, packVariables, withoutPythonPath } from './pack-parts.ts';
import { isRemote, remoteSeconds, remoteTask } from './remote-task.ts';
import type { JobSettings } from './settings.ts';

/** Words that a process cannot be given are found before there is a pod. */
const NUL = '\0';

export interface TaskInput {
  readonly execution: Execution;
  readonly action: Action;
  readonly attempt: number;
  readonly resolved: ResolvedParameters;
  /** Of the action's pack. Default: empty. */
  readonly config?: Config;
  /** Property schemas of it, by key. Default: none. */
  readonly configSchema?: Config;
}

type Built = { readonly ok: true; readonly task: Task; readonly json: string } | Refusal;

export function taskFor(
  { execution, action, attempt, resolved, config = {}, configSchema = {} }: TaskInput,
  settings: JobSettings,
): Built {
  const { runner } = action.spec;
  if (runner === 'container' || runner === 'noop')
    return refusal('ActionInvalid', `spec.runner: ${runner} has no task`);
  const { cmd, cwd, env, sudo, timeout, debug } = resolved.runnerParameters;
  const isCommand = runner === 'local-shell-cmd' || runner === 'remote-shell-cmd';
  if (isCommand && (typeof cmd !== 'string' || cmd === ''))
    return refusal('ParametersInvalid', "parameters: 'cmd' is a required property; give parameters.cmd");
  const given = withoutPythonPath(runner, Object.entries(isRecord(env) ? env : {}));
  const wrong = given.find(([name]) => name === '' || name.includes('=') || name.includes(NUL));
  if (wrong)
    return refusal(
      'ParametersInvalid',
      `parameters.env: ${JSON.stringify(wrong[0])} is no name of a variable; rename it`,
    );
  const pack = packTask({ execution, action, resolved, config, configSchema });
  if ('reason' in pack) return pack;
  const http = httpTask(action, resolved);
  if ('reason' in http) return http;
  const remote = remoteTask(action, resolved);
  if ('reason' in remote) return remote;
  const isScript = runner === 'local-shell-script' || runner === 'remote-shell-script';
  const task: Task = {
    version: 1,
    execution: { ...whereabouts(execution), uid: execution.metadata.uid },
    attempt,
    action: refOf(action),
    runner,
    ...(isCommand ? { command: String(cmd) } : {}),
    ...(isScript && pack.entryPoint === undefined ? { script: action.spec.script ?? '' } : {}),
    ...pack,
    ...http,
    ...remote,
    arguments: isScript ? [...wordsOf(action, resolved)] : [],
    environment: {
      ...Object.fromEntries(given.map(([name, value]) => [name, pythonText(value ?? '')])),
      ...stackstormVariables(execution, action, settings),
      ...(debug === true ? { ST2_ACTION_DEBUG: 'True' } : {}),
      ...executionVariables(execution, attempt),
    },
    ...(typeof cwd === 'string' && cwd !== '' ? { directory: cwd } : {}),
    sudo: sudo === true,
    secrets: Object.keys(resolved.secrets),
    timeoutSeconds: runner === 'http-request' ? httpSeconds(action.spec, resolved) : Number(timeout),
    deliverySeconds: settings.deliverySeconds,
  };
  const nul = placeOfNul(task);
  if (nul !== undefined)
    return refusal('ParametersInvalid', `${nul} contains a NUL character, which no process can be given; remove it`);
  const json = JSON.stringify(task);
  const bytes = new TextEncoder().encode(json).length;
  if (bytes > TASK_MAX_BYTES)
    return refusal(
      'TaskTooLarge',
      `the rendered task has ${bytes} bytes, more than ${TASK_MAX_BYTES}; hand large parameters over by reference`,
    );
  return { ok: true, task, json };
}

/** Longest run of an attempt, in seconds: of all hosts, where there are several. */
export function runSeconds({ spec }: Action, resolved: ResolvedParameters): number {
  if (spec.runner === 'http-request') return httpSeconds(spec, resolved);
  return isRemote(spec.runner) ? remoteSeconds(resolved) : Number(resolved.runnerParameters['timeout']);
}

const refusal = (reason: Refusal['reason'], message: string): Refusal => ({ ok: false, reason, message });

const whereabouts = ({ metadata }: Execution) => ({ namespace: metadata.namespace ?? '', name: metadata.name });

const wordsOf = ({ spec }: Action, { actionParameters, runnerParameters }: ResolvedParameters) =>
  scriptArguments(actionParameters, spec.parameters, pythonText(runnerParameters['kwarg_op'] ?? ''));

function stackstormVariables(execution: Execution, action: Action, { serviceUrl }: JobSettings) {
  const api = apiUrl(serviceUrl, execution.metadata.namespace ?? '');
  return {
    ...packVariables(action, api),
    ST2_ACTION_PACK_NAME: packOf(action),
    ST2_ACTION_EXECUTION_ID: execution.metadata.uid,
    ST2_ACTION_API_URL: api,
    ST2_ACTION_DEBUG: 'False',
  };
}

/** What every process may know about its execution; the idempotency key is the same for all attempts. */
export function executionVariables(execution: Execution, attempt: number): Readonly<Record<string, string>> {
  const { namespace, name } = whereabouts(execution);
  const trace = execution.spec.request.context?.trace;
  return {
    SQUALL_EXECUTION: name,
    SQUALL_NAMESPACE: namespace,
    SQUALL_ATTEMPT: String(attempt),
    SQUALL_IDEMPOTENCY_KEY: execution.metadata.uid,
    SQUALL_TRACE_ID: trace?.id ?? execution.metadata.uid,
    ...(trace?.tag === undefined ? {} : { SQUALL_TRACE_TAG: trace.tag }),
  };
}

function placeOfNul({ command, script, arguments: words, environment, directory }: Task): string | undefined {
  const places: readonly (readonly [string, string | undefined])[] = [
    ['parameters.cmd', command],
    ['spec.script of the Action', script],
    ['parameters.cwd', directory],
    ...words.map((word, i) => [`argument ${i + 1} of the script`, word] as const),
    ...Object.entries(environment).map(([name, value]) => [`variable ${name}`, value] as const),
  ];
  return places.find(([, text]) => text?.includes(NUL))?.[0];
}

/** Cut at most every `maxBytes` bytes of UTF-8, between characters. */
export function chunksOf(text: string, maxBytes: number = TASK_CHUNK_BYTES): readonly string[] {
  const chunks: string[] = [];
  let start = 0;
  let bytes = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.codePointAt(at) ?? 0;
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes + size > maxBytes) {
      chunks.push(text.slice(start, at));
      start = at;
      bytes = 0;
    }
    bytes += size;
    at += code > 0xffff ? 2 : 1;
  }
  return [...chunks, text.slice(start)];
}
