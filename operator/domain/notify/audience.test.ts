// operator/domain/notify/audience.test.ts — who listens: rules that are enabled, and of ends those whose criteria hold.
import { expect, test } from 'vitest';
import type { Rule } from '../../api/kinds.ts';
import { API_VERSION } from '../../api/meta.ts';
import { RuleSpec } from '../../api/rule.ts';
import { action, execution, iso } from '../execution/builders.setup.ts';
import { RuleIndex } from '../rule/rule-index.ts';
import { ACTION_TRIGGER, audienceIn, NOTIFY_TRIGGER } from './audience.ts';
import { withDueEvents } from './due.ts';

const rule = (name: string, namespace: string, type: string, spec: object = {}): Rule => ({
  apiVersion: API_VERSION,
  kind: 'Rule',
  metadata: { name, namespace, uid: name, resourceVersion: '1', creationTimestamp: iso(0) },
  spec: RuleSpec.parse({ trigger: { type }, action: { ref: 'core.noop' }, ...spec }),
});
function audience(namespace: string, rules: readonly Rule[], isKnown = true) {
  const index = new RuleIndex();
  for (const one of rules) index.put(undefined, one);
  const entries = ({ key }: { readonly key: string }) => (key === 'watched' ? { value: 'ops.clean' } : undefined);
  return audienceIn(namespace, { index, isKnown, entries });
}
const RULES = [
  rule('a', 'prod', ACTION_TRIGGER),
  rule('b', 'test', NOTIFY_TRIGGER),
  rule('off', 'test', ACTION_TRIGGER, { enabled: false }),
];

test.each([
  ['prod', true, true, false],
  ['test', true, false, true],
  ['else', true, false, false],
  // While rules are not known for sure, everybody may listen.
  ['else', false, true, true],
])('in %s, known: %s', (namespace, isKnown, ends, notifications) => {
  const found = audience(namespace, RULES, isKnown);
  expect([found.ends(), found.ends({ payload: {}, receivedAt: iso(1) }), found.notifications]).toEqual([
    ends,
    ends,
    notifications,
  ]);
});

const equals = (pattern: string) => ({ type: 'equals', pattern });
test.each([
  ['its action', { 'trigger.action_ref': equals('ops.clean') }, true],
  ['another action', { 'trigger.action_ref': equals('ops.other') }, false],
  ['its status', { 'trigger.status': equals('failed') }, true],
  ['another status', { 'trigger.status': equals('succeeded') }, false],
  ['its runner', { 'trigger.runner_ref': equals('local-shell-cmd') }, true],
  ['its result', { 'trigger.result.code': { type: 'gt', pattern: 2 } }, true],
  ['the datastore', { 'trigger.action_ref': equals('{{ st2kv.system.watched }}') }, true],
  ['what cannot be tested', { 'trigger.result.code': { type: 'regex', pattern: '(' } }, true],
])('an end is marked by a rule about %s: %s', (_, criteria, isMarked) => {
  const listening = { audience: audience('prod', [rule('a', 'prod', ACTION_TRIGGER, { criteria })]), callee: action() };
  const end = (status: object) => withDueEvents(execution(), { phase: 'Failed', attempt: 1, ...status }, listening);
  expect(end({ endedAt: iso(2), result: { code: 3 } }).events).toBe(isMarked ? 'Due' : undefined);
  // What is not at hand may be what the rule waits for.
  expect(end({ endedAt: iso(2), resultRef: { digest: 'sha256:0', bytes: 20_000 } }).events).toBe('Due');
});
