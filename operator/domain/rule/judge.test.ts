// operator/domain/rule/judge.test.ts — conditions of Rules and TriggerTypes: the reason, and a message that says what to change.
import { expect, test } from 'vitest';
import { ActionSpec } from '../../api/action.ts';
import type { Action, Rule, TriggerType } from '../../api/kinds.ts';
import { RuleSpec } from '../../api/rule.ts';
import { TriggerTypeSpec } from '../../api/trigger-type.ts';
import { planTriggerType } from '../trigger/judge.ts';
import { planRule } from './judge.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const meta = (name: string, age = 1) => ({
  name,
  namespace: 'default',
  uid: name,
  resourceVersion: '1',
  generation: 3,
  creationTimestamp: `2026-01-0${age}T00:00:00Z`,
});
const rule = (spec: object = {}, name = 'mine', age = 2): Rule => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'Rule',
  metadata: meta(name, age),
  spec: RuleSpec.parse({ trigger: { type: 'acme.alert' }, action: { ref: 'acme.fix' }, ...spec }),
});
const triggerType = (spec: object = {}, name = 'acme.alert', age = 2): TriggerType => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'TriggerType',
  metadata: meta(name, age),
  spec: TriggerTypeSpec.parse(spec),
});
const ready = (plan: {
  status?: { conditions?: readonly { type: string; status: string; reason: string; message: string }[] | undefined };
}) => {
  const found = plan.status?.conditions?.find(({ type }) => type === 'Ready');
  return [found?.status, found?.reason, found?.message];
};
const fix: Action = {
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'Action',
  metadata: meta('acme.fix'),
  spec: ActionSpec.parse({ runner: 'local-shell-cmd', parameters: { volume: {}, cmd: { default: 'true' } } }),
};
const judge = (self: Rule, type: TriggerType | undefined = triggerType(), others: Rule[] = []) =>
  ready(planRule({ self, namesakes: [self, ...others], triggerType: type, action: fix }, NOW));

test('a good rule is accepted, and what the door has written stays', () => {
  const enforced = {
    type: 'Enforced',
    status: 'False',
    reason: 'EnforcementFailed',
    message: 'm',
    lastTransitionTime: NOW.toISOString(),
  } as const;
  const { status } = planRule(
    {
      self: { ...rule(), status: { conditions: [enforced] } },
      namesakes: [],
      triggerType: triggerType(),
      action: undefined,
    },
    NOW,
  );
  expect(status?.observedGeneration).toBe(3);
  expect(status?.conditions).toEqual([
    enforced,
    {
      type: 'Ready',
      status: 'True',
      reason: 'Accepted',
      message: 'It is valid and in use.',
      observedGeneration: 3,
      lastTransitionTime: NOW.toISOString(),
    },
  ]);
});

test.each<[string, Rule, RegExp]>([
  [
    'CriteriaInvalid',
    rule({ criteria: { 'trigger.x..': { type: 'exists' } } }),
    /^spec\.criteria\["trigger\.x\.\."\]: column 12: the path ends/,
  ],
  [
    'CriteriaInvalid',
    rule({ criteria: { 'trigger.x': { type: 'regex', pattern: '(' } } }),
    /^spec\.criteria\["trigger\.x"\]\.pattern: missing \)/,
  ],
  [
    'CriteriaInvalid',
    rule({ match: { any: [{ key: 'trigger.x', type: 'equal', pattern: 1 }] } }),
    /^spec\.match\.any\[0\]\.type: Invalid operator: equal\. Did you mean "equals"\?$/,
  ],
  [
    'CriteriaInvalid',
    rule({ criteria: { 'trigger.x': { type: 'equals', pattern: '{{ triger.b }}' } } }),
    /^spec\.criteria\["trigger\.x"\]\.pattern: 'triger' is undefined\. Did you mean "trigger"\?/,
  ],
  [
    'CriteriaInvalid',
    rule({ criteria: { 'triger.a': { type: 'exists' } } }),
    /^spec\.criteria\["triger\.a"\]: there is no "triger"\. Did you mean "trigger"\?/,
  ],
  [
    'CriteriaInvalid',
    rule({ criteria: { 'trigger.l': { type: 'search', condition: 'any', pattern: { 'itm.a': { type: 'exists' } } } } }),
    /^spec\.criteria\["trigger\.l"\]\.pattern\["itm\.a"\]: there is no "itm"\. Did you mean "item"\?/,
  ],
  [
    'CriteriaInvalid',
    rule({ match: { not: { key: 'triger.a', type: 'exists' } } }),
    /^spec\.match\.not\.key: there is no "triger"\. Did you mean "trigger"\?/,
  ],
  ['CriteriaInvalid', rule({ match: { cel: 'trigger.x >' } }), /^spec\.match\.cel: column 12: Unexpected token: EOF$/],
  [
    'TemplateInvalid',
    rule({ action: { ref: 'a.b', parameters: { cmd: '{{ trigger.x' } } }),
    /spec\.action\.parameters\.cmd/,
  ],
  [
    'TemplateInvalid',
    rule({ action: { ref: 'acme.fix', parameters: { cmd: ['{{ triger.x }}'] } } }),
    /^spec\.action\.parameters\.cmd.*variable "triger"\. Did you mean "trigger"\?/,
  ],
  [
    'TemplateInvalid',
    rule({ action: { ref: 'acme.fix', parameters: { cmd: 'a\n{{ volume | uper }}' } } }),
    /^spec\.action\.parameters\.cmd: No filter named 'uper'.*upper.*line 2, column/,
  ],
  ['TriggerParametersInvalid', rule({ trigger: { type: 'core.st2.webhook' } }), /spec\.trigger\.parameters\.url/],
  [
    'TriggerParametersInvalid',
    rule({ trigger: { type: 'acme.alert', parameters: { n: 'x' } } }),
    /spec\.trigger\.parameters\.n: 'x' is not of type/,
  ],
])('%s', (reason, self, message) => {
  const type = triggerType({ parametersSchema: { type: 'object', properties: { n: { type: 'integer' } } } });
  const [status, why, text] = judge(self, type);
  expect([status, why]).toEqual(['False', reason]);
  expect(text).toMatch(message);
});

