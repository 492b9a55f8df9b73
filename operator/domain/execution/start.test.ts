// operator/domain/execution/start.test.ts — who of the pods of one Job may begin, and when nobody may any more.
import { describe, expect, test } from 'vitest';
import { execution, iso, job, plan, pod, running, terminated, waiting } from './builders.setup.ts';
import { mayStart, type StartRequest } from './start.ts';

const made = (name: string, second: number, status: object = running(5)) =>
  pod(status, { name, uid: `uid-${name}`, creationTimestamp: iso(second) });
const ask = (rest: Partial<StartRequest>) => {
  const me = rest.pod ?? made('a', 2);
  const self = { ...execution(), status: execution().status ?? fail() };
  return mayStart({ execution: self, attempt: 1, pod: me, isJobGone: false, pods: [me], allowed: undefined, ...rest });
};
const fail = (): never => {
  throw new Error('no status');
};
const live = (spec: object, status: object) => {
  const self = execution(spec, status);
  return { ...self, status: self.status ?? fail() };
};

describe('two pods of one Job', () => {
  const [first, second, same] = [made('first', 2), made('second', 4), made('same', 2)];
  test.each([
    ['the only one', second, [second], undefined, 'yes'],
    ['the older one', first, [second, first], undefined, 'yes'],
    ['the younger one', second, [second, first], undefined, 'later'],
    ['each of the same second', first, [first, same], undefined, 'later'],
    ['the one that was allowed, asked again', same, [first, same], 'uid-same', 'yes'],
    ['another than the one that was allowed', first, [first, same], 'uid-same', 'later'],
    ['another than one that was allowed and is gone', second, [second], 'uid-first', 'later'],
    ['one whose elder ended before it began', second, [second, made('first', 2, terminated(75))], undefined, 'yes'],
    ['one whose elder died', second, [second, made('first', 2, terminated(137))], undefined, 'later'],
  ])('%s', (_, me, pods, allowed, answer) => {
    expect(ask({ pod: me, pods, allowed }).answer).toBe(answer);
  });
  test('the answer names the other pod', () => {
    expect(ask({ pod: second, pods: [first, second] })).toEqual({
      answer: 'later',
      message: 'pod first of the same Job came before second',
    });
  });
});

test.each<[string, Partial<StartRequest>, string]>([
  ['it has ended', { execution: live({}, { phase: 'Succeeded' }) }, 'never'],
  ['its Job is gone', { isJobGone: true }, 'never'],
  ['a later attempt is on', { execution: live({}, { attempt: 2 }) }, 'never'],
  ['the attempt is not known yet', { attempt: 2 }, 'later'],
  ['it is to be canceled', { execution: live({ control: 'cancel' }, {}) }, 'later'],
  ['it is being canceled', { execution: live({}, { phase: 'Canceling' }) }, 'later'],
  ['it waits for its first attempt', { execution: live({}, {}) }, 'yes'],
])('when %s', (_, rest, answer) => {
  expect(ask(rest).answer).toBe(answer);
});

describe('an attempt with two pods is judged by the one that may run the action', () => {
  const startedAt = (pods: readonly ReturnType<typeof pod>[]) => plan({ jobs: [job()], pods }, 9);
  test('the older one, whatever comes first in the cache', () => {
    const [old, young] = [made('old', 2, running(3)), made('young', 4, waiting('ContainerCreating'))];
    for (const pods of [
      [old, young],
      [young, old],
    ])
      expect(startedAt(pods).status).toMatchObject({ phase: 'Running', startedAt: iso(3) });
  });
  test('not one that is deleted before it ran, nor one that ended before it began', () => {
    const deleted = pod(waiting('ContainerCreating'), {
      name: 'old',
      uid: 'o',
      creationTimestamp: iso(2),
      deletionTimestamp: iso(8),
    });
    const ended = made('ended', 2, terminated(75));
    for (const other of [deleted, ended])
      expect(startedAt([other, made('young', 4, running(4))]).status).toMatchObject({ startedAt: iso(4) });
  });
  test('alone, a pod that ended before it began is the end of the attempt', () => {
    expect(startedAt([made('ended', 2, terminated(75))]).status).toMatchObject({
      phase: 'Failed',
      message: 'the pod was told to stop before the action began',
    });
  });
});
