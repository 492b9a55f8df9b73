// operator/domain/execution/another-attempt.test.ts — after an attempt that failed: when there is another one, what it waits for, and the last.
import { describe, expect, test } from 'vitest';
import {
  action,
  created,
  deleted,
  execution,
  iso,
  job,
  plan,
  pod,
  retrying,
  running,
  terminated,
} from './builders.setup.ts';

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
