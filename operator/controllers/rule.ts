// operator/controllers/rule.ts — Rules with the TriggerTypes and Actions that they name → the condition Ready.
import type { Action, Rule, TriggerType, Workflow } from '../api/kinds.ts';
import { refOf } from '../api/meta.ts';
import type { RuleStatus } from '../api/rule.ts';
import { type ObservedRule, planRule } from '../domain/rule/judge.ts';
import { namespaceOfRef, winnerOf } from '../domain/rule/reference.ts';
import { callableOf } from '../domain/workflow/as-action.ts';
import { type Reconciler, watched } from '../kube/reconcile.ts';
import { type Key, keyOf, type Store } from '../kube/store.ts';

export interface RuleStores {
  /** With RULE_INDEXES. */
  readonly rules: Store<Rule>;
  /** With TRIGGER_TYPE_INDEXES. */
  readonly triggerTypes: Store<TriggerType>;
  /** With ACTION_INDEXES. */
  readonly actions: Store<Action>;
  /** With WORKFLOW_INDEXES. */
  readonly workflows: Store<Workflow>;
  /** Where pack core is. */
  readonly systemNamespace: string;
}

export function ruleReconciler({
  rules,
  triggerTypes,
  actions,
  workflows,
  systemNamespace,
}: RuleStores): Reconciler<ObservedRule, RuleStatus> {
  const namesakes = (rule: Rule) => rules.by('ref', `${rule.metadata.namespace}/${refOf(rule)}`);
  const keyOfRef = (ref: string, { metadata }: Rule) =>
    `${namespaceOfRef(ref, metadata.namespace ?? '', systemNamespace)}/${ref}`;
  const triggerKey = (rule: Rule) => keyOfRef(rule.spec.trigger.type, rule);
  const actionKey = (rule: Rule) => keyOfRef(rule.spec.action.ref, rule);
  const rulesOn = (type: TriggerType): readonly Key[] =>
    rules
      .by('trigger', refOf(type))
      .filter((rule) => triggerKey(rule) === `${type.metadata.namespace}/${refOf(type)}`)
      .map(keyOf);
  const rulesFor = (action: Action | Workflow): readonly Key[] =>
    rules
      .by('action', refOf(action))
      .filter((rule) => actionKey(rule) === `${action.metadata.namespace}/${refOf(action)}`)
      .map(keyOf);
  return {
    name: 'rule',
    watches: [
      watched(rules, (rule) => [keyOf(rule), ...namesakes(rule).map(keyOf)]),
      watched(triggerTypes, rulesOn),
      watched(actions, rulesFor),
      watched(workflows, rulesFor),
    ],
    observe: (key) => {
      const self = rules.get(key);
      if (!self) return undefined;
      return {
        self,
        namesakes: namesakes(self),
        triggerType: winnerOf(triggerTypes.by('ref', triggerKey(self))),
        action: callableOf(actions.by('ref', actionKey(self)), workflows.by('ref', actionKey(self))),
      };
    },
    plan: planRule,
  };
}
