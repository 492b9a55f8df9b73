// operator/domain/job/job.ts — Execution + Action → the Job of one attempt, its pod under Pod Security "restricted".
import { RESULT_AUDIENCE } from '../../api/envelope.ts';
import type { Action, Execution } from '../../api/kinds.ts';
import { type Draft, LABEL, labelValue, refOf } from '../../api/meta.ts';
import { actionContext, askedOf } from '../action/action-context.ts';
import { type Refusal, type ResolvedParameters, resolveParameters } from '../action/resolve.ts';
import { containerTimeoutSeconds } from '../action/runner-parameters.ts';
import type { RequestedConfig } from '../action/requested-config.ts';
import type { Entries } from '../datastore/entry.ts';
import type { World } from '../expression/evaluation.ts';
import { type ContainerInput, containerParts, withoutExpansion } from './container.ts';
import {
  ACTION_CONTAINER,
  CONTENT_ANNOTATION,
  EXECUTION_ANNOTATION,
  fitting,
  jobName,
  MODE_ANNOTATION,
  PENDING_ANNOTATION,
  RUNNER_CONTAINER,
  TIMEOUT_ANNOTATION,
} from './names.ts';
import { packFolders, runnerImage, runsFilesOfPack } from './pack-parts.ts';
import { namespaceVolumes } from './remote-task.ts';
import type { JobSettings, Resources } from './settings.ts';
import { chunksOf, runSeconds, taskFor, type TaskInput } from './task.ts';

/** User of the processes where the Action names none. */
const USER_ID = 65_532;
const GRACE_SECONDS = 10;
/** Wait for the process to start where nothing says another, in seconds. */
export const PENDING_TIMEOUT_SECONDS = 600;
/** Shortest life of a runner's token, in seconds; a process is given it once, so it outlives the process. */
const TOKEN_SECONDS_MIN = 3600;
const TOKEN_SPARE_SECONDS = 600;
const TOKEN_DIRECTORY = '/var/run/squall';
const SECRETS_DIRECTORY = '/var/run/squall-secrets';

/** What templates read besides the Execution and its Action. */
export interface Readable {
  /** The datastore of the namespace. Default: an empty one. */
  readonly entries?: Entries | undefined;
  /** The configuration of the action's pack; the runner of a pack's file gets all of it. Default: none. */
  readonly config?: Omit<RequestedConfig, 'isHandedOn'> | undefined;
}

export type JobPlan = { readonly ok: true; readonly job: Draft } | Refusal;

/**
 * Resolves the parameters and builds the Job; a user's mistake is a Refusal. `now` and what is `readable` are for templates. Never
 * throws.
 */
export function jobFor(
  execution: Execution,
  action: Action,
  attempt: number,
  settings: JobSettings,
  now: Date,
  readable: Readable = {},
): JobPlan {
  const resolved = resolveFor(execution, action, now, readable);
  if (!resolved.ok) return resolved;
  const world = worldOf(execution, now);
  const isContainer = action.spec.runner === 'container';
  const pod = isContainer
    ? containerPod({ execution, action, attempt, resolved, world }, settings)
    : runnerPod(
        {
          execution,
          action,
          attempt,
          resolved,
          config: resolved.config,
          configSchema: readable.config?.schema ?? {},
        },
        settings,
      );
  if ('reason' in pod) return pod;
  const timeout = isContainer ? containerTimeoutSeconds(action.spec) : runSeconds(action, resolved);
  return { ok: true, job: manifest(execution, action, attempt, { pod, timeout, settings }) };
}

/** The values of all parameters of an Execution. Never throws. */
export function resolveFor(
  execution: Execution,
  action: Action,
  now: Date,
  { entries, config }: Readable = {},
): ResolvedParameters | Refusal {
  const { request } = execution.spec;
  return resolveParameters(action.spec, {
    ref: refOf(action),
    parameters: request.parameters ?? {},
    rendered: request.context?.trigger !== undefined,
    context: { action_context: actionContext(askedOf(execution), action), config_context: {} },
    config: config && { ...config, isHandedOn: runsFilesOfPack(action.spec) },
    entries,
    world: worldOf(execution, now),
  });
}

