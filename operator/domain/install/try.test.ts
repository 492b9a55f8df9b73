// operator/domain/install/try.test.ts — tries of an installation: which are made again, when, and what is told of those that failed.
import { expect, test } from 'vitest';
import { API_VERSION } from '../../api/meta.ts';
import type { Job, Pod } from '../job/shapes.ts';
import { begun, condition, CONTENT, job, kinds, later, manifest, NOW, pack, reported, seen } from './install.setup.ts';
import { planPack } from './plan.ts';
import { planReport } from './report.ts';

test('what could not be fetched is tried again, later each time; what is not valid is not', () => {
  const fetch = pack({ status: reported({ step: 'Failed', failedStep: 'Fetch', message: 'no such host' }) });
  expect(planPack(seen({ self: fetch }), later(6))).toEqual({ requeueAfterMs: 29_000 });
  const again = planPack(seen({ self: fetch }), later(40));
  expect(again.status?.install).toMatchObject({ attempt: 2, step: 'Fetch' });
  expect(again.status?.install?.job).not.toBe(fetch.status?.install?.job);
  const invalid = pack({ status: reported({ step: 'Failed', failedStep: 'Validate', message: 'bad' }) });
  expect(planPack(seen({ self: invalid }), later(4000)).status).toBeUndefined();
});

test('an environment that could not be built is tried again for as long as it takes, in the end every hour', () => {
  const failed = reported({ step: 'Failed', failedStep: 'Build', message: 'the index does not answer' });
  const again = planPack(seen({ self: pack({ status: failed }) }), later(40));
  expect(again.status?.install).toMatchObject({ attempt: 2, step: 'Fetch' });
  const often = { ...failed, ...(failed.install && { install: { ...failed.install, attempt: 17, pauses: 16 } }) };
  const [early, due] = [3_600, 3_610].map((at) => planPack(seen({ self: pack({ status: often }) }), later(at)));
  expect(early).toEqual({ requeueAfterMs: 5_000 });
  expect(due?.status?.install).toMatchObject({ attempt: 18, pauses: 17 });
});

test('any change of a Pack that failed is tried at once, also one that no installation depends on', () => {
  const status = reported({ step: 'Failed', failedStep: 'Validate', message: 'bad' });
  const spec = { overrides: { rules: { enabled: false } } };
  const plan = planPack(seen({ self: pack({ status, spec, metadata: { generation: 2 } }) }), later(6));
  expect(plan.status).toMatchObject({ observedGeneration: 2, install: { attempt: 1, step: 'Fetch' } });
  expect(kinds(plan.after)).toEqual(['create Job']);
});

test('what was refused is registered when its name is free, without another Job, and told once', () => {
  const brought = pack({ status: reported({ content: CONTENT }) });
  const metadata = { name: 'shop.paid', namespace: 'demo', uid: 'other', resourceVersion: '1' };
  const stranger = { apiVersion: API_VERSION, kind: 'Rule', metadata, spec: {} };
  const refused = planPack(seen({ self: brought, manifest: manifest(), there: [stranger] }), later(6));
  expect(condition(refused.status, 'Registered')).toMatchObject({ status: 'False', reason: 'RegistrationRefused' });
  expect(refused.events).toHaveLength(1);
  const waiting = pack({ status: refused.status ?? {} });
  expect(planPack(seen({ self: waiting }), later(7))).toEqual({ requeueAfterMs: 29_000 });
  const again = planPack(seen({ self: waiting }), later(37));
  expect(again.status?.install).toMatchObject({ attempt: 2, step: 'Register', reported: CONTENT });
  expect(again.after).toBeUndefined();
  const asked = pack({ status: again.status ?? {} });
  const still = planPack(seen({ self: asked, manifest: manifest(), there: [stranger] }), later(38));
  expect(still.status?.install).toMatchObject({ attempt: 2, step: 'Failed' });
  expect(still.events).toBeUndefined();
  expect(planPack(seen({ self: pack({ status: still.status ?? {} }) }), later(39))).toEqual({
    requeueAfterMs: 118_000,
  });
  const free = planPack(seen({ self: asked, manifest: manifest() }), later(38));
  expect(condition(free.status, 'Ready')).toMatchObject({ status: 'True' });
  expect(kinds(free.writes)).toContain('apply Rule');
});

test('a Job that died without a report ends the try with its reason', () => {
  const self = pack({ status: begun() });
  const plan = planPack(seen({ self, job: job([BACKOFF]), pods: [podOf(ended(70))] }), later(9));
  expect(plan.status?.install?.step).toBe('Failed');
  expect(condition(plan.status, 'Fetched')).toMatchObject({ status: 'False', reason: 'InstallJobFailed' });
});

test('an image without the installer is told what to make it from', () => {
  const words = "Error: Cannot find module '/app/installer.js'\n    at node:internal";
  const dead = podOf(ended(1, words));
  const plan = planPack(seen({ self: pack({ status: begun() }), job: job([BACKOFF]), pods: [dead] }), later(9));
  expect(condition(plan.status, 'Fetched')?.message).toMatch(
    /\/app\/installer\.js[\s\S]*; make the image .*FROM runner-python$/,
  );
});

const podOf = (status: Partial<Pod['status']>, metadata: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'pod', uid: 'pod', resourceVersion: '1', ...metadata },
  status: { phase: 'Failed', reason: '', message: '', conditions: [], container: undefined, ...status },
});
const ended = (exitCode: number, message = ''): Partial<Pod['status']> => ({
  container: {
    is: 'terminated',
    exitCode,
    signal: 0,
    reason: 'Error',
    message,
    startedAt: NOW.toISOString(),
    endedAt: undefined,
  },
});
const BACKOFF = { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'it failed' };