test('a rule without its TriggerType, and the younger of two with one reference', () => {
  const { status } = planRule({ self: rule(), namesakes: [], triggerType: undefined, action: undefined }, NOW);
  expect(ready({ status: status ?? {} })).toEqual([
    'False',
    'TriggerTypeNotFound',
    'spec.trigger.type: TriggerType "acme.alert" does not exist; create it or name another',
  ]);
  for (const [type, message] of [
    [
      'core.st2.CronTimer',
      /^spec\.trigger\.type: "core\.st2\.CronTimer" is a trigger .* not here yet: .*; until then, a CronJob/,
    ],
    [
      'core.st2.generic.inquiry',
      /"core\.st2\.generic\.inquiry" .* not here yet: the rule stays, and no event reaches it$/,
    ],
  ] as const) {
    const later = rule({ trigger: { type } });
    const told = ready(planRule({ self: later, namesakes: [], triggerType: undefined, action: undefined }, NOW));
    expect(told).toEqual(['False', 'TriggerTypeNotFound', expect.stringMatching(message)]);
  }
  expect(judge(rule(), triggerType(), [rule({ ref: 'default.mine' }, 'older', 1)])).toEqual([
    'False',
    'RefTaken',
    'Rule "older" has the reference default.mine too; change spec.ref of one of them',
  ]);
  expect(judge(rule(), triggerType(), [rule({ ref: 'default.mine' }, 'younger', 3)])[1]).toBe('Accepted');
});

test.each<[string, TriggerType, TriggerType[], TriggerType[], RegExp]>([
  ['Accepted', triggerType({ webhook: { url: 'a', id: { expression: '{{ trigger.body.id }}' } } }), [], [], /in use/],
  [
    'RefTaken',
    triggerType({}, 'b'),
    [triggerType({ ref: 'default.b' }, 'a', 1)],
    [],
    /TriggerType "a" has the reference default\.b too/,
  ],
  [
    'WebhookTaken',
    triggerType({ webhook: { url: 'x' } }),
    [],
    [triggerType({ webhook: { url: 'x' } }, 'first', 1)],
    /TriggerType "first" has the webhook x too/,
  ],
  ['SchemaInvalid', triggerType({ payloadSchema: { type: 'nonsense' } }), [], [], /^spec\.payloadSchema: /],
  [
    'SchemaInvalid',
    triggerType({ parametersSchema: { properties: { a: { pattern: '(' } } } }),
    [],
    [],
    /^spec\.parametersSchema: /,
  ],
  [
    'TemplateInvalid',
    triggerType({ webhook: { url: 'a', id: { expression: 'constant' } } }),
    [],
    [],
    /must name the payload/,
  ],
])('TriggerType: %s', (reason, self, namesakes, sharers, message) => {
  const [, why, text] = ready(
    planTriggerType({ self, namesakes: [self, ...namesakes], sharers: [self, ...sharers] }, NOW),
  );
  expect(why).toBe(reason);
  expect(text).toMatch(message);
});
