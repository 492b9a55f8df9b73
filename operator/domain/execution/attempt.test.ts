// operator/domain/execution/attempt.test.ts — one row per way in which an attempt waits, runs and ends.
import { describe, expect, test } from 'vitest';
import { WITHHELD, withheldResult } from '../result/result.ts';
import {
  action,
  container,
  deleted,
  execution,
  iso,
  job,
  plan,
  pod,
  retrying,
  running,
  terminated,
  waiting,
} from './builders.setup.ts';
import type { ObservedExecution } from './observed.ts';

describe('the Job is there', () => {
  const seen = (podStatus: object, rest: Partial<ObservedExecution> = {}) => ({
    jobs: [job()],
    pods: [pod(podStatus)],
    ...rest,
  });
  test('while it starts, it is looked at before its pending timeout', () => {
    expect(plan({ jobs: [job()] }, 2)).toEqual({ requeueAfterMs: 20_000 });
    expect(plan(seen(waiting('ContainerCreating')), 2).status).toBeUndefined();
  });
  test('silence is answered by asking for warnings, of the pod or else of the Job', () => {
    expect(plan({ jobs: [job()] }, 21).look).toEqual({ at: 'warnings', uid: 'j-uid-1' });
    expect(plan(seen(waiting('ContainerCreating')), 21).look).toEqual({ at: 'warnings', uid: 'p-uid-1' });
    expect(plan(seen(waiting('ContainerCreating'), { warned: [] }), 21)).toEqual({ requeueAfterMs: 20_000 });
  });
  test('a run is told only when it lasts', () => {
    expect(plan(seen(running(3)), 3.5)).toEqual({ requeueAfterMs: 1500 });
    const { status } = plan(seen(running(3)), 5);
    expect(status).toMatchObject({
      phase: 'Running',
      startedAt: iso(3),
      job: { name: 'e-1', uid: 'j-uid-1' },
      reason: 'Started',
    });
    expect(status?.conditions).toMatchObject([{ type: 'Ready', status: 'Unknown' }]);
    expect(plan({ ...seen(running(3)), self: execution({}, { ...status }) }, 6)).toEqual({ requeueAfterMs: 300_000 });
  });
  test("a node's clock that is far ahead does not put the news off", () => {
    expect(plan(seen(running(300)), 5).status?.phase).toBe('Running');
  });
  test('the pending timeout ends it and says why', () => {
    const unscheduled = {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' }],
    };
    const made = plan(seen(unscheduled), 602);
    expect(made.status).toMatchObject({ phase: 'TimedOut', reason: 'PendingTimedOut' });
    expect(made.status?.message).toMatch(/within 600 s.*0\/1 nodes/);
    expect(deleted(made)).toEqual(['Job/e-1']);
    expect(plan(seen(unscheduled), 300)).toEqual({ requeueAfterMs: 20_000 });
  });
  test.each<[string, object, Partial<ObservedExecution>, string, number]>([
    ['ErrImagePull', waiting('ErrImagePull', 'not found'), {}, 'ImagePullFailed', 60],
    ['ImagePullBackOff', waiting('ImagePullBackOff'), {}, 'ImagePullFailed', 60],
    ['a missing Secret', waiting('CreateContainerConfigError', 'secret "s" not found'), {}, 'SecretNotFound', 30],
    [
      'a missing key',
      waiting('CreateContainerConfigError', "couldn't find key k in Secret prod/s"),
      {},
      'SecretNotFound',
      30,
    ],
    ['another bad configuration', waiting('CreateContainerConfigError', 'configmap'), {}, 'ContainerStartFailed', 30],
    ['CreateContainerError', waiting('CreateContainerError', 'boom'), {}, 'ContainerStartFailed', 30],
    [
      'a Secret that cannot be mounted',
      waiting('ContainerCreating'),
      { warned: [{ reason: 'FailedMount', message: 'secret "s" not found' }] },
      'SecretNotFound',
      30,
    ],
  ])('%s has a grace, told as Stalled, then ends the attempt', (_, status, rest, reason, graceSeconds) => {
    const first = plan(seen(status, rest), 25);
    expect(first.status).toMatchObject({ phase: 'Requested', reason });
    expect(first.status?.conditions).toMatchObject([
      { type: 'Ready', status: 'False' },
      { type: 'Stalled', status: 'True', reason },
    ]);
    const self = execution({}, { ...first.status });
    expect(plan({ ...seen(status, rest), self }, 30)).toEqual({ requeueAfterMs: (graceSeconds - 5) * 1000 });
    const last = plan({ ...seen(status, rest), self }, 25 + graceSeconds);
    expect(last.status).toMatchObject({ phase: 'Failed', reason });
    expect(deleted(last)).toEqual(['Job/e-1']);
    const healed = plan({ ...seen(running(30)), self }, 40);
    expect(healed.status?.conditions?.map(({ type }) => type)).toEqual(['Ready']);
  });
  test.each([
    ['InvalidImageName', 'ImagePullFailed'],
    ['ErrImageNeverPull', 'ImagePullFailed'],
    ['CreateContainerConfigError', 'ImageNeedsRoot'],
  ])('%s ends it at once and is not tried again', (state, reason) => {
    const made = plan(
      seen(waiting(state, 'container has runAsNonRoot and image will run as root'), { action: action(retrying) }),
      3,
    );
    expect(made.status).toMatchObject({ phase: 'Failed', attempt: 1, reason });
  });
  test('admission that refuses the pod ends it, a full quota is waited for', () => {
    const refused = (message: string) => ({ jobs: [job()], warned: [{ reason: 'FailedCreate', message }] });
    expect(plan(refused('violates PodSecurity'), 30).status?.reason).toBe('PodRefused');
    expect(plan(refused('exceeded quota: q'), 30)).toEqual({ requeueAfterMs: 20_000 });
  });
});

