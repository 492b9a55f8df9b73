// operator/domain/execution/plan.test.ts — how an Execution gets its first Job: what is asked of it before, what refuses it, and what if it vanishes.
import { describe, expect, test } from 'vitest';
import { action, created, event, execution, iso, job, plan, retrying } from './builders.setup.ts';
import type { ObservedExecution } from './observed.ts';

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
