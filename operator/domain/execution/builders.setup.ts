// operator/domain/execution/builders.setup.ts — objects for tests: valid ones, with what a test is about spread over them.
import { createHash } from 'node:crypto';
import { ActionSpec } from '../../api/action.ts';
import { ExecutionSpec, ExecutionStatus } from '../../api/execution.ts';
import type { Action, Execution } from '../../api/kinds.ts';
import { API_VERSION, type KubeObject, LABEL } from '../../api/meta.ts';
import { EXECUTION_ANNOTATION, MODE_ANNOTATION, PENDING_ANNOTATION, TIMEOUT_ANNOTATION } from '../job/names.ts';
import { type Job, type Pod, projectJob, projectPod } from '../job/shapes.ts';
import type { ExecutionPlan, ExecutionSettings, ObservedExecution } from './observed.ts';
import { planExecution } from './plan.ts';

export const T0 = new Date('2026-03-01T10:00:00.000Z');
export const at = (seconds: number): Date => new Date(T0.getTime() + seconds * 1000);
export const iso = (seconds: number): string => at(seconds).toISOString();
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

export const settings: ExecutionSettings = {
  serviceUrl: 'https://squall.squall.svc',
  ca: 'PEM',
  runnerNodeImage: 'squall/runner-node:1',
  runnerPythonImage: 'squall/runner-python:1',
  imagePullPolicy: 'IfNotPresent',
  imagePullSecrets: [],
  podResources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '512Mi' } },
  extraPodEnvironment: {},
  deliverySeconds: 1800,
  executionTtlSeconds: 86_400,
  sha256,
};

export const action = (spec: object = {}, metadata: object = {}): Action => ({
  apiVersion: API_VERSION,
  kind: 'Action',
  metadata: {
    name: 'ops.clean',
    namespace: 'prod',
    uid: 'a-uid',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: iso(-100),
    ...metadata,
  },
  spec: ActionSpec.parse({ runner: 'local-shell-cmd', parameters: { cmd: { default: 'date' } }, ...spec }),
});

export const container = (spec: object = {}): Action =>
  action({ runner: 'container', parameters: {}, container: { image: 'busybox' }, timeoutSeconds: 100, ...spec });

export const execution = (
  spec: { request?: object } & object = {},
  status: object = {},
  metadata: object = {},
): Execution => ({
  apiVersion: API_VERSION,
  kind: 'Execution',
  metadata: {
    name: 'e',
    namespace: 'prod',
    uid: 'e-uid',
    resourceVersion: '7',
    generation: 1,
    creationTimestamp: iso(0),
    ...metadata,
  },
  spec: ExecutionSpec.parse({ ...spec, request: { action: 'ops.clean', ...spec.request } }),
  status: ExecutionStatus.parse(status),
});

const owner = (kind: string, name: string, uid: string) => [{ apiVersion: 'x', kind, name, uid, controller: true }];

/** The Job of an attempt; it waits at most 600 s and runs at most 100 s. */
export const job = (
  status: object = {},
  metadata: { attempt?: number; mode?: string; [field: string]: unknown } = {},
): Job => {
  const { attempt = 1, mode = 'runner', ...rest } = metadata;
  return projectJob({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `e-${attempt}`,
      namespace: 'prod',
      uid: `j-uid-${attempt}`,
      resourceVersion: '1',
      creationTimestamp: iso(1),
      labels: { [LABEL.execution]: 'e', [LABEL.attempt]: String(attempt) },
      annotations: {
        [EXECUTION_ANNOTATION]: 'e',
        [MODE_ANNOTATION]: mode,
        [TIMEOUT_ANNOTATION]: '100',
        [PENDING_ANNOTATION]: '600',
      },
      ownerReferences: owner('Execution', 'e', 'e-uid'),
      ...rest,
    },
    status,
  });
};

export const pod = (status: object = {}, metadata: { attempt?: number; [field: string]: unknown } = {}): Pod => {
  const { attempt = 1, ...rest } = metadata;
  return projectPod({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `e-${attempt}-x`,
      namespace: 'prod',
      uid: `p-uid-${attempt}`,
      resourceVersion: '1',
      labels: { [LABEL.execution]: 'e', [LABEL.attempt]: String(attempt) },
      ownerReferences: owner('Job', `e-${attempt}`, `j-uid-${attempt}`),
      ...rest,
    },
    status,
  });
};

export const waiting = (reason: string, message = '', rest: object = {}) => ({
  phase: 'Pending',
  containerStatuses: [{ name: 'runner', state: { waiting: { reason, message } } }],
  ...rest,
});
export const running = (seconds: number) => ({
  phase: 'Running',
  containerStatuses: [{ name: 'runner', state: { running: { startedAt: iso(seconds) } } }],
});
export const terminated = (exitCode: number, state: object = {}, rest: object = {}) => ({
  phase: exitCode === 0 ? 'Succeeded' : 'Failed',
  containerStatuses: [
    { name: 'runner', state: { terminated: { exitCode, startedAt: iso(3), finishedAt: iso(5), ...state } } },
  ],
  ...rest,
});

export const observed = (rest: Partial<ObservedExecution> & { self?: KubeObject } = {}): ObservedExecution => ({
  self: execution(),
  action: action(),
  jobs: [],
  pods: [],
  settings,
  ...rest,
});

/** Names of what a plan creates. */
export const created = ({ writes = [] }: ExecutionPlan): readonly string[] =>
  writes.flatMap((w) => (w.do === 'create' ? [w.object.metadata.name] : []));
/** What a plan deletes, as Kind/name. */
export const deleted = ({ writes = [], after = [] }: ExecutionPlan): readonly string[] =>
  [...writes, ...after].flatMap((w) => (w.do === 'delete' ? [`${w.object.kind}/${w.object.metadata.name}`] : []));
export const plan = (rest: Partial<ObservedExecution>, seconds: number): ExecutionPlan =>
  planExecution(observed(rest), at(seconds));
export const retrying = { retry: { limit: 2, delaySeconds: 10 } };
export const event = {
  context: { trigger: { type: 'core.x', event: 'i', source: 's', receivedAt: iso(0), rule: { name: 'r', uid: 'u' } } },
};
