// operator/domain/action/runner-parameters.ts — what each runner itself understands, and the schema that an action has with it.
import type { ActionSpec } from '../../api/action.ts';
import type { RunnerType } from '../../api/runners.ts';
import { PYTHON_LOG_LEVELS } from '../../api/envelope.ts';
import { HTTP_PARAMETERS, REMOTE_CMD_PARAMETERS, REMOTE_SCRIPT_PARAMETERS } from './remote-parameters.ts';

/** A parameter's JSON schema, as it was written. */
export type Schema = Readonly<Record<string, unknown>>;
export type Schemas = Readonly<Record<string, Schema>>;

/** Attributes of a runner's parameter that an action may set. */
export const OVERRIDABLE: readonly string[] = ['default', 'description', 'enum', 'immutable', 'required'];
/** Run time of a local action, of one whose function is called and of a container that says none, in seconds. */
const TIMEOUT_SECONDS = 60;
const FUNCTION_TIMEOUT_SECONDS = 600;
const CONTAINER_TIMEOUT_SECONDS = 3600;
/** Longest run time, in seconds. */
const TIMEOUT_MAX_SECONDS = 604_800;

const shared: Schemas = {
  cwd: { type: 'string', description: 'Working directory.' },
  env: { type: 'object', description: 'Variables of the process.' },
  kwarg_op: { type: 'string', default: '--', description: 'What stands before the name of a named argument.' },
  sudo: { type: 'boolean', default: false, description: 'Whether to run through sudo.' },
  sudo_password: {
    type: 'string',
    secret: true,
    default: null,
    description: 'Not used: sudo asks for no password in a pod.',
  },
};

const ofPackFiles: Schemas = {
  content_version: { type: 'string', description: 'Refused: a pack is installed in one version.' },
  debug: { type: 'boolean', default: false, description: 'What the process sees as ST2_ACTION_DEBUG.' },
};

const RUNNER_PARAMETERS: Readonly<Record<RunnerType, Schemas>> = {
  'local-shell-cmd': { cmd: { type: 'string', description: 'Command, for sh -c.' }, ...shared },
  'local-shell-script': { ...shared, ...ofPackFiles },
  'python-script': {
    env: { type: 'object', description: 'Variables of the process; PYTHONPATH is left out.' },
    log_level: {
      type: 'string',
      enum: PYTHON_LOG_LEVELS,
      default: 'DEBUG',
      description: 'From what on messages of the action are logged.',
    },
    ...ofPackFiles,
  },
  'node-script': {
    env: { type: 'object', description: 'Variables of the process.' },
    log_level: {
      type: 'string',
      enum: ['ERROR', 'WARNING', 'INFO', 'DEBUG'],
      default: 'DEBUG',
      description: 'From what on messages of the action are logged.',
    },
    ...ofPackFiles,
  },
  'http-request': HTTP_PARAMETERS,
  'remote-shell-cmd': REMOTE_CMD_PARAMETERS,
  'remote-shell-script': REMOTE_SCRIPT_PARAMETERS,
  container: {},
  noop: {},
};

/** Runners that call a function with the parameters, and hand its result on. */
export const callsFunction = (runner: RunnerType): runner is 'python-script' | 'node-script' =>
  runner === 'python-script' || runner === 'node-script';

/** The parameters of a runner; `timeout` has the action's own limit as its default. */
export function runnerParameters(spec: Pick<ActionSpec, 'runner' | 'timeoutSeconds'>): Schemas {
  if (spec.runner === 'container' || spec.runner === 'noop') return {};
  // Its limit is a parameter of the action, as in StackStorm, and may be of any type there.
  if (spec.runner === 'http-request') return RUNNER_PARAMETERS[spec.runner];
  return {
    ...RUNNER_PARAMETERS[spec.runner],
    timeout: {
      type: 'integer',
      default: spec.timeoutSeconds ?? (callsFunction(spec.runner) ? FUNCTION_TIMEOUT_SECONDS : TIMEOUT_SECONDS),
      minimum: 1,
      maximum: TIMEOUT_MAX_SECONDS,
      description: 'Longest run, in seconds.',
    },
  };
}

/** Longest run of a container action, in seconds. */
export const containerTimeoutSeconds = (spec: Pick<ActionSpec, 'timeoutSeconds'>): number =>
  spec.timeoutSeconds ?? CONTAINER_TIMEOUT_SECONDS;

/** What of an action says which parameters it has. */
type Parameterized = Pick<ActionSpec, 'runner' | 'timeoutSeconds' | 'parameters'>;

/** Names of the parameters whose values nobody may see, the runner's among them. */
export const secretNames = ({ spec }: { readonly spec: Parameterized }): readonly string[] =>
  Object.entries(effectiveSchemas(spec)).flatMap(([name, schema]) => (schema['secret'] === true ? [name] : []));

/** The runner's parameters, each with the action's attributes over it, and the action's own. */
export const effectiveSchemas = (spec: Parameterized): Schemas => overlaid(runnerParameters(spec), spec.parameters);

/** A runner's parameters with others over them: attributes of the same name change, others are added. */
export function overlaid(runner: Schemas, parameters: Schemas): Schemas {
  const own = Object.entries(parameters).map(([name, schema]): [string, Schema] => [
    name,
    Object.hasOwn(runner, name) ? { ...runner[name], ...schema } : schema,
  ]);
  return Object.fromEntries([...Object.entries(runner), ...own]);
}
