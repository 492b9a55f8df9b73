// operator/controllers/rule.test.ts — Rules and TriggerTypes are judged again when what they depend on changes.
import { expect, test } from 'vitest';
import { Action, KINDS, Rule, TriggerType, Workflow } from '../api/kinds.ts';
import { ActionSpec } from '../api/action.ts';
import type { Draft } from '../api/meta.ts';
import { RuleSpec } from '../api/rule.ts';
import { TriggerTypeSpec } from '../api/trigger-type.ts';
import { ACTION_INDEXES, RULE_INDEXES, TRIGGER_TYPE_INDEXES, WORKFLOW_INDEXES } from '../domain/rule/indexes.ts';
import { Client } from '../kube/client.ts';
import { runLoop } from '../kube/reconcile.ts';
import { reflect } from '../kube/reflect.ts';
import { ScriptedTransport } from '../kube/scripted.ts';
import { Store } from '../kube/store.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { ruleReconciler } from './rule.ts';
import { triggerTypeReconciler } from './trigger-type.ts';

const draft = (kind: string, name: string, spec: unknown, namespace = 'default'): Draft => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind,
  metadata: { name, namespace, generation: 1 },
  spec,
});
const rule = (name: string, type: string) =>
  draft('Rule', name, RuleSpec.parse({ trigger: { type, parameters: { url: 'x' } }, action: { ref: 'a.b' } }));
const typed = (name: string, spec: object = {}, namespace = 'default') =>
  draft('TriggerType', name, TriggerTypeSpec.parse(spec), namespace);

async function start(objects: readonly Draft[]) {
  const stop = new AbortController();
  const api = new ScriptedTransport(objects, KINDS);
  const rules = new Store<Rule>({ kind: Rule, project: (raw) => raw as Rule, indexes: RULE_INDEXES });
  const triggerTypes = new Store<TriggerType>({
    kind: TriggerType,
    project: (raw) => raw as TriggerType,
    indexes: TRIGGER_TYPE_INDEXES,
  });
  const workflows = new Store<Workflow>({
    kind: Workflow,
    project: (raw) => raw as Workflow,
    indexes: WORKFLOW_INDEXES,
  });
  const actions = new Store<Action>({ kind: Action, project: (raw) => raw as Action, indexes: ACTION_INDEXES });
  const stores = [rules, triggerTypes, actions];
  for (const store of stores) void reflect({ transport: api, store, stop: stop.signal });
  await Promise.all(stores.map(({ synced }) => synced));
  const client = new Client({ transport: api, kinds: KINDS, stores, fieldManager: 'squall', instance: 'test' });
  const options = {
    client,
    log: createLog({ level: 'silent' }),
    metrics: createMetrics({ version: 'test' }),
    stop: stop.signal,
  };
  void runLoop(ruleReconciler({ rules, triggerTypes, actions, workflows, systemNamespace: 'squall' }), options);
  void runLoop(triggerTypeReconciler(triggerTypes), options);
  const reason = (store: Store<Rule> | Store<TriggerType>, name: string) =>
    store.get(`default/${name}`)?.status?.conditions?.[0]?.reason;
  return {
    api,
    reasonOfRule: (name: string) => reason(rules, name),
    reasonOfType: (name: string) => reason(triggerTypes, name),
    [Symbol.dispose]: () => stop.abort(),
  };
}

test('a rule becomes ready when its TriggerType comes, and loses it when that goes', async () => {
  using loop = await start([rule('one', 'acme.alert')]);
  await expect.poll(() => loop.reasonOfRule('one')).toBe('TriggerTypeNotFound');
  loop.api.put(typed('acme.alert'));
  await expect.poll(() => loop.reasonOfRule('one')).toBe('Accepted');
  loop.api.drop('/apis/squall.dev/v1alpha1/namespaces/default/triggertypes/acme.alert');
  await expect.poll(() => loop.reasonOfRule('one')).toBe('TriggerTypeNotFound');
});

test('pack core is found in the namespace of the operator, and only there', async () => {
  using loop = await start([rule('one', 'core.st2.webhook'), typed('core.st2.webhook')]);
  await expect.poll(() => loop.reasonOfRule('one')).toBe('TriggerTypeNotFound');
  loop.api.put(typed('core.st2.webhook', {}, 'squall'));
  await expect.poll(() => loop.reasonOfRule('one')).toBe('Accepted');
});

test('the second TriggerType with a webhook is told, and gets it when the first goes', async () => {
  using loop = await start([typed('a.first', { webhook: { url: 'x' } }), typed('b.second', { webhook: { url: 'x' } })]);
  await expect
    .poll(() => [loop.reasonOfType('a.first'), loop.reasonOfType('b.second')])
    .toEqual(['Accepted', 'WebhookTaken']);
  loop.api.drop('/apis/squall.dev/v1alpha1/namespaces/default/triggertypes/a.first');
  await expect.poll(() => loop.reasonOfType('b.second')).toBe('Accepted');
});

test('what templates may name is known when the Action comes', async () => {
  const parameters = { text: '{{ trigger.body.x }} {{ volme }}' };
  const spec = { trigger: { type: 'acme.alert' }, action: { ref: 'acme.mail', parameters } };
  using loop = await start([draft('Rule', 'one', RuleSpec.parse(spec)), typed('acme.alert')]);
  await expect.poll(() => loop.reasonOfRule('one')).toBe('Accepted');
  const action = { runner: 'local-shell-cmd', parameters: { text: {}, cmd: { default: 'true' } } };
  loop.api.put(draft('Action', 'acme.mail', ActionSpec.parse(action)));
  await expect.poll(() => loop.reasonOfRule('one')).toBe('TemplateInvalid');
});
