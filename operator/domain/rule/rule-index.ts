// operator/domain/rule/rule-index.ts — trigger → the rules on it, compiled once; never a scan over all rules.
import type { Rule } from '../../api/kinds.ts';
import { refOf } from '../../api/meta.ts';
import { type CompiledRule, compileRule } from './compile.ts';
import { winnerOf } from './reference.ts';

/** The trigger whose parameter `url` makes each webhook a trigger of its own. */
export const WEBHOOK_TRIGGER = 'core.st2.webhook';

/** What a rule waits for; events of a webhook name its url. */
export interface TriggerKey {
  readonly namespace: string;
  readonly type: string;
  readonly url?: string | undefined;
}

/** Webhook URL of a rule on core.st2.webhook, slashes at both ends stripped; undefined on other triggers. */
export function urlOf(rule: Rule): string | undefined {
  const { type, parameters } = rule.spec.trigger;
  if (type !== WEBHOOK_TRIGGER) return undefined;
  const url = parameters?.['url'];
  return typeof url === 'string' ? stripSlashes(url) : undefined;
}

export const stripSlashes = (url: string): string => url.replace(/^\/+/, '').replace(/\/+$/, '');

/** The rules of all namespaces by trigger, kept up to date by `put` and `remove`. */
export class RuleIndex {
  readonly #byTrigger = new Map<string, Map<string, Rule>>(); // trigger → rule's key → rule
  readonly #byRef = new Map<string, Map<string, Rule>>();
  readonly #ready = new Map<string, readonly CompiledRule[]>(); // trigger → answer of `on`, until a rule of it changes
  readonly #compiled = new WeakMap<Rule, CompiledRule>();

  put(old: Rule | undefined, now: Rule | undefined): void {
    if (old) this.#change(old, (rules, key) => rules.delete(key));
    if (now) this.#change(now, (rules, key) => rules.set(key, now));
  }

  /** Enabled rules on the trigger; of several with one reference only the oldest. */
  on(trigger: TriggerKey): readonly CompiledRule[] {
    const id = triggerId(trigger);
    const ready = this.#ready.get(id);
    if (ready) return ready;
    const rules = this.#byTrigger.get(id);
    if (!rules) return [];
    const used = [...rules.values()].filter((rule) => rule.spec.enabled && this.#isWinner(rule));
    const compiled = used.map((rule) => this.#compile(rule));
    this.#ready.set(id, compiled);
    return compiled;
  }

  /** Whether any rule, enabled or not, is on the trigger. */
  knows(trigger: TriggerKey): boolean {
    return this.#byTrigger.has(triggerId(trigger));
  }

  #change(rule: Rule, change: (rules: Map<string, Rule>, key: string) => void): void {
    const key = keyOf(rule);
    update(this.#byTrigger, triggerIdOf(rule), (rules) => change(rules, key));
    const namesakes = update(this.#byRef, refId(rule), (rules) => change(rules, key));
    for (const namesake of [rule, ...namesakes.values()]) this.#ready.delete(triggerIdOf(namesake));
  }

  #isWinner(rule: Rule): boolean {
    const winner = winnerOf([...(this.#byRef.get(refId(rule))?.values() ?? [])]);
    return winner === undefined || keyOf(winner) === keyOf(rule);
  }

  #compile(rule: Rule): CompiledRule {
    const known = this.#compiled.get(rule);
    if (known) return known;
    const compiled = compileRule(rule);
    this.#compiled.set(rule, compiled);
    return compiled;
  }
}

function update<V>(
  map: Map<string, Map<string, V>>,
  id: string,
  change: (entries: Map<string, V>) => void,
): Map<string, V> {
  const entries = map.get(id) ?? new Map<string, V>();
  change(entries);
  if (entries.size > 0) map.set(id, entries);
  else map.delete(id);
  return entries;
}

const keyOf = ({ metadata: { namespace, name } }: Rule) => `${namespace}/${name}`;
const refId = (rule: Rule) => `${rule.metadata.namespace}/${refOf(rule)}`;
const triggerId = ({ namespace, type, url }: TriggerKey) => `${namespace}\n${type}\n${url ?? ''}`;
const triggerIdOf = (rule: Rule) =>
  triggerId({ namespace: rule.metadata.namespace ?? '', type: rule.spec.trigger.type, url: urlOf(rule) });
