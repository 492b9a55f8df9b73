// operator/domain/execution/settle.test.ts — cancel, and what is tidied up after the end.
import { describe, expect, test } from 'vitest';
import { action, deleted, event, execution, iso, job, plan, pod, running, terminated } from './builders.setup.ts';
import type { ObservedExecution } from './observed.ts';

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
