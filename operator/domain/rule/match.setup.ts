// operator/domain/rule/match.setup.ts — for tests: rules, an Action and an event, and what becomes of them.
import { ActionSpec } from '../../api/action.ts';
import type { Action, Rule } from '../../api/kinds.ts';
import { RuleSpec } from '../../api/rule.ts';
import { sha256 } from '../execution/builders.setup.ts';
import type { TriggerEvent } from '../trigger/event.ts';
import { compileRule } from './compile.ts';
import { matchRules } from './match.ts';

const meta = (name: string, extra: object = {}) => ({
  name,
  namespace: 'default',
  uid: `uid-${name}`,
  resourceVersion: '1',
  ...extra,
});
export const rule = (name: string, spec: object = {}, extra: object = {}): Rule => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'Rule',
  metadata: meta(name, extra),
  spec: RuleSpec.parse({ trigger: { type: 'acme.alert' }, action: { ref: 'acme.fix' }, ...spec }),
});
export const action = (spec: object = {}): Action => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'Action',
  metadata: meta('acme.fix'),
  spec: ActionSpec.parse({ runner: 'local-shell-cmd', ...spec }),
});
export const EVENT: TriggerEvent = {
  namespace: 'default',
  id: 'e1',
  source: 'webhook/alerts',
  type: 'acme.alert',
  digest: 'd',
  depth: 2,
  cause: 'earlier',
  payload: { body: { host: 'db-7', n: 5 } },
  receivedAt: '2026-01-01T00:00:00.000Z',
  trace: { id: 'f'.repeat(32), tag: 'tag' },
  dedupeWindowSeconds: 3600,
};
export const match = (rules: readonly Rule[], found: Action | undefined = action(), event = EVENT, more: object = {}) =>
  matchRules(event, rules.map(compileRule), {
    sha256,
    executionTtlSeconds: 86_400,
    actionOf: (ref) => (ref === 'acme.fix' ? found : undefined),
    ...more,
  });