test.each<[string, readonly Pod[], Job['status']['conditions'], RegExp]>([
  [
    'evicted',
    [podOf({ reason: 'Evicted', message: 'The node was low on resource: memory.' })],
    [BACKOFF],
    /Evicted: .*evicted.*: The node was low/,
  ],
  [
    'drained',
    [
      podOf({
        conditions: [
          {
            type: 'DisruptionTarget',
            status: 'True',
            reason: 'EvictionByEvictionAPI',
            message: 'Eviction API: evicting',
          },
        ],
      }),
    ],
    [BACKOFF],
    /Evicted: .*: Eviction API/,
  ],
  [
    'lost with its node',
    [podOf({ phase: 'Running' }, { deletionTimestamp: NOW.toISOString() })],
    [],
    /NodeLost: the node of its pod is gone/,
  ],
  ['told to stop', [podOf(ended(75))], [BACKOFF], /told to stop before it was done/],
  ['gone', [], [BACKOFF], /its pod is gone \(BackoffLimitExceeded: it failed\)/],
])('an installation whose pod is %s is tried again at once, and the reason is told', (_what, pods, conditions, why) => {
  const plan = planPack(seen({ self: pack({ status: begun() }), job: job(conditions), pods }), later(60));
  expect(plan.status?.install).toMatchObject({ attempt: 2, step: 'Fetch' });
  // One that has ended is kept for its log.
  expect(kinds(plan.after)).toEqual([...(conditions?.length === 0 ? ['delete Job'] : []), 'create Job']);
  expect(condition(plan.status, 'Ready')).toMatchObject({ status: 'Unknown', reason: 'Installing' });
  for (const type of ['Ready', 'Fetched'])
    expect(condition(plan.status, type)?.message).toMatch(
      new RegExp(`^The pack is being installed. This is try 2. .*${why.source}`),
    );
  expect(plan.events).toMatchObject([{ type: 'Warning', reason: 'InstallJobFailed' }]);
});

test('after the fourth pod that is taken away there is a pause', () => {
  const status = begun();
  const self = pack({ status: { ...status, ...(status.install && { install: { ...status.install, attempt: 4 } }) } });
  const plan = planPack(seen({ self, job: job([BACKOFF]), pods: [podOf({ reason: 'Evicted' })] }), later(60));
  expect(plan.status?.install).toMatchObject({ attempt: 4, step: 'Failed' });
  expect(condition(plan.status, 'Fetched')).toMatchObject({ status: 'False', reason: 'InstallJobFailed' });
  expect(plan.requeueAfterMs).toBe(30_000);
});

test.each<[string, readonly Pod[], Job['status']['conditions']]>([
  ['an installer that ends with an error', [podOf(ended(70))], [BACKOFF]],
  ['one that takes too long', [], [{ ...BACKOFF, reason: 'DeadlineExceeded' }]],
])('%s is tried again after a pause', (_what, pods, conditions) => {
  const plan = planPack(seen({ self: pack({ status: begun() }), job: job(conditions), pods }), later(60));
  expect(plan.status?.install).toMatchObject({ attempt: 1, step: 'Failed' });
  expect(plan.requeueAfterMs).toBe(30_000);
});

test('pods that are taken away do not make the pauses longer', () => {
  const status = begun();
  const install = status.install && { ...status.install, attempt: 5, pauses: 2 };
  const self = pack({ status: { ...status, ...(install && { install }) } });
  const plan = planPack(seen({ self, job: job([BACKOFF]), pods: [podOf({ reason: 'Evicted' })] }), later(60));
  expect(plan.status?.install).toMatchObject({ attempt: 6, pauses: 2, step: 'Fetch' });
});

test('a Job that Kubernetes refuses ends the try', () => {
  const self = pack({ status: begun() });
  const plan = planPack(seen({ self, jobRefused: 'exceeded quota' }), later(1));
  expect(plan.status?.install).toMatchObject({ attempt: 1, step: 'Failed' });
  expect(condition(plan.status, 'Ready')).toMatchObject({ reason: 'InstallJobFailed', message: 'exceeded quota' });
  expect(plan).toMatchObject({ requeueAfterMs: 30_000 });
  expect(plan.after).toBeUndefined();
});

test('a change that needs no other installation is seen while one goes on', () => {
  const self = pack({ status: begun(), metadata: { generation: 2 } });
  expect(planPack(seen({ self, job: job() }), later(9)).status).toMatchObject({ observedGeneration: 2 });
  const { key = '', job: name = '' } = self.status?.install ?? {};
  const report = planReport(self, name, { key, step: 'Failed', failedStep: 'Fetch', message: 'no host' }, later(9));
  expect(report).toMatchObject({ accept: true, status: { observedGeneration: 1, install: { step: 'Failed' } } });
});

test('a name that is no label is refused with the remedy', () => {
  const plan = planPack(seen({ self: pack({ metadata: { name: 'x'.repeat(64) }, spec: { ref: 'shop' } }) }), NOW);
  expect(condition(plan.status, 'Ready')?.message).toMatch(/^metadata\.name: it has 64 characters.*spec\.ref$/);
  expect(plan.after).toBeUndefined();
});

test('a report of another try, and one that comes after the last, do not count', () => {
  const status = begun();
  const { key = '', job: name = '' } = status.install ?? {};
  const late = { key, step: 'Done' as const, content: CONTENT };
  expect(planReport(pack({ status }), 'another-job', late, NOW)).toMatchObject({ accept: false });
  expect(planReport(pack({ status }), name, { ...late, key: 'x' }, NOW)).toMatchObject({ accept: false });
  expect(planReport(pack({ status: reported(late) }), name, late, NOW)).toMatchObject({ accept: false });
});
