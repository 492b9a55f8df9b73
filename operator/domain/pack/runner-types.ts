// operator/domain/pack/runner-types.ts — every runner that actions of packs name: under which name it is known here, and what it understands.
import { type RunnerType, RUNNERS } from '../../api/runners.ts';
import type { WorkflowEngine } from '../../api/workflow.ts';
import { runnerParameters, type Schemas } from '../action/runner-parameters.ts';
import { ENGINE_PARAMETERS } from '../workflow/runner-parameters.ts';

export type RunnerMeaning =
  | { readonly kind: 'Action'; readonly runner: RunnerType; readonly parameters: Schemas }
  | { readonly kind: 'Workflow'; readonly engine: WorkflowEngine; readonly parameters: Schemas }
  /** A runner that comes later. */
  | { readonly kind: 'waiting'; readonly runner: string; readonly parameters: Schemas };

/** Names that older packs have; some are gone from StackStorm itself. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  'run-local': 'local-shell-cmd',
  'run-local-script': 'local-shell-script',
  'run-remote': 'remote-shell-cmd',
  'run-remote-script': 'remote-shell-script',
  'run-python': 'python-script',
  'http-runner': 'http-request',
  orchestra: 'orquesta',
};

const ENGINES: Readonly<Record<string, WorkflowEngine>> = {
  orquesta: 'orquesta',
  'action-chain': 'action-chain',
  'mistral-v1': 'mistral',
  'mistral-v2': 'mistral',
};

const text = { type: 'string' };
const flag = { type: 'boolean' };
const object = { type: 'object' };
const list = { type: 'array' };
const seconds = { type: 'integer', default: 60 };
const secret = { type: 'string', secret: true };

const winrm: Schemas = {
  host: { ...text, required: true },
  username: { ...text, required: true },
  password: { ...secret, required: true },
  port: { type: 'integer', default: 5986 },
  scheme: { ...text, default: 'https' },
  transport: { ...text, default: 'ntlm' },
  verify_ssl_cert: { ...flag, default: true },
  timeout: seconds,
  cwd: text,
  env: object,
};

const windows: Schemas = {
  host: { ...text, required: true },
  password: { ...secret, required: true },
  username: { ...text, default: 'Administrator' },
  timeout: seconds,
};

/** Parameters that actions may name, though nothing here acts on them: sudo asks for no password in a pod. */
const also = (runner: RunnerType): Schemas =>
  runner.startsWith('local-shell-') ? { sudo_password: { ...secret, default: null } } : {};

/** Runners that come later, with the parameters that actions may change. */
const WAITING: Readonly<Record<string, Schemas>> = {
  inquirer: {
    schema: { ...object, required: true, default: {} },
    route: { ...text, default: '' },
    roles: { ...list, default: [] },
    users: { ...list, default: [] },
    ttl: { type: 'integer', required: true, default: 1440 },
  },
  announcement: {
    experimental: { ...flag, required: true, default: false },
    route: { ...text, default: 'general' },
  },
  'winrm-cmd': { cmd: { ...text, required: true }, ...winrm },
  'winrm-ps-cmd': { cmd: { ...text, required: true }, ...winrm },
  'winrm-ps-script': { kwarg_op: { ...text, default: '-' }, ...winrm },
  'windows-cmd': { cmd: text, ...windows },
  'windows-script': { share: { ...text, default: 'C$' }, ...windows },
  cloudslang: { inputs: { ...object, default: {} }, timeout: seconds },
};

/** Runners whose `entry_point` is a file; all others take none. */
const WITH_FILE: readonly string[] = [
  'local-shell-script',
  'remote-shell-script',
  'python-script',
  'node-script',
  'winrm-ps-script',
  'windows-script',
  'cloudslang',
];

/** All but the one whose settings the files of packs have no keys for. */
const IN_PACKS: readonly RunnerType[] = RUNNERS.filter((runner) => runner !== 'container');

export const hasEntryPoint = (meaning: RunnerMeaning): boolean =>
  meaning.kind === 'Workflow' || WITH_FILE.includes(meaning.runner);

/** `_` may stand for `-`. Undefined for a runner that nobody knows. */
export function runnerOf(written: string): RunnerMeaning | undefined {
  const plain = written.replaceAll('_', '-');
  const name = Object.hasOwn(OLD_NAMES, plain) ? (OLD_NAMES[plain] ?? plain) : plain;
  const engine = Object.hasOwn(ENGINES, name) ? ENGINES[name] : undefined;
  if (engine) return { kind: 'Workflow', engine, parameters: ENGINE_PARAMETERS[engine] };
  const runner = IN_PACKS.find((one) => one === name);
  if (runner) return { kind: 'Action', runner, parameters: { ...also(runner), ...runnerParameters({ runner }) } };
  const parameters = Object.hasOwn(WAITING, name) ? WAITING[name] : undefined;
  return parameters && { kind: 'waiting', runner: name, parameters };
}

/** For suggestions. */
export const RUNNER_NAMES: readonly string[] = [...IN_PACKS, ...Object.keys(ENGINES), ...Object.keys(WAITING)];
