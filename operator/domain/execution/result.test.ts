// operator/domain/execution/result.test.ts
import { expect, test } from 'vitest';
import type { ResultEnvelope } from '../../api/envelope.ts';
import { action, at, execution, iso, pod, running, terminated } from './builders.setup.ts';
import { durationText } from './end.ts';
import { planResult } from './result.ts';

const envelope = (rest: Partial<ResultEnvelope> = {}): ResultEnvelope => ({
  attempt: 1,
  outcome: 'succeeded',
  result: 1,
  startedAt: iso(2),
  endedAt: iso(4),
  ...rest,
});
const job = { name: 'e-1', uid: 'j-uid-1' };
const deliver = (
  rest: object = {},
  {
    self = execution(),
    of = action(),
  }: { self?: ReturnType<typeof execution>; of?: ReturnType<typeof action> | undefined } = {},
) => planResult(self, of, { envelope: envelope(), stored: { inline: { a: 1 } }, job, ...rest }, at(4.4));

test('a success is final, tells no event, and is Ready', () => {
  const plan = deliver();
  expect(plan).toMatchObject({
    accept: true,
    events: [],
    status: {
      phase: 'Succeeded',
      reason: 'ActionSucceeded',
      attempt: 1,
      startedAt: iso(2),
      endedAt: iso(4.4),
      duration: '4.4s',
      job,
      result: { a: 1 },
      observedGeneration: 1,
    },
  });
  expect(plan.accept && plan.status.conditions).toMatchObject([
    { type: 'Ready', status: 'True', observedGeneration: 1 },
  ]);
});

test('a large result is a reference', () => {
  expect(deliver({ stored: { ref: { digest: 'sha256:x', bytes: 20_000 } } })).toMatchObject({
    status: { resultRef: { bytes: 20_000 } },
  });
});

test.each([
  ['failed', 'Failed', 'ActionFailed'],
  ['timedOut', 'TimedOut', 'ActionTimedOut'],
  ['abandoned', 'Abandoned', 'ActionAbandoned'],
] as const)('%s ends as %s', (outcome, phase, reason) => {
  expect(deliver({ envelope: envelope({ outcome, message: 'm' }) })).toMatchObject({
    status: {
      phase,
      reason,
      message: 'm',
      conditions: [
        { type: 'Ready', status: 'False' },
        { type: 'Stalled', status: 'True' },
      ],
    },
    events: [{ type: 'Warning', reason }],
  });
});

test.each([
  ['Failed', 'failed', true],
  ['TimedOut', 'failed', false],
  ['TimedOut', 'timedOut', true],
] as const)('retry on %s after %s: %s', (on, outcome, again) => {
  const plan = deliver({ envelope: envelope({ outcome }) }, { of: action({ retry: { limit: 1, on: [on] } }) });
  expect(plan.accept && plan.status.phase === 'Delayed').toBe(again);
  if (again) expect(plan.accept && plan.status).not.toHaveProperty('result');
});

test('abandoned is never tried again by itself, but an eviction is', () => {
  const of = action({ retry: { limit: 1 } });
  const abandoned = envelope({ outcome: 'abandoned' });
  expect(deliver({ envelope: abandoned }, { of })).toMatchObject({ status: { phase: 'Abandoned' } });
  const evicted = pod(
    terminated(
      143,
      {},
      { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }] },
    ),
  );
  expect(deliver({ envelope: abandoned, pod: evicted }, { of })).toMatchObject({
    status: { phase: 'Delayed', attempts: [{ reason: 'Evicted' }] },
  });
  expect(deliver({ envelope: abandoned, pod: pod(running(2), { deletionTimestamp: iso(4) }) })).toMatchObject({
    status: { reason: 'PodDeleted' },
  });
  expect(deliver({ envelope: abandoned, isJobGone: true })).toMatchObject({ status: { reason: 'JobDeleted' } });
});

test.each([
  [{}, { phase: 'Succeeded', endedAt: iso(3) }, /has ended as Succeeded/],
  [{}, { phase: 'Delayed', attempt: 2 }, /is at attempt 2, the result is of attempt 1/],
  [{}, { phase: 'Running', job: { name: 'e-1', uid: 'other' } }, /belongs to another Job/],
])('a late or foreign result does not count', (rest, status, message) => {
  expect(deliver(rest, { self: execution({}, status) })).toEqual({
    accept: false,
    message: expect.stringMatching(message),
  });
});

test('while it is being canceled, any end is Canceled and keeps what was given', () => {
  const plan = deliver({}, { self: execution({ control: 'cancel' } as object, { phase: 'Canceling' }) });
  expect(plan).toMatchObject({ status: { phase: 'Canceled', reason: 'CancelRequested', result: { a: 1 } } });
});

test('an Action that is gone means no retry', () => {
  const made = planResult(
    execution(),
    undefined,
    { envelope: envelope({ outcome: 'failed' }), stored: { inline: 1 }, job },
    at(5),
  );
  expect(made).toMatchObject({ status: { phase: 'Failed' } });
});

test('an Execution that does not parse takes no result', () => {
  expect(
    planResult({ ...execution(), spec: 7 }, undefined, { envelope: envelope(), stored: { inline: 1 }, job }, at(5)),
  ).toMatchObject({ accept: false });
});

test.each([
  [-5, '0.0s'],
  [2400, '2.4s'],
  [59_960, '1m0s'],
  [185_000, '3m5s'],
  [7_500_000, '2h5m'],
  [97_200_000, '1d3h'],
])('%i ms is %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
