// operator/controllers/execution-job.test.ts — the Job of an execution is made once, whatever the API server answers, and never again when it was deleted.
import { expect, test } from 'vitest';
import type { KubeObject } from '../api/meta.ts';
import { action, execution } from '../domain/execution/builders.setup.ts';
import { JOB, scene } from './execution.setup.ts';

test('one write starts it, however often it is looked at', async () => {
  const { look, writes } = scene(action(), execution());
  await look(1);
  await look(1.1);
  await look(2);
  expect(writes()).toEqual(['create prod/jobs']);
});

test('a lost answer to the create makes no second Job', async () => {
  const { api, look } = scene(action(), execution());
  api.fail({ verb: 'create', path: /jobs$/ }, 'resetAfterApply');
  await look(1);
  await look(2);
  expect(api.object(JOB)).toBeDefined();
});

test("somebody else's Job under the name ends it with the remedy", async () => {
  const { api, look, status } = scene(action(), execution());
  api.put({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'e-1', namespace: 'prod' } });
  await look(1);
  await look(2);
  expect(status()).toMatchObject({ phase: 'Failed', reason: 'NameTaken' });
  expect(api.object(JOB)).toBeDefined();
});

test('a Job that Kubernetes refuses ends it with what Kubernetes said', async () => {
  const { api, look, status } = scene(action(), execution());
  api.fail(
    { verb: 'create', path: /jobs$/ },
    { code: 422, reason: 'Invalid', message: 'limits.memory: must be larger' },
  );
  await look(1);
  await look(2);
  expect(status()).toMatchObject({
    phase: 'Failed',
    reason: 'JobRefused',
    message: expect.stringContaining('limits.memory'),
  });
});

test('rights and quotas that may come back are waited for, ten minutes', async () => {
  const forbidden = { code: 403, reason: 'Forbidden', message: 'exceeded quota' };
  const { api, look, status } = scene(action(), execution());
  api.fail({ verb: 'create', path: /jobs$/ }, forbidden, forbidden, forbidden);
  await look(1);
  await look(300);
  expect(status()?.phase).toBe('Requested');
  await look(602);
  await look(603);
  expect(status()).toMatchObject({ reason: 'JobRefused', message: expect.stringContaining('exceeded quota') });
});

test('a right that comes back leads to the Job', async () => {
  const { api, look } = scene(action(), execution());
  api.fail({ verb: 'create', path: /jobs$/ }, { code: 403, reason: 'Forbidden', message: 'no rights yet' });
  await look(1);
  await look(2);
  expect(api.object(JOB)).toBeDefined();
});

test('an API server that is busy is asked again', async () => {
  const { api, look, status } = scene(action(), execution());
  api.fail({ verb: 'create', path: /jobs$/ }, { code: 503 });
  await look(1);
  await look(2);
  expect(status()?.phase).toBe('Requested');
  expect(api.object(JOB)).toBeDefined();
});

test('a Job that is deleted before it was seen running is confirmed to be gone, and not made again', async () => {
  const { api, look, sources, status, writes } = scene(action(), execution());
  await look(1);
  const job = api.object(JOB);
  api.drop(JOB);
  if (job) sources.jobs.remove(job);
  await look(3);
  expect(status()).toMatchObject({ phase: 'Failed', reason: 'JobDeleted' });
  expect(writes().filter((write) => write.startsWith('create prod/jobs'))).toHaveLength(1);
});

test('a deletion that only the cache has dreamt of ends nothing', async () => {
  const { api, look, sources, status } = scene(action(), execution());
  await look(1);
  const { metadata } = api.object(JOB) as KubeObject;
  sources.jobs.remove({ metadata: { ...metadata } });
  await look(3);
  expect(status()?.phase).toBe('Requested');
});
