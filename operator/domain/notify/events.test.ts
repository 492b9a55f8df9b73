// operator/domain/notify/events.test.ts — what rules are told of an end: StackStorm's payloads, always under the same ids.
import { describe, expect, test } from 'vitest';
import type { Action, Execution, Workflow } from '../../api/kinds.ts';
import { WorkflowSpec } from '../../api/workflow.ts';
import { action, at, event, execution, iso, sha256 } from '../execution/builders.setup.ts';
import type { Entries } from '../datastore/entry.ts';
import { parseExact } from '../result/exact-json.ts';
import { ACTION_TRIGGER, NOTIFY_TRIGGER } from './audience.ts';
import { endingOf, RESULT_IN_EVENT_MAX_BYTES, storedResult } from './ending.ts';
import { eventsOfEnd } from './events.ts';

const ALL = { ends: () => true, notifications: true };
const NOTIFICATIONS = { ends: () => false, notifications: true };
const entries: Entries = ({ scope, key }) => {
  if (scope !== 'system') return undefined;
  return key === 'team' ? { value: 'blue' } : key === 'token' ? { secret: { name: 's', key: 'k' } } : undefined;
};
const eventsOf = (
  self: Execution,
  callee?: Action | Workflow,
  { audience = ALL, stored = undefined as unknown } = {},
) =>
  eventsOfEnd(endingOf(self, callee, stored), { audience, entries, triggerType: () => undefined, sha256 }).map(
    ({ event: one, ...rest }) => ({ ...one, ...rest }),
  );
const ended = (status: object = {}, request: object = {}) =>
  execution({ request }, { phase: 'Succeeded', endedAt: iso(2.5), result: { stdout: 'ok' }, ...status });
const told = (notify: object, self = ended(), spec: object = {}) =>
  eventsOf(self, action({ notify, ...spec }), { audience: NOTIFICATIONS }).map(
    ({ payload }) => payload as Record<string, unknown>,
  );

test('the event of an end is StackStorm’s, one deeper than what ended, and of the same story', () => {
  const request = { parameters: { cmd: 'date' }, cause: { depth: 3 }, context: { trace: { id: 't', tag: 'story' } } };
  expect(eventsOf(ended({}, request), action())).toEqual([
    {
      namespace: 'prod',
      id: 'e-uid/end',
      source: 'execution/e',
      type: ACTION_TRIGGER,
      trigger: { namespace: 'prod', type: ACTION_TRIGGER },
      receivedAt: iso(2.5),
      rulesUntil: iso(2.5),
      depth: 4,
      cause: 'e',
      trace: { id: 't', tag: 'story' },
      digest: sha256('e-uid/end'),
      dedupeWindowSeconds: 3600,
      payload: {
        execution_id: 'e-uid',
        status: 'succeeded',
        start_timestamp: '2026-03-01 10:00:00+00:00',
        action_name: 'clean',
        action_ref: 'ops.clean',
        runner_ref: 'local-shell-cmd',
        parameters: { cmd: 'date' },
        result: { stdout: 'ok' },
      },
    },
  ]);
});

test('the request of an event began with the event, to the microsecond', () => {
  const trigger = { ...event.context.trigger, receivedAt: at(0.12).toISOString() };
  const [one] = eventsOf(ended({}, { context: { trigger } }), action());
  expect(one?.payload).toMatchObject({ start_timestamp: '2026-03-01 10:00:00.120000+00:00' });
});

test.each([
  ['Failed', 'failed'],
  ['TimedOut', 'timeout'],
  ['Abandoned', 'abandoned'],
  ['Canceled', 'canceled'],
])('%s is called %s', (phase, status) => {
  expect(eventsOf(ended({ phase }), action())[0]?.payload).toMatchObject({ status });
});

test('a workflow is told with the name of its engine, and by its own notify', () => {
  const spec = WorkflowSpec.parse({
    ref: 'ops.clean',
    engine: 'mistral',
    definition: {},
    notify: { 'on-complete': { routes: ['w'] } },
  });
  const workflow: Workflow = { ...action(), kind: 'Workflow', spec };
  const events = eventsOf(ended(), workflow);
  expect(events.map(({ type }) => type)).toEqual([ACTION_TRIGGER, NOTIFY_TRIGGER]);
  expect(events[0]?.payload).toMatchObject({ runner_ref: 'mistral-v2' });
});

describe('a result', () => {
  const resultIn = (self: Execution, stored?: unknown) =>
    eventsOf(self, action(), { stored }).map(({ payload }) => (payload as { result: unknown }).result);
  test('of the result store is there as one of the status', () => {
    expect(resultIn(ended({ result: undefined }), storedResult(20, '{"big":[1]}'))).toEqual([{ big: [1] }]);
  });
  test('that was not given says why', () => {
    const failed = ended({ phase: 'Failed', result: undefined, message: 'no such action' });
    expect(resultIn(failed)).toEqual([{ error: 'no such action', failed: true, succeeded: false }]);
  });
  test('keeps every digit where it is told as text', () => {
    const notify = { 'on-complete': { routes: ['a'], message: '{{ action_results.id }} {{ action_results.share }}' } };
    const json = '{"id":12345678901234567890,"share":1.0}';
    const [, inline] = eventsOf(ended({ result: parseExact(json) }), action({ notify }));
    const [, large] = eventsOf(ended({ result: undefined }), action({ notify }), { stored: storedResult(40, json) });
    for (const one of [inline, large])
      expect(one?.payload).toMatchObject({ message: '12345678901234567890 1.0', data: { result: json } });
  });
  test('too large for an event, or gone, is a sentence', () => {
    expect(storedResult(RESULT_IN_EVENT_MAX_BYTES + 1, undefined)).toEqual({
      left_out: `the result is ${RESULT_IN_EVENT_MAX_BYTES + 1} bytes of JSON, and an event has at most 1048576`,
    });
    expect(storedResult(20, undefined)).toEqual({ left_out: 'the result is not in the result store any more' });
  });
});

