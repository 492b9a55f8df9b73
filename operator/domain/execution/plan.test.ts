// operator/domain/execution/plan.test.ts — every way of an Execution, as rows: what is observed, what is decided.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExecutionStatus } from '../../api/execution.ts';
import type { KubeObject } from '../../api/meta.ts';
import { projectJob, projectPod } from '../job/shapes.ts';
import {
  action,
  container,
  created,
  deleted,
  event,
  execution,
  iso,
  job,
  plan,
  pod,
  retrying,
  running,
  settings,
  T0,
  terminated,
  waiting,
} from './builders.setup.ts';
import type { ObservedExecution } from './observed.ts';
import { planExecution } from './plan.ts';

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

test('a wrong configuration is told where a template fails that names it', () => {
  const configFaults = ['"token" is missing'];
  const config = { pack: 'ops', schema: {}, values: {}, references: [] };
  const named = action({ parameters: { x: { type: 'string', default: '{{ config_context.token }}' } } });
  expect(plan({ action: named, config, configFaults }, 1).status).toMatchObject({
    reason: 'ConfigInvalid',
    message: configFaults[0],
  });
  const given = execution({ request: { parameters: { x: '{{ config_context.token }}' } } });
  const plain = { runner: 'noop', parameters: { x: { type: 'string' } } };
  expect(plan({ self: given, action: action(plain), config, configFaults }, 1).status).toMatchObject({
    reason: 'ConfigInvalid',
  });
  const trigger = { type: 'ops.t', event: '1', source: 's', receivedAt: iso(0), rule: { name: 'r', uid: 'u' } };
  const fromEvent = execution({ request: { ...given.spec.request, context: { trigger } } });
  expect(plan({ self: fromEvent, action: action(plain), config, configFaults }, 1).status).toMatchObject({
    phase: 'Succeeded',
  });
  const other = execution({ request: { parameters: { x: '{{ nope }}' } } });
  expect(plan({ self: other, action: action(plain), config, configFaults }, 1).status).toMatchObject({
    reason: 'RenderFailed',
  });
});

test('a wrong configuration stops what runs a file of the pack, but no command', () => {
  const content = { files: `sha256:${'a'.repeat(64)}` };
  const configFaults = ['"token" is missing'];
  const script = { runner: 'local-shell-script', parameters: {}, entryPoint: 'actions/a.sh', content };
  expect(plan({ action: action(script), configFaults }, 1).status).toMatchObject({
    reason: 'ConfigInvalid',
    message: configFaults[0],
  });
  expect(plan({ action: action({ content }), configFaults }, 1).writes).toMatchObject([{ do: 'create' }]);
});
