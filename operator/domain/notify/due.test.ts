// operator/domain/notify/due.test.ts — which ends are marked: those that rules wait for, wherever the end is written.
import { describe, expect, test } from 'vitest';
import type { ExecutionStatus } from '../../api/execution.ts';
import { action, event, execution, iso, plan } from '../execution/builders.setup.ts';
import { planResult } from '../execution/result.ts';
import { planRun } from '../workflow/plan.ts';
import { withDueEvents } from './due.ts';

const NOBODY = { ends: () => false, notifications: false };
const ENDS = { ends: () => true, notifications: false };
const NOTIFICATIONS = { ends: () => false, notifications: true };
const notify = { 'on-failure': { routes: ['ops'] } };
const marked = (phase: ExecutionStatus['phase'], audience = NOBODY, spec: object = {}) =>
  withDueEvents(execution(), { phase, attempt: 1 }, { audience, callee: action(spec) }).events;

describe('an end is marked', () => {
  test('when a rule waits for ends', () => {
    expect(marked('Succeeded', ENDS)).toBe('Due');
    expect(marked('Canceled', ENDS)).toBe('Due');
  });
  test('when it is notified and a rule waits for notifications', () => {
    expect(marked('Failed', NOTIFICATIONS, { notify })).toBe('Due');
    expect(marked('Succeeded', NOTIFICATIONS, { notify })).toBeUndefined();
    expect(marked('Canceled', NOTIFICATIONS, { notify })).toBeUndefined();
    expect(marked('Failed', NOTIFICATIONS)).toBeUndefined();
    expect(marked('Failed', NOBODY, { notify })).toBeUndefined();
  });
  test('by what the request says where the Action says nothing', () => {
    const self = execution({ request: { notify } });
    expect(withDueEvents(self, { phase: 'Failed', attempt: 1 }, { audience: NOTIFICATIONS }).events).toBe('Due');
  });
  test('and what is not the end is not', () => {
    expect(marked('Running', ENDS)).toBeUndefined();
    expect(marked('Delayed', ENDS)).toBeUndefined();
  });
  test('but not that of a workflow inside a workbook, which is no execution to the outside', () => {
    const owner = { ownerReferences: [{ apiVersion: 'x', kind: 'Execution', name: 'p', uid: 'u', controller: true }] };
    const end = (self: ReturnType<typeof execution>) =>
      withDueEvents(self, { phase: 'Failed', attempt: 1 }, { audience: ENDS }).events;
    expect(end(execution({ request: { workflow: 'inner' } }, {}, owner))).toBeUndefined();
    expect(end(execution({ request: { workflow: 'chosen' } }))).toBe('Due');
    expect(end(execution({}, {}, owner))).toBe('Due');
  });
});

describe('wherever the end is written', () => {
  const audience = ENDS;
  test('by the door, with a result', () => {
    const envelope = {
      version: 1,
      attempt: 1,
      outcome: 'succeeded',
      result: 1,
      startedAt: iso(2),
      endedAt: iso(3),
    } as const;
    const delivery = { envelope, stored: { inline: 1 }, job: { name: 'e-1', uid: 'j' } };
    const end = (more: object) => planResult(execution(), action(), { ...delivery, ...more }, new Date(iso(4)));
    expect(end({ audience })).toMatchObject({ status: { phase: 'Succeeded', events: 'Due', result: 1 } });
    expect(end({})).not.toHaveProperty('status.events');
  });
  test('by the controller: a refusal, a cancel, an Execution that fits no schema', () => {
    const gone = { self: execution(), action: undefined };
    expect(plan({ ...gone, audience }, 10).status).toMatchObject({ reason: 'ActionNotFound', events: 'Due' });
    expect(plan(gone, 10).status).not.toHaveProperty('events');
    const canceled = { self: execution({ control: 'cancel' } as object), missing: 'e-1', audience };
    expect(plan(canceled, 1).status).toMatchObject({ phase: 'Canceled', events: 'Due' });
    const poison = { ...execution(), spec: { request: { action: 7 } } };
    expect(plan({ self: poison, audience }, 1).status).toMatchObject({ reason: 'SpecInvalid', events: 'Due' });
  });
  test.each<[unknown, object?]>([
    [null],
    [{ request: null }],
    [{ request: { action: 'ops.clean', parameters: 1, cause: 2, context: { trigger: 3 }, notify: 4, workflow: 5 } }],
    [{ request: { action: 'ops.clean', notify: { 'on-failure': { routes: 1 } } } }, { creationTimestamp: 'never' }],
  ])('also when hardly anything of it can be read: %j', (spec, metadata) => {
    const poison = { ...execution({}, {}, metadata), spec };
    expect(plan({ self: poison, audience, action: undefined }, 1).status).toMatchObject({ events: 'Due' });
  });
  test('by the controller of workflows', () => {
    const self = execution();
    const refused = { reason: 'WorkflowInvalid', message: 'no' } as const;
    const ended = planRun({ self, execution: self as never, refused, listening: { audience } }, new Date(iso(4)));
    expect(ended.status).toMatchObject({ phase: 'Failed', events: 'Due' });
  });
  test('another attempt is not the end', () => {
    const retry = action({ retry: { limit: 1 } });
    const envelope = {
      version: 1,
      attempt: 1,
      outcome: 'failed',
      result: 1,
      startedAt: iso(2),
      endedAt: iso(3),
    } as const;
    const delivery = { envelope, stored: { inline: 1 }, job: { name: 'e-1', uid: 'j' }, audience };
    const delayed = planResult(execution(), retry, delivery, new Date(iso(4)));
    expect(delayed).toMatchObject({ status: { phase: 'Delayed' } });
    expect(delayed).not.toHaveProperty('status.events');
  });
});

describe('what is to be told is kept', () => {
  const final = (status: object = {}, spec: object = {}) =>
    execution({ ttlSecondsAfterFinished: 0, ...spec } as object, { phase: 'Succeeded', endedAt: iso(10), ...status });
  const isDeleted = (rest: Parameters<typeof plan>[0]) =>
    (plan(rest, 1e6).writes ?? []).some((write) => write.do === 'delete');
  test('an Execution until its end is told', () => {
    expect(isDeleted({ self: final() })).toBe(true);
    expect(isDeleted({ self: final({ events: 'Due' }) })).toBe(false);
    expect(plan({ self: final({ events: 'Due' }) }, 1e6).requeueAfterMs).toBe(5000);
  });
  test('its children, and what its end has led to: that would be made again', () => {
    expect(isDeleted({ self: final(), isAwaited: true })).toBe(false);
    expect(isDeleted({ self: final({}, { request: event }), isAwaited: true })).toBe(false);
  });
  test('one that fits no schema as well', () => {
    const poison = (status: object) => ({
      ...execution({}, { phase: 'Failed', endedAt: iso(10), ...status }),
      spec: {},
    });
    expect(isDeleted({ self: poison({}) })).toBe(true);
    expect(isDeleted({ self: poison({ events: 'Due' }) })).toBe(false);
  });
});
