// operator/domain/rule/match-load.test.ts — ten thousand rules, a hundred of them on the trigger: right, and how fast (printed only).
import { expect, test } from 'vitest';
import { ActionSpec } from '../../api/action.ts';
import type { Action, Rule } from '../../api/kinds.ts';
import { RuleSpec } from '../../api/rule.ts';
import type { TriggerEvent } from '../trigger/event.ts';
import { matchRules } from './match.ts';
import { RuleIndex } from './rule-index.ts';

const RULES = 10_000;
const ON_TRIGGER = 100;
const EVENTS = 1000;

const object = (kind: string, name: string) => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind,
  metadata: { name, namespace: 'default', uid: `uid-${name}`, resourceVersion: '1' },
});
const rule = (i: number): Rule => ({
  ...object('Rule', `rule-${i}`),
  spec: RuleSpec.parse({
    trigger: { type: i < ON_TRIGGER ? 'acme.alert' : `acme.other-${i % 99}` },
    criteria: {
      'trigger.body.env': { type: 'equals', pattern: 'prod' },
      'trigger.body.message': { type: 'regex', pattern: `(disk|volume) .* on node-${i} (full|at 9[0-9]%)` },
      'trigger.body.host': { type: 'contains', pattern: 'db' },
    },
    action: { ref: 'acme.fix', parameters: { cmd: 'echo {{ trigger.body.host }}' } },
  }),
});
const words = 'and then some more words about volumes and disks '.repeat(30); // 2 KiB in all
const event = (i: number): TriggerEvent => ({
  namespace: 'default',
  id: `${i}`,
  source: 'webhook/alerts',
  type: 'acme.alert',
  payload: {
    body: { env: 'prod', host: 'db-7', message: `disk sda on node-${i % 200 === 0 ? 7 : 20_000 + i} full ${words}` },
  },
  receivedAt: '2026-01-01T00:00:00.000Z',
  trace: { id: '0' },
  depth: 0,
  digest: '',
  dedupeWindowSeconds: 3600,
});

test('1 in 200 events matches, and the rate is printed', () => {
  const index = new RuleIndex();
  for (let i = 0; i < RULES; i++) index.put(undefined, rule(i));
  const action: Action = { ...object('Action', 'acme.fix'), spec: ActionSpec.parse({ runner: 'local-shell-cmd' }) };
  const options = { sha256: () => '0'.repeat(64), actionOf: () => action, executionTtlSeconds: 86_400 };
  const trigger = { namespace: 'default', type: 'acme.alert' };
  expect(index.on(trigger)).toHaveLength(ON_TRIGGER);
  const startedMs = performance.now();
  let matched = 0;
  for (let i = 0; i < EVENTS; i++) matched += matchRules(event(i), index.on(trigger), options).drafts.length;
  const perSecond = Math.round(EVENTS / ((performance.now() - startedMs) / 1000));
  expect(matched).toBe(EVENTS / 200);
  console.info(`${perSecond} events/s against ${ON_TRIGGER} of ${RULES} rules`);
});