describe('secrets', () => {
  const reference = { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };
  const parameters = { token: 'clear', ref: reference, open: 'o', deep: { a: 'x', b: 'y' }, list: [{ pin: 1 }] };
  const schemas = {
    token: { type: 'string', secret: true },
    open: { type: 'string' },
    deep: { type: 'object', properties: { a: { secret: true } } },
    list: { type: 'array', items: { type: 'object', properties: { pin: { secret: true } } } },
  };
  test('are masked: references, what the schema says, and what is inside', () => {
    const [one] = eventsOf(ended({}, { parameters }), action({ parameters: schemas }));
    expect(one?.payload).toMatchObject({
      parameters: {
        token: '********',
        ref: '********',
        open: 'o',
        deep: { a: '********', b: 'y' },
        list: [{ pin: '********' }],
      },
    });
  });
  test.each([
    ['deep', '{"a": "clear", "b": 1}'],
    ['list', '[{"pin": "clear"}]'],
    ['list', 'clear,clear'],
  ])('are masked with the whole text that gives them, as %s: %s', (name, text) => {
    const [one] = eventsOf(
      ended({}, { parameters: { [name]: text, open: '{"a": 1}' } }),
      action({ parameters: schemas }),
    );
    expect(one?.payload).toMatchObject({ parameters: { [name]: '********', open: '{"a": 1}' } });
  });
  test('of an action that nobody knows any more could be anywhere', () => {
    const [one] = eventsOf(ended({}, { parameters: { a: 1, b: 'x' } }));
    expect(one?.payload).toMatchObject({ runner_ref: '', parameters: { a: '********', b: '********' } });
  });
  test('are not shown by templates either', () => {
    const notify = {
      'on-complete': { routes: ['a'], message: '{{ action_parameters.token }} {{ action_parameters.open }}' },
    };
    const [one] = told(notify, ended({}, { parameters }), { parameters: schemas });
    expect(one).toMatchObject({ message: '******** o' });
    const opens = { 'on-complete': { routes: ['a'], message: '{{ st2kv.system.token | decrypt_kv }}' } };
    expect(told(opens)[0]).toMatchObject({ message: '{{ st2kv.system.token | decrypt_kv }}' });
  });
});

describe('notifications', () => {
  test('one for each route of each part that applies, with its own id', () => {
    const notify = {
      'on-complete': { routes: ['a', 'b'] },
      'on-success': { routes: ['a'] },
      'on-failure': { routes: ['c'] },
    };
    const events = eventsOf(ended(), action({ notify }), { audience: NOTIFICATIONS });
    expect(events.map(({ id }) => id)).toEqual(['e-uid/on-complete/a', 'e-uid/on-complete/b', 'e-uid/on-success/a']);
    expect(events.every(({ type }) => type === NOTIFY_TRIGGER)).toBe(true);
  });
  test('have StackStorm’s payload, with the result as text', () => {
    expect(told({ 'on-success': { routes: ['ops'] } })).toEqual([
      {
        execution_id: 'e-uid',
        status: 'succeeded',
        start_timestamp: '2026-03-01T10:00:00.000000Z',
        end_timestamp: '2026-03-01T10:00:02.500000Z',
        action_ref: 'ops.clean',
        runner_ref: 'local-shell-cmd',
        message: 'Action ops.clean succeeded.',
        data: { result: '{"stdout":"ok"}' },
        route: 'ops',
        channel: 'ops',
      },
    ]);
  });
  test.each([
    ['on-complete', 'Succeeded', 'Action ops.clean completed.'],
    ['on-failure', 'TimedOut', 'Action ops.clean failed.'],
  ])('say by default what happened: %s', (section, phase, message) => {
    expect(told({ [section]: { routes: ['a'], message: '' } }, ended({ phase }))[0]).toMatchObject({ message });
  });
  test('are rendered with parameters, context, result and datastore; what rendering does not change keeps its type', () => {
    const message =
      '{{ action_parameters.cmd }} by {{ action_context.user }}: {{ action_results.stdout }} ({{ st2kv.system.team }})';
    const data = { level: 3, nested: { out: '{{ action_results.stdout }}' } };
    const self = ended({}, { parameters: { cmd: 'date' }, context: { user: 'ann' } });
    expect(told({ 'on-complete': { routes: ['a'], message, data } }, self)[0]).toMatchObject({
      message: 'date by ann: ok (blue)',
      data: { level: 3, nested: { out: 'ok' }, result: '{"stdout":"ok"}' },
    });
  });
  test('with a fault in a template go as they were written; the rest is rendered', () => {
    const section = { routes: ['a'], message: '{{ nope.nope }}', data: { out: '{{ action_results.stdout }}' } };
    expect(told({ 'on-complete': section })[0]).toMatchObject({ message: '{{ nope.nope }}', data: { out: 'ok' } });
  });
});

test('an Execution that fits no schema is told as far as it can be read', () => {
  const poison = {
    ...ended({ phase: 'Failed', result: undefined, message: 'bad' }),
    spec: { request: { action: 7, cause: { depth: 16 } } },
  };
  const [one] = eventsOf(poison as never, undefined);
  expect(one).toMatchObject({ depth: 17, trace: { id: 'e-uid' } });
  expect(one?.payload).toMatchObject({ action_ref: '', status: 'failed', parameters: {}, result: { error: 'bad' } });
});
