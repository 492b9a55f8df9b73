// operator/domain/execution/plan.test.ts — every way of an Execution, as rows: what is observed, what is decided.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExecutionStatus } from '../../api/execution.ts';
import type { KubeObject } from '../../api/meta.ts';
import { projectJob, projectPod } from '../job/shapes.ts';
import {
  action,
  at,
  container,
  execution,
  iso,
  job,
  observed,
  pod,
  running,
  settings,
  T0,
  terminated,
  waiting,
} from './builders.setup.ts';
import type { ExecutionPlan, ObservedExecution } from './observed.ts';
import { planExecution } from './plan.ts';

const created = ({ writes = [] }: ExecutionPlan) =>
  writes.flatMap((w) => (w.do === 'create' ? [w.object.metadata.name] : []));
const deleted = ({ writes = [], after = [] }: ExecutionPlan) =>
  [...writes, ...after].flatMap((w) => (w.do === 'delete' ? [`${w.object.kind}/${w.object.metadata.name}`] : []));
const plan = (rest: Partial<ObservedExecution>, seconds: number) => planExecution(observed(rest), at(seconds));
const retrying = { retry: { limit: 2, delaySeconds: 10 } };
const event = {
  context: { trigger: { type: 'core.x', event: 'i', source: 's', receivedAt: iso(0), rule: { name: 'r', uid: 'u' } } },
};

