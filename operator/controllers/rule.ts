// operator/controllers/rule.ts — Rules with the TriggerTypes that they name → the condition Ready.
import type { Rule, TriggerType } from '../api/kinds.ts';
import { refOf } from '../api/meta.ts';
import type { RuleStatus } from '../api/rule.ts';
import { type ObservedRule, planRule } from '../domain/rule/judge.ts';
import { namespaceOfRef, winnerOf } from '../domain/rule/reference.ts';
import { type Reconciler, watched } from '../kube/reconcile.ts';
import { type Key, keyOf, type Store } from '../kube/store.ts';

export interface RuleStores {
  /** With RULE_INDEXES. */
  readonly rules: Store<Rule>;
  /** With TRIGGER_TYPE_INDEXES. */
  readonly triggerTypes: Store<TriggerType>;
  /** Where pack core is. */
  readonly systemNamespace: string;
}

export function ruleReconciler({
  rules,
  triggerTypes,
  systemNamespace,
}: RuleStores): Reconciler<ObservedRule, RuleStatus> {
  const namesakes = (rule: Rule) => rules.by('ref', `${rule.metadata.namespace}/${refOf(rule)}`);
  const triggerKey = ({ metadata, spec }: Rule) =>
    `${namespaceOfRef(spec.trigger.type, metadata.namespace ?? '', systemNamespace)}/${spec.trigger.type}`;
  const rulesOn = (type: TriggerType): readonly Key[] =>
    rules
      .by('trigger', refOf(type))
      .filter((rule) => triggerKey(rule) === `${type.metadata.namespace}/${refOf(type)}`)
      .map(keyOf);
  return {
    name: 'rule',
    watches: [watched(rules, (rule) => [keyOf(rule), ...namesakes(rule).map(keyOf)]), watched(triggerTypes, rulesOn)],
    observe: (key) => {
      const self = rules.get(key);
      if (!self) return undefined;
      return { self, namesakes: namesakes(self), triggerType: winnerOf(triggerTypes.by('ref', triggerKey(self))) };
    },
    plan: planRule,
  };
}
