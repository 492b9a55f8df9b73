// operator/domain/job/pack-parts.ts — an action of a pack: what its task says of the pack, and where the pod keeps the files.
import type { ActionSpec } from '../../api/action.ts';
import type { RunnerType } from '../../api/runners.ts';
import { PYTHON_LOG_LEVELS, PYTHON_TYPES, secretMark, type Task } from '../../api/envelope.ts';
import type { Action, Execution } from '../../api/kinds.ts';
import { packOf, userIn } from '../action/action-context.ts';
import type { Refusal, ResolvedParameters } from '../action/resolve.ts';
import { callsFunction, effectiveSchemas, type Schemas } from '../action/runner-parameters.ts';
import { own } from '../action/schema.ts';
import type { Plain } from '../expression/python/values.ts';
import { secretPlaces } from '../pack/config-secrets.ts';
import { bytesOf } from './quantity.ts';
import type { JobSettings } from './settings.ts';

export type Config = Readonly<Record<string, unknown>>;

/** Where packs find themselves; StackStorm's paths, since packs have them in their text. */
const HOME = '/opt/stackstorm';

/** Runners that have no use for the files of the action's pack. */
const WITHOUT_FILES: readonly RunnerType[] = ['container', 'noop', 'http-request', 'remote-shell-cmd'];

export const runsFilesOfPack = ({ runner, content }: Pick<ActionSpec, 'runner' | 'content'>): boolean =>
  callsFunction(runner) || (content !== undefined && !WITHOUT_FILES.includes(runner));

/** The image of a runner's pod. */
export function runnerImage({ spec }: Action, settings: JobSettings): string {
  if (!runsFilesOfPack(spec)) return settings.runnerNodeImage;
  return spec.content?.image ?? (spec.runner === 'node-script' ? settings.runnerNodeImage : settings.runnerPythonImage);
}

/** The part of a pod's memory that the files of a pack may take. */
const PART = 8;
/** What they may take where a pod's memory has no limit, in bytes. */
const UNLIMITED_BYTES = 64 * 1024 ** 2;

export interface PackFolder {
  readonly name: string;
  readonly mountPath: string;
  readonly emptyDir: { readonly medium?: 'Memory' };
}

/**
 * A volume of its own for each folder that the runner fills; what the image brings is not hidden. Small ones are in memory, as
 * the configuration is: ext4 looks long for a place among thousands of files that the pods before have just left.
 */
export function packFolders({ spec }: Action, memoryLimit: string | undefined): readonly PackFolder[] {
  if (!runsFilesOfPack(spec)) return [];
  const { files, environment, unpackedBytes = Number.POSITIVE_INFINITY } = spec.content ?? {};
  const mostBytes = memoryLimit === undefined ? UNLIMITED_BYTES : bytesOf(memoryLimit) / PART;
  const isSmall = unpackedBytes <= mostBytes;
  const folders = [
    ...(files === undefined ? [] : ['packs']),
    ...(files === undefined && environment === undefined ? [] : ['virtualenvs']),
    'configs',
  ];
  return folders.map((name) => ({
    name,
    mountPath: `${HOME}/${name}`,
    emptyDir: isSmall || name === 'configs' ? { medium: 'Memory' } : {},
  }));
}

interface PackTaskInput {
  readonly execution: Execution;
  readonly action: Action;
  readonly resolved: ResolvedParameters;
  readonly config: Config;
  readonly configSchema: Config;
}

type PackTask = Pick<Task, 'script' | 'entryPoint' | 'content' | 'python' | 'node'>;

/** What a task of a pack has more than others; nothing for one that is of none. */
export function packTask({ execution, action, resolved, config, configSchema }: PackTaskInput): PackTask | Refusal {
  const { runner, script, entryPoint, content } = action.spec;
  if (!runsFilesOfPack(action.spec)) return {};
  const { content_version: version, log_level: level } = resolved.runnerParameters;
  if (typeof version === 'string' && version !== '')
    return refusal(
      'ParametersInvalid',
      `parameters.content_version: a pack is installed in one version, ${JSON.stringify(version.slice(0, 100))} cannot be chosen per execution; install that version as a Pack, in another namespace if both are needed`,
    );
  const { files, environment } = content ?? {};
  const secret = secretPlaces(configSchema as Plain, config as Plain);
  const pack: PackTask = {
    ...(entryPoint === undefined ? {} : { entryPoint }),
    content: {
      pack: packOf(action),
      ...(files === undefined ? {} : { files }),
      ...(environment === undefined ? {} : { environment }),
      config,
      ...(secret.length === 0 ? {} : { secret: secret.map((place) => [...place]) }),
    },
  };
  if (!callsFunction(runner)) return pack;
  if (entryPoint === undefined && script === undefined)
    return refusal(
      'ActionInvalid',
      `spec.script and spec.entryPoint are missing; runner "${runner}" needs one of them`,
    );
  const user = userIn(execution.spec.request.context);
  const logLevel = PYTHON_LOG_LEVELS.find((known) => known === level) ?? 'DEBUG';
  const call = { parameters: allParameters(resolved), types: typesOf(action, resolved), user, logLevel };
  return {
    ...pack,
    ...(entryPoint === undefined ? { script: script ?? '' } : {}),
    ...(runner === 'python-script' ? { python: call } : { node: call }),
  };
}

const refusal = (reason: Refusal['reason'], message: string): Refusal => ({ ok: false, reason, message });

/** Every parameter of the action, since run() may have no default for one. */
const allParameters = ({ actionParameters }: ResolvedParameters) =>
  Object.fromEntries(Object.entries(actionParameters).map(([name, value]) => [name, value ?? null]));

/** JSON has one kind of number, and a secret and an integer beyond 2^53 are text here; what is neither needs no type. */
function typesOf({ spec }: Action, { actionParameters, secrets }: ResolvedParameters) {
  const schemas: Schemas = effectiveSchemas(spec);
  const marks = Object.keys(secrets).map((name) => secretMark(name));
  return Object.fromEntries(
    Object.entries(actionParameters).flatMap(([name, value]) => {
      const type = PYTHON_TYPES.find((known) => known === own(schemas[name] ?? {}, 'type'));
      const isLong = type === 'integer' && typeof value === 'string';
      const isNeeded = type === 'number' || isLong || marks.includes(value as string);
      return type !== undefined && isNeeded ? [[name, type] as const] : [];
    }),
  );
}

/** Variables that packs read to call back. */
export const packVariables = (action: Action, api: string): Readonly<Record<string, string>> =>
  runsFilesOfPack(action.spec) ? { ST2_API_URL: api } : {};

/** The user's own variables without those that would break the search for modules. */
export const withoutPythonPath = <T>(runner: string, given: readonly (readonly [string, T])[]) =>
  runner === 'python-script' ? given.filter(([name]) => name.toUpperCase() !== 'PYTHONPATH') : given;