describe('the pod ended without a result', () => {
  const ended = (
    status: object,
    metadata: Readonly<Record<string, unknown>> = {},
    rest: Partial<ObservedExecution> = {},
  ) => plan({ jobs: [job()], pods: [pod(status, metadata)], ...rest }, 60);
  const disrupted = (reason: string) =>
    terminated(143, {}, { conditions: [{ type: 'DisruptionTarget', status: 'True', reason, message: 'm' }] });
  test.each<[string, object, Readonly<Record<string, unknown>>, string]>([
    ['out of memory', terminated(137, { reason: 'OOMKilled' }), {}, 'OutOfMemory'],
    ['killed', terminated(137, { reason: 'Error' }), {}, 'RunnerDied'],
    ['exit 0', terminated(0), {}, 'RunnerDied'],
    ['exit 69', terminated(69), {}, 'RunnerDied'],
    ['exit 77', terminated(77), {}, 'RunnerDied'],
    ['exit 64', terminated(64), {}, 'RunnerDied'],
    ['evicted by the kubelet', { phase: 'Failed', reason: 'Evicted', message: 'disk' }, {}, 'Evicted'],
    ['evicted by the API', disrupted('EvictionByEvictionAPI'), {}, 'Evicted'],
    ['node shutdown', disrupted('TerminationByKubelet'), {}, 'Evicted'],
    ['preempted', disrupted('PreemptionByScheduler'), {}, 'Preempted'],
    ['taint', disrupted('DeletionByTaintManager'), {}, 'NodeLost'],
    ['garbage collected', disrupted('DeletionByPodGC'), {}, 'NodeLost'],
    ['phase Unknown', { phase: 'Unknown' }, {}, 'NodeLost'],
    ['deletion overdue', running(3), { deletionTimestamp: iso(20) }, 'NodeLost'],
    ['status unknown', terminated(137, { reason: 'ContainerStatusUnknown' }), {}, 'NodeLost'],
    ['pod deleted by hand', terminated(143), { deletionTimestamp: iso(50) }, 'PodDeleted'],
    ['not admitted', { phase: 'Failed', reason: 'UnexpectedAdmissionError' }, {}, 'PodRefused'],
    ['failed without a word', { phase: 'Failed' }, {}, 'RunnerDied'],
    [
      'not executable',
      terminated(128, { reason: 'StartError', message: 'exec: "x": not found' }),
      {},
      'ContainerStartFailed',
    ],
    ['not permitted', terminated(126, { reason: 'StartError', message: 'permission denied' }), {}, 'ImageNeedsRoot'],
  ])('%s says so', (_, status, metadata, reason) => {
    expect(ended(status, metadata).status).toMatchObject({ phase: 'Failed', reason, endedAt: iso(60) });
  });
  test('a pod that is being deleted may still deliver, and is looked at when its node should have told its end', () => {
    expect(
      ended(
        running(3),
        { deletionTimestamp: iso(55) },
        { self: execution({}, { phase: 'Running', job: { name: 'e-1', uid: 'j-uid-1' } }) },
      ),
    ).toEqual({ requeueAfterMs: 25_001 });
  });
  test('a pod that vanished after it ran is told by its Job, not by the pending timeout', () => {
    const self = execution({}, { phase: 'Running', job: { name: 'e-1', uid: 'j-uid-1' } });
    expect(plan({ self, jobs: [job()], pods: [] }, 5000)).toEqual({ requeueAfterMs: 2000 });
  });
  test('the Job outlived its deadline', () => {
    const late = { conditions: [{ type: 'Failed', status: 'True', reason: 'DeadlineExceeded' }] };
    expect(plan({ jobs: [job(late)] }, 60).status).toMatchObject({ phase: 'TimedOut', reason: 'DeadlineExceeded' });
    expect(plan({ jobs: [job(late)], pods: [pod(terminated(143))] }, 60).status).toMatchObject({
      reason: 'DeadlineExceeded',
    });
  });
  test('a failed Job without its pod', () => {
    expect(plan({ jobs: [job({ failed: 1 })] }, 60).status).toMatchObject({ reason: 'PodDeleted' });
  });
  test('the store may be a moment behind the result', () => {
    expect(plan({ jobs: [job()], pods: [pod(terminated(0))] }, 6)).toEqual({ requeueAfterMs: 1000 });
  });
  test('node loss is tried again only where the Action says so', () => {
    const lost = (onNodeLoss: boolean) =>
      ended({ phase: 'Unknown' }, {}, { action: action({ retry: { limit: 1, onNodeLoss } }) }).status;
    expect(lost(false)).toMatchObject({ phase: 'Failed', reason: 'NodeLost' });
    expect(lost(true)).toMatchObject({ phase: 'Delayed', attempt: 2 });
  });
});