const worldOf = (execution: Execution, now: Date): World => ({
  nowMs: now.getTime(),
  seed: seedOf(execution.metadata.uid),
});

/** The chance that templates see is the same whenever the same Execution is planned (FNV-1a). */
export function seedOf(uid: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < uid.length; i++) hash = Math.imul(hash ^ uid.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** So that the pack store keeps what the pods may still fetch, though the Action has other content by then. */
function contentAnnotation({ spec: { content } }: Action): Readonly<Record<string, string>> {
  const digests = [content?.files, content?.environment].filter((digest) => digest !== undefined);
  return digests.length === 0 ? {} : { [CONTENT_ANNOTATION]: digests.join(',') };
}

interface Parts {
  readonly pod: object;
  readonly timeout: number;
  readonly settings: JobSettings;
}

function manifest(execution: Execution, action: Action, attempt: number, { pod, timeout, settings }: Parts): Draft {
  const { name, namespace, uid } = execution.metadata;
  const labels = {
    [LABEL.execution]: fitting(name, settings.sha256),
    [LABEL.attempt]: String(attempt),
    [LABEL.action]: labelValue(refOf(action)),
    'app.kubernetes.io/managed-by': 'squall',
  };
  const pending = action.spec.pendingTimeoutSeconds;
  const annotations = {
    [EXECUTION_ANNOTATION]: name,
    [MODE_ANNOTATION]: action.spec.runner === 'container' ? 'container' : 'runner',
    [TIMEOUT_ANNOTATION]: String(timeout),
    [PENDING_ANNOTATION]: String(pending),
    ...contentAnnotation(action),
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(name, attempt, settings.sha256),
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      annotations,
      ownerReferences: [
        {
          apiVersion: execution.apiVersion,
          kind: execution.kind,
          name,
          uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      podReplacementPolicy: 'Failed',
      activeDeadlineSeconds: pending + timeout + settings.deliverySeconds,
      template: { metadata: { labels, annotations: { [EXECUTION_ANNOTATION]: name } }, spec: pod },
    },
  };
}

function runnerPod(input: Required<TaskInput>, settings: JobSettings) {
  const built = taskFor(input, settings);
  if (!built.ok) return built;
  const { execution, action, resolved } = input;
  const common = commonPod(action, settings);
  const { namespace, name } = execution.metadata;
  const task = chunksOf(built.json).map((chunk, i) => ({
    name: i === 0 ? 'SQUALL_TASK' : `SQUALL_TASK_${i}`,
    value: withoutExpansion(chunk),
  }));
  const secrets = Object.entries(resolved.secrets);
  const home = `${settings.serviceUrl}/internal/v1/namespaces/${namespace ?? ''}`;
  const base = `${home}/executions/${name}`;
  const resources = resourcesOf(action, settings.podResources);
  const folders = packFolders(action, resources.limits['memory']);
  const own = namespaceVolumes(action);
  const env = [
    ...Object.entries(settings.extraPodEnvironment).map(([key, value]) => ({ name: key, value })),
    { name: 'HOME', value: '/tmp' },
    ...task,
    { name: 'SQUALL_START_URL', value: `${base}/start` },
    { name: 'SQUALL_RESULT_URL', value: `${base}/result` },
    ...(runsFilesOfPack(action.spec) ? [{ name: 'SQUALL_CONTENT_URL', value: `${home}/content` }] : []),
    { name: 'SQUALL_CA', value: settings.ca },
    { name: 'SQUALL_TOKEN_FILE', value: `${TOKEN_DIRECTORY}/token` },
    ...(secrets.length > 0 ? [{ name: 'SQUALL_SECRETS_DIR', value: SECRETS_DIRECTORY }] : []),
    ...own.env,
  ];
  const expirationSeconds = Math.max(TOKEN_SECONDS_MIN, runSeconds(action, resolved) + TOKEN_SPARE_SECONDS);
  const token = { serviceAccountToken: { audience: RESULT_AUDIENCE, expirationSeconds, path: 'token' } };
  const files = secrets.map(([parameter, secret]) => ({
    secret: { name: secret.name, items: [{ key: secret.key, path: parameter }] },
  }));
  return {
    ...common,
    ...(runsFilesOfPack(action.spec) ? { securityContext: { ...common.securityContext, sysctls: PING } } : {}),
    containers: [
      {
        name: RUNNER_CONTAINER,
        image: runnerImage(action, settings),
        imagePullPolicy: settings.imagePullPolicy,
        env,
        resources,
        securityContext: { ...CONTAINER_SECURITY, readOnlyRootFilesystem: true },
        volumeMounts: [
          { name: 'squall-token', mountPath: TOKEN_DIRECTORY, readOnly: true },
          ...(files.length > 0 ? [{ name: 'squall-secrets', mountPath: SECRETS_DIRECTORY, readOnly: true }] : []),
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'work', mountPath: '/work' },
          ...own.mounts,
          ...folders.map(({ name: volume, mountPath }) => ({ name: volume, mountPath })),
        ],
      },
    ],
    volumes: [
      { name: 'squall-token', projected: { sources: [token] } },
      ...(files.length > 0 ? [{ name: 'squall-secrets', projected: { sources: files } }] : []),
      { name: 'tmp', emptyDir: {} },
      { name: 'work', emptyDir: {} },
      ...own.volumes,
      ...folders.map(({ name: volume, emptyDir }) => ({ name: volume, emptyDir })),
    ],
  };
}

function containerPod(input: ContainerInput, settings: JobSettings) {
  const { action } = input;
  const parts = containerParts(input);
  if (!parts.ok) return parts;
  const { ok: _, env, ...container } = parts;
  const extra = Object.entries(settings.extraPodEnvironment).map(([name, value]) => ({ name, value }));
  return {
    ...commonPod(action, settings),
    containers: [
      {
        name: ACTION_CONTAINER,
        ...container,
        imagePullPolicy: settings.imagePullPolicy,
        env: [...extra.filter(({ name }) => !env.some((given) => given.name === name)), ...env],
        resources: resourcesOf(action, settings.podResources),
        securityContext: CONTAINER_SECURITY,
        terminationMessagePolicy: 'File',
      },
    ],
  };
}

/** Lets every user ping: what Pod Security "restricted" allows, and packs expect. */
const PING = [{ name: 'net.ipv4.ping_group_range', value: '0 2147483647' }] as const;

const CONTAINER_SECURITY = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } as const;

function commonPod({ spec: { pod = {} } }: Action, settings: JobSettings) {
  const pullSecrets = [...new Set([...settings.imagePullSecrets, ...(pod.imagePullSecrets ?? [])])];
  const user = pod.runAsUser ?? USER_ID;
  return {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: GRACE_SECONDS,
    automountServiceAccountToken: pod.serviceAccountName !== undefined,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(pod.serviceAccountName === undefined ? {} : { serviceAccountName: pod.serviceAccountName }),
    ...(pod.nodeSelector === undefined ? {} : { nodeSelector: pod.nodeSelector }),
    ...(pod.tolerations === undefined ? {} : { tolerations: pod.tolerations }),
    ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
  };
}

/** The operator's defaults for resources of which the Action says nothing: half of each would contradict itself. */
function resourcesOf({ spec: { pod } }: Action, { requests, limits }: Resources) {
  const own = { requests: pod?.resources?.requests ?? {}, limits: pod?.resources?.limits ?? {} };
  const silent = (all: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(all).filter(([name]) => !Object.hasOwn(own.requests, name) && !Object.hasOwn(own.limits, name)),
    );
  return { requests: { ...silent(requests), ...own.requests }, limits: { ...silent(limits), ...own.limits } };
}
