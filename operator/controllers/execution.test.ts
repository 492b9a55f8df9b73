// operator/controllers/execution.test.ts — the wiring: what an API server sees of one execution until its record goes, and what is kept of it.
import { expect, test } from 'vitest';
import type { KubeObject } from '../api/meta.ts';
import { WorkflowSpec } from '../api/workflow.ts';
import { action, container, execution, iso, job } from '../domain/execution/builders.setup.ts';
import { ended, EXECUTION, JOB, podOf, scene } from './execution.setup.ts';
import { projectExecution } from './execution.ts';

test('the log of a container becomes its result, then Job and record go', async () => {
  const { api, put, look, status, writes } = scene(container(), execution());
  await look(1);
  put(podOf(api.object(JOB), ended(0, '{"n": 1}')));
  await look(5);
  const stored = api.object(EXECUTION)?.status;
  expect(stored).toMatchObject({ phase: 'Succeeded', result: { exit_code: 0, message: { n: 1 }, succeeded: true } });
  expect(status()).not.toHaveProperty('result');
  await look(6);
  expect(api.object(JOB)).toBeUndefined();
  await look(90_000);
  expect(api.object(EXECUTION)).toBeUndefined();
  expect(writes()).toEqual([
    'create prod/jobs',
    'replaceStatus executions/e',
    'delete jobs/e-1',
    'delete executions/e',
  ]);
});

test('a runner that died ends its execution with the reason', async () => {
  const { api, put, look, status } = scene(action(), execution());
  await look(1);
  put(podOf(api.object(JOB), { phase: 'Failed', reason: 'Evicted', message: 'low on disk' }));
  await look(5);
  expect(status()).toMatchObject({
    phase: 'Failed',
    reason: 'Evicted',
    message: expect.stringContaining('low on disk'),
  });
});

test.each([
  ['read', [], 'PodRefused', 'violates PodSecurity'],
  ['unreadable', [{ code: 403, reason: 'Forbidden', message: 'no' }], 'PendingTimedOut', 'look at the pod'],
])('warnings about a Job without a pod: %s', async (_, faults, reason, message) => {
  const { api, look, status } = scene(action(), execution());
  await look(1);
  api.put({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'w', namespace: 'prod' },
    type: 'Warning',
    reason: 'FailedCreate',
    message: 'violates PodSecurity',
  });
  api.fail({ path: /\/events/ }, ...faults);
  await look(4e9);
  expect(status()).toMatchObject({ reason, message: expect.stringContaining(message) });
});

test('an Execution that does not fit its schema ends, and harms no other', async () => {
  const { look, status } = scene(action(), { ...execution(), spec: { request: 5 } });
  await look(1);
  expect(status()).toMatchObject({ phase: 'Failed', reason: 'SpecInvalid' });
});

test("a cancel does not wait for somebody else's Job that has its name", async () => {
  const foreign = job({}, { ownerReferences: [] });
  const { api, look, status } = scene(action(), execution({ control: 'cancel' } as object), foreign);
  await look(1);
  expect(status()).toMatchObject({ phase: 'Canceled' });
  expect(api.object(JOB)).toBeDefined();
});

test('a run of a Workflow is kept as long as the Workflow says', async () => {
  const { api, sources, look } = scene(execution({}, { phase: 'Succeeded', endedAt: iso(10) }));
  const definition = { version: 1.0, tasks: { a: { action: 'core.noop' } } };
  const spec = WorkflowSpec.parse({ ref: 'ops.clean', engine: 'orquesta', definition, ttlSecondsAfterFinished: 60 });
  sources.workflows.put({ ...action(), kind: 'Workflow', spec });
  await look(69);
  expect(api.object(EXECUTION)).toBeDefined();
  await look(71);
  expect(api.object(EXECUTION)).toBeUndefined();
});

test('a request to run a Workflow that fits no schema ends too', async () => {
  const request = { action: 'ops.clean', cause: { depth: 17 } };
  const { sources, look, status } = scene({ ...execution(), spec: { request } });
  const spec = WorkflowSpec.parse({ ref: 'ops.clean', engine: 'orquesta', definition: { tasks: {} } });
  sources.workflows.put({ ...action(), kind: 'Workflow', spec });
  await look(1);
  expect(status()).toMatchObject({ phase: 'Failed', reason: 'DepthExceeded' });
});

test('a finished execution is kept without what it was given and gave', () => {
  const kept = projectExecution(
    execution({ request: { parameters: { cmd: 'x' } } }, { phase: 'Succeeded', result: { big: 1 } }),
  );
  expect(JSON.stringify(kept)).not.toMatch(/big|"cmd"/);
  expect(projectExecution(execution({ request: { parameters: { cmd: 'x' } } })).spec.request.parameters).toEqual({
    cmd: 'x',
  });
});

test('the Job has what the datastore of its namespace says, and of secret entries where they are', async () => {
  const stored = (namespace: string, name: string, spec: object): KubeObject => ({
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'KeyValue',
    metadata: { namespace, name, uid: `${namespace}-${name}`, resourceVersion: '1' },
    spec: { key: name, scope: 'system', ...spec },
  });
  const cmd = 'echo {{ st2kv.system.host }} {{ st2kv.system.over }}{{ st2kv.system.pw | decrypt_kv }}';
  const { api, look } = scene(
    action({ parameters: { cmd: { default: cmd } } }),
    execution(),
    stored('prod', 'host', { value: 'db.prod' }),
    stored('other', 'host', { value: 'db.other' }),
    stored('prod', 'over', { value: 'gone', expiresAt: iso(0) }),
    stored('prod', 'pw', { valueFrom: { secretKeyRef: { name: 'vault', key: 'password' } } }),
  );
  await look(1);
  const job = JSON.stringify(api.object(JOB)?.spec);
  expect(job).toContain('echo db.prod \\\\u0001squall:secret:st2kv.0\\\\u0001');
  expect(job).toContain('"sources":[{"secret":{"name":"vault","items":[{"key":"password","path":"st2kv.0"}]}}]');
});
