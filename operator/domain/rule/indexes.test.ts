// operator/domain/rule/indexes.test.ts — under which values the stores find objects.
import { expect, test } from 'vitest';
import type { Action, Execution, Rule, TriggerType } from '../../api/kinds.ts';
import { ACTION_INDEXES, EXECUTION_INDEXES, RULE_INDEXES, TRIGGER_TYPE_INDEXES } from './indexes.ts';

const object = (spec: object, metadata: object = {}, status?: object) =>
  ({ metadata: { name: 'acme.fix', namespace: 'ns', ...metadata }, spec, status }) as unknown;

test('by their reference, which is their name unless they say another', () => {
  expect(ACTION_INDEXES.ref(object({}) as Action)).toEqual(['ns/acme.fix']);
  expect(RULE_INDEXES.ref(object({ ref: 'acme.other' }) as Rule)).toEqual(['ns/acme.other']);
  expect(TRIGGER_TYPE_INDEXES.ref(object({}, { name: 'alert' }) as TriggerType)).toEqual(['ns/default.alert']);
});

test('trigger types by the url of their webhook, slashes at its ends apart', () => {
  expect(TRIGGER_TYPE_INDEXES.webhook(object({ webhook: { url: '//ci/build//' } }) as TriggerType)).toEqual([
    'ns/ci/build',
  ]);
  expect(TRIGGER_TYPE_INDEXES.webhook(object({}) as TriggerType)).toEqual([]);
});

test('rules by their trigger and by their action', () => {
  const rule = object({ trigger: { type: 'core.timer' }, action: { ref: 'acme.fix' } }) as Rule;
  expect([RULE_INDEXES.trigger(rule), RULE_INDEXES.action(rule)]).toEqual([['core.timer'], ['acme.fix']]);
});

test('executions by their event and by the digest of a stored result', () => {
  const execution = object(
    {},
    { labels: { 'squall.dev/event': 'e1' } },
    { resultRef: { digest: 'sha256:1' } },
  ) as Execution;
  expect([EXECUTION_INDEXES.event(execution), EXECUTION_INDEXES.digest(execution)]).toEqual([['ns/e1'], ['sha256:1']]);
  for (const none of [object({}), object({}, { labels: {} }, {})] as Execution[]) {
    expect([EXECUTION_INDEXES.event(none), EXECUTION_INDEXES.digest(none)]).toEqual([[], []]);
  }
});