describe('start', () => {
  test('a requested execution gets its Job and no status write', () => {
    const made = plan({}, 0.1);
    expect(created(made)).toEqual(['e-1']);
    expect(made.status).toBeUndefined();
    expect(made.events).toBeUndefined();
  });
  test('a status that the API server has not defaulted is Requested', () => {
    expect(created(plan({ self: { ...execution(), status: undefined } }, 1))).toEqual(['e-1']);
  });
  test('an Action that is not there is waited for a moment', () => {
    expect(plan({ action: undefined }, 1)).toEqual({ requeueAfterMs: 2000 });
  });
  test.each<[string, Partial<ObservedExecution>, string, RegExp]>([
    ['no Action', { action: undefined }, 'ActionNotFound', /"ops.clean" in namespace prod; create it/],
    ['a disabled Action', { action: action({ enabled: false }) }, 'ActionDisabled', /Action "ops.clean" is disabled/],
    [
      'an Action with a bad schema',
      { action: action({ parameters: { x: { pattern: '(' } } }) },
      'ActionInvalid',
      /parameters.x/,
    ],
    ['an Action that does not parse', { action: { ...action(), spec: { runner: 7 } } }, 'ActionInvalid', /spec.runner/],
    [
      'wrong parameters',
      { self: execution({ request: { parameters: { nope: 1 } } }) },
      'ParametersInvalid',
      /'nope' was unexpected/,
    ],
    [
      'a secret in clear text',
      {
        action: action({ parameters: { t: { secret: true } } }),
        self: execution({ request: { parameters: { t: 'x' } } }),
      },
      'SecretInline',
      /parameters.t is secret.*rotate/,
    ],
    [
      'a template that fails',
      { self: execution({ request: { parameters: { cmd: 'echo {{ nope }}' } } }) },
      'RenderFailed',
      /variable "nope"/,
    ],
    [
      'a large task',
      { self: execution({ request: { parameters: { cmd: 'x'.repeat(1_100_000) } } }) },
      'TaskTooLarge',
      /more than 1048576/,
    ],
    ['a foreign Job under the name', { jobs: [job({}, { ownerReferences: [] })] }, 'NameTaken', /delete it/],
    [
      'a Job under the name of an Execution that was before',
      {
        jobs: [
          job(
            {},
            { ownerReferences: [{ apiVersion: 'x', kind: 'Execution', name: 'e', uid: 'old', controller: true }] },
          ),
        ],
      },
      'NameTaken',
      /"e-1"/,
    ],
    [
      'a Job that was refused',
      { refused: { job: 'e-1', reason: 'JobRefused', message: 'quota' } },
      'JobRefused',
      /quota/,
    ],
  ])('%s fails it at once', (_, rest, reason, message) => {
    const { status, writes } = plan(rest, 5);
    expect(status).toMatchObject({ phase: 'Failed', attempt: 1, reason, endedAt: iso(5), duration: '5.0s' });
    expect(status?.message).toMatch(message);
    expect(writes).toBeUndefined();
  });
  test.each(['SecretInline', 'ParametersInvalid'] as const)('%s is not tried again', (reason) => {
    const parameters = reason === 'SecretInline' ? { t: 'x' } : { nope: 1 };
    const made = plan(
      {
        action: action({ ...retrying, parameters: { t: { secret: true }, cmd: { default: 'x' } } }),
        self: execution({ request: { parameters } }),
      },
      5,
    );
    expect(made.status).toMatchObject({ phase: 'Failed', reason });
  });
  test('a refused Job is tried again, and its refusal is of that Job only', () => {
    const refused = { job: 'e-1', reason: 'JobRefused', message: 'quota' } as const;
    const made = plan({ action: action(retrying), refused }, 5);
    expect(made.status).toMatchObject({ phase: 'Delayed', attempt: 2 });
    expect(created(plan({ action: action(retrying), refused, self: execution({}, { ...made.status }) }, 15))).toEqual([
      'e-2',
    ]);
  });
  test('text from an event is never a template', () => {
    const self = execution({ request: { ...event, parameters: { cmd: 'echo {{ nope }}' } } });
    const [write] = plan({ self }, 1).writes ?? [];
    expect(JSON.stringify(write)).toContain('echo {{ nope }}');
  });
});

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
    expect(plan({ ...seen(running(3)), self: execution({}, { ...status }) }, 6)).toEqual({});
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
  test('a pod that is being deleted may still deliver', () => {
    expect(
      ended(
        running(3),
        { deletionTimestamp: iso(55) },
        { self: execution({}, { phase: 'Running', job: { name: 'e-1', uid: 'j-uid-1' } }) },
      ),
    ).toEqual({});
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

describe('a Job that vanished', () => {
  const gone = { self: execution({}, { phase: 'Running', startedAt: iso(3), job: { name: 'e-1', uid: 'j-uid-1' } }) };
  test('is asked for before it ends anything, and never made again', () => {
    expect(plan(gone, 60)).toEqual({ look: { at: 'job', name: 'e-1' }, requeueAfterMs: 1000 });
    expect(plan({ ...gone, missing: 'e-1' }, 60).status).toMatchObject({
      phase: 'Failed',
      reason: 'JobDeleted',
      startedAt: iso(3),
    });
  });
  test('counts as lost before it was seen running, when a watch has shown it', () => {
    expect(plan({ lostJob: 'e-1' }, 5).look).toEqual({ at: 'job', name: 'e-1' });
    expect(plan({ lostJob: 'e-1', missing: 'e-1' }, 5).status?.reason).toBe('JobDeleted');
    expect(created(plan({ lostJob: 'e-0' }, 5))).toEqual(['e-1']);
  });
});

describe('another attempt', () => {
  const failed = { jobs: [job()], pods: [pod(terminated(137, { reason: 'OOMKilled' }))] };
  const delayed = plan({ ...failed, action: action(retrying) }, 60).status;
  test('is delayed, with the history of the one before', () => {
    expect(delayed).toMatchObject({
      phase: 'Delayed',
      attempt: 2,
      reason: 'Retrying',
      notBefore: iso(70),
      attempts: [{ number: 1, phase: 'Failed', reason: 'OutOfMemory', startedAt: iso(3), endedAt: iso(60) }],
    });
    expect(delayed?.message).toMatch(/attempt 1 of 3 ended as OutOfMemory: .*starts after 10 s/);
    expect(delayed).not.toHaveProperty('endedAt');
  });
  test('waits for its time, deletes the old Job, then starts', () => {
    const self = execution({}, { ...delayed });
    const early = plan({ ...failed, self, action: action(retrying) }, 65);
    expect([deleted(early), created(early), early.requeueAfterMs]).toEqual([['Job/e-1'], [], 5000]);
    expect(created(plan({ self, action: action(retrying) }, 70))).toEqual(['e-2']);
  });
  test('does not start beside a process that the operator had to stop', () => {
    const self = execution({}, { ...delayed });
    const made = plan({ jobs: [job()], pods: [pod(running(3))], self, action: action(retrying) }, 71);
    expect([created(made), deleted(made)]).toEqual([[], ['Job/e-1']]);
  });
  test('starts beside a runner that has delivered and is about to end', () => {
    const self = execution(
      {},
      { ...delayed, attempts: [{ number: 1, phase: 'Failed', reason: 'ActionFailed', endedAt: iso(69) }] },
    );
    expect(created(plan({ jobs: [job()], pods: [pod(running(3))], self, action: action(retrying) }, 70))).toEqual([
      'e-2',
    ]);
  });
  test('comes to an end', () => {
    const self = execution({}, { ...delayed, attempt: 3 });
    const last = plan(
      { self, action: action(retrying), jobs: [job({}, { attempt: 3 })], pods: [pod(terminated(1), { attempt: 3 })] },
      90,
    ).status;
    expect(last).toMatchObject({
      phase: 'Failed',
      attempt: 3,
      attempts: [{ number: 1 }, { number: 3, reason: 'RunnerDied' }],
    });
  });
  test.each([
    [['TimedOut'], 'Failed'],
    [['Failed'], 'Delayed'],
  ])('on %j only', (on, phase) => {
    expect(plan({ ...failed, action: action({ retry: { limit: 1, on } }) }, 60).status?.phase).toBe(phase);
  });
  test('needs the Action', () => {
    expect(plan({ ...failed, action: undefined }, 60).status?.phase).toBe('Failed');
  });
});

describe('container actions', () => {
  const of = (status: object, rest: Partial<ObservedExecution> = {}, seconds = 60) =>
    plan({ action: container(), jobs: [job({}, { mode: 'container' })], pods: [pod(status)], ...rest }, seconds);
  test('the log is read, then the exit code decides', () => {
    expect(of(terminated(0, { message: '{"a":1}' })).look).toEqual({
      at: 'log',
      pod: 'e-1-x',
      exitCode: 0,
      message: '{"a":1}',
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
    expect(of(running(10), {}, 110).look).toEqual({ at: 'log', pod: 'e-1-x', exitCode: -9, message: '' });
    const made = of(running(10), { stored: { inline: 1 } }, 110);
    expect(made.status).toMatchObject({ phase: 'TimedOut', reason: 'ActionTimedOut', result: 1, startedAt: iso(10) });
    expect(deleted(made)).toEqual(['Job/e-1']);
  });
  test('a Job that is complete counts without its pod', () => {
    const complete = { conditions: [{ type: 'Complete', status: 'True' }] };
    expect(plan({ action: container(), jobs: [job(complete, { mode: 'container' })] }, 60).status?.phase).toBe(
      'Succeeded',
    );
  });
});

describe('cancel', () => {
  const self = execution({ control: 'cancel' } as object);
  test('before there is a Job: asked for, then Canceled', () => {
    expect(plan({ self }, 1)).toMatchObject({ look: { at: 'job', name: 'e-1' } });
    expect(plan({ self, missing: 'e-1' }, 1).status).toMatchObject({ phase: 'Canceled', reason: 'CancelRequested' });
  });
  test('a Job is deleted after Canceling is said; Canceled when nothing runs any more', () => {
    const first = plan({ self, jobs: [job()], pods: [pod(running(3))] }, 20);
    expect(first.status).toMatchObject({ phase: 'Canceling' });
    expect(first.writes).toBeUndefined();
    expect(deleted(first)).toEqual(['Job/e-1']);
    const canceling = execution({ control: 'cancel' } as object, { ...first.status });
    expect(deleted(plan({ self: canceling, jobs: [job({}, { deletionTimestamp: iso(20) })] }, 21))).toEqual([]);
    expect(plan({ self: canceling, pods: [pod(running(3))], missing: 'e-1' }, 22).status?.phase).toBe('Canceling');
    expect(plan({ self: canceling, pods: [pod(terminated(143))], missing: 'e-1' }, 23).status?.phase).toBe('Canceled');
    expect(
      plan({ self: canceling, pods: [pod(running(3), { deletionTimestamp: iso(20) })], missing: 'e-1' }, 60).status
        ?.phase,
    ).toBe('Canceled');
  });
  test('a delayed one does not start again', () => {
    const delayed = execution({ control: 'cancel' } as object, { phase: 'Delayed', attempt: 2, notBefore: iso(90) });
    expect(plan({ self: delayed, missing: 'e-2' }, 60).status).toMatchObject({ phase: 'Canceled', attempt: 2 });
  });
  test('comes too late for one that has ended', () => {
    const ended = execution({ control: 'cancel' } as object, { phase: 'Succeeded', endedAt: iso(5) });
    expect(plan({ self: ended }, 6).status).toBeUndefined();
  });
});

describe('after the end', () => {
  const final = (spec: object = {}) => execution(spec, { phase: 'Succeeded', endedAt: iso(10) });
  test('the Job goes when its pod has ended, or after 10 s', () => {
    const jobs = [job()];
    expect(deleted(plan({ self: final(), jobs, pods: [pod(terminated(0))] }, 11))).toEqual(['Job/e-1']);
    expect(plan({ self: final(), jobs, pods: [pod(running(3))] }, 11)).toEqual({ writes: [], requeueAfterMs: 9000 });
    expect(deleted(plan({ self: final(), jobs, pods: [pod(running(3))] }, 20))).toEqual(['Job/e-1']);
    expect(deleted(plan({ self: final(), jobs: [job({}, { deletionTimestamp: iso(11) })] }, 20))).toEqual([]);
  });
  test.each<[string, object, Partial<ObservedExecution>, number]>([
    ["the operator's", {}, {}, 86_400],
    ["the Action's", {}, { action: action({ ttlSecondsAfterFinished: 50 }) }, 50],
    ['its own', { ttlSecondsAfterFinished: 20 }, { action: action({ ttlSecondsAfterFinished: 50 }) }, 20],
  ])('%s time to live', (_, spec, rest, ttl) => {
    expect(deleted(plan({ self: final(spec), ...rest }, 10 + ttl - 1))).toEqual([]);
    expect(deleted(plan({ self: final(spec), ...rest }, 10 + ttl))).toEqual(['Execution/e']);
  });
  test.each([
    [undefined, 3600],
    [7200, 7200],
  ])('an event is remembered for its window: %s', (dedupeWindowSeconds, window) => {
    const self = final({ request: event, ttlSecondsAfterFinished: 0 });
    expect(deleted(plan({ self, dedupeWindowSeconds }, window - 1))).toEqual([]);
    expect(deleted(plan({ self, dedupeWindowSeconds }, window))).toEqual(['Execution/e']);
  });
  test('one that is being deleted is left alone', () => {
    expect(plan({ self: execution({}, {}, { deletionTimestamp: iso(1) }) }, 5)).toEqual({});
  });
});

describe('poison', () => {
  const bad = (spec: unknown, status?: unknown): KubeObject => ({ ...execution(), spec, status });
  test('ends as SpecInvalid, names the field, stops its Job', () => {
    const made = plan({ self: bad({ request: { action: 7 } }), jobs: [job()] }, 5);
    expect(made.status).toMatchObject({
      phase: 'Failed',
      reason: 'SpecInvalid',
      message: expect.stringContaining('spec.request.action'),
    });
    expect(deleted(made)).toEqual(['Job/e-1']);
    expect(plan({ self: bad({ request: { action: 7 } }, made.status) }, 6).status).toBeUndefined();
    expect(deleted(plan({ self: bad({ request: { action: 7 } }, made.status) }, 90_000))).toEqual(['Execution/e']);
  });
  test('too deep a cause is a loop', () => {
    const made = plan({ self: bad({ request: { action: 'a.b', cause: { depth: 17 } } }) }, 5);
    expect(made.status).toMatchObject({ reason: 'DepthExceeded', message: expect.stringContaining('17 events') });
  });
  test('a status that is none is replaced', () => {
    expect(plan({ self: bad(execution().spec, { phase: 'Gone' }) }, 5).status).toMatchObject({
      phase: 'Failed',
      attempt: 1,
    });
  });
  test('no JSON makes it throw, and what it says fits the schema', () => {
    const json = fc.jsonValue() as fc.Arbitrary<unknown>;
    const around = (spec: unknown, status: unknown) => fc.oneof(json, fc.constant(spec), fc.constant(status));
    fc.assert(
      fc.property(
        around(execution().spec, {}),
        around({}, execution().status),
        json,
        json,
        json,
        fc.integer({ min: 0, max: 1e6 }),
        (spec, status, a, j, p, seconds) => {
          const made = planExecution(
            {
              self: bad(spec, status),
              action: { ...action(), spec: { ...action().spec, parameters: a } },
              jobs: [projectJob({ ...job(), status: j })],
              pods: [projectPod({ ...pod(), status: p })],
              settings,
            },
            new Date(T0.getTime() + seconds),
          );
          if (made.status) expect(ExecutionStatus.safeParse(made.status).error).toBeUndefined();
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });
});

test('a status without its result stays below 1.5 KiB', () => {
  const long = plan({ jobs: [job()], pods: [pod(waiting('InvalidImageName', 'x'.repeat(5000)))] }, 60).status;
  expect(JSON.stringify(long).length).toBeLessThan(1536);
  expect(
    JSON.stringify(
      plan(
        {
          action: container(),
          jobs: [job({}, { mode: 'container' })],
          pods: [pod(terminated(0))],
          stored: { inline: 1 },
        },
        60,
      ).status,
    ).length,
  ).toBeLessThan(1024);
});