describe('container actions', () => {
  const log = { at: 'log', pod: 'e-1-x' };
  const of = (status: object, rest: Partial<ObservedExecution> = {}, seconds = 60) =>
    plan({ action: container(), jobs: [job({}, { mode: 'container' })], pods: [pod(status)], ...rest }, seconds);
  test('the log is read, then the exit code decides', () => {
    expect(of(terminated(0, { message: '{"a":1}' })).look).toEqual({
      at: 'log',
      pod: 'e-1-x',
      exitCode: 0,
      message: '{"a":1}',
      hasSecrets: false,
    });
    const stored = { inline: { exit_code: 0 } };
    expect(of(terminated(0), { stored }).status).toMatchObject({
      phase: 'Succeeded',
      reason: 'ActionSucceeded',
      result: { exit_code: 0 },
    });
    expect(of(terminated(3), { stored }).status).toMatchObject({
      phase: 'Failed',
      reason: 'ActionFailed',
      message: expect.stringContaining('exit code 3'),
    });
    expect(of(terminated(137, { reason: 'OOMKilled' }), { stored }).status?.reason).toBe('OutOfMemory');
    const ref = { digest: 'sha256:x', bytes: 20_000 };
    expect(of(terminated(0), { stored: { ref } }).status).toMatchObject({ resultRef: ref });
  });
  test.each([
    ['nginx: [emerg] mkdir() "/var/cache/nginx" failed (13: Permission denied)', 'ImageNeedsRoot'],
    ['This script must be run as root', 'ImageNeedsRoot'],
    ['you need to be root to do that: are you root?', 'ImageNeedsRoot'],
    ['ssh: Permission denied (publickey)', 'ActionFailed'],
  ])('"%s" is %s', (log, reason) => {
    expect(of(terminated(1), { stored: { inline: {} }, log }).status?.reason).toBe(reason);
  });
  test('the timeout runs from the start of the process; its log is kept and its Job goes', () => {
    expect(of(running(10), {}, 50).status?.phase).toBe('Running');
    expect(of(running(10), {}, 110).look).toEqual({ ...log, exitCode: -9, message: '', hasSecrets: false });
    const made = of(running(10), { stored: { inline: 1 } }, 110);
    expect(made.status).toMatchObject({ phase: 'TimedOut', reason: 'ActionTimedOut', result: 1, startedAt: iso(10) });
    expect(deleted(made)).toEqual(['Job/e-1']);
  });
  test('a Job with secrets asks that neither log nor message is kept, but the log is still looked at', () => {
    const jobs = [{ ...job({}, { mode: 'container' }), hasSecrets: true }];
    expect(of(terminated(1, { message: 'm' }), { jobs }).look).toEqual({
      ...log,
      exitCode: 1,
      message: 'm',
      hasSecrets: true,
    });
    expect(of(running(10), { jobs }, 110).look).toEqual({ ...log, exitCode: -9, message: '', hasSecrets: true });
    const stored = { inline: withheldResult(1) };
    const { status } = of(terminated(1), { jobs, stored, log: 'hunter2: are you root?' });
    expect(status).toMatchObject({ reason: 'ImageNeedsRoot', result: { message: WITHHELD, log: WITHHELD } });
    expect(JSON.stringify(status)).not.toContain('hunter2');
  });
  test('a Job that is complete counts without its pod', () => {
    const complete = { conditions: [{ type: 'Complete', status: 'True' }] };
    expect(plan({ action: container(), jobs: [job(complete, { mode: 'container' })] }, 60).status?.phase).toBe(
      'Succeeded',
    );
  });
});
