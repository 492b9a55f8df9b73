// operator/domain/rule/match.ts — event → the Executions that its rules ask for, and what went wrong with which rule.
import type { Action, Rule } from '../../api/kinds.ts';
import type { Entries } from '../datastore/entry.ts';
import { datastoreOf, refuseSecrets } from '../datastore/view.ts';
import type { World } from '../expression/evaluation.ts';
import type { Value } from '../expression/python/values.ts';
import type { TriggerEvent } from '../trigger/event.ts';
import type { CompiledRule } from './compile.ts';
import { subjectOf } from './criteria.ts';
import { type Drafted, draftExecution, type DraftOptions, EVENT_USER } from './draft.ts';

/** What became of a rule that an event concerned; rules that simply did not match leave no record. */
export interface Enforcement {
  readonly rule: Rule;
  /** Why it did not lead to an Execution; undefined: it did. */
  readonly failure?: string;
}

export interface Matches {
  readonly drafts: readonly Drafted[];
  readonly enforcements: readonly Enforcement[];
}

export interface MatchOptions extends DraftOptions {
  readonly actionOf: (ref: string) => Action | undefined;
  /** The datastore of the namespace. Default: an empty one. */
  readonly entries?: Entries;
}

/** Tests the standard rules, and the backstop rules only when none of them matched. One rule's error never stops another. */
export function matchRules(event: TriggerEvent, rules: readonly CompiledRule[], options: MatchOptions): Matches {
  const standard = pass('standard', event, rules, options);
  if (standard.matched) return standard;
  const backstop = pass('backstop', event, rules, options);
  return { drafts: backstop.drafts, enforcements: [...standard.enforcements, ...backstop.enforcements] };
}

/** What criteria see of an event. */
export type Subject = Pick<TriggerEvent, 'payload' | 'receivedAt'>;

/** Whether the event concerns any of the rules: its criteria hold, or cannot be tested, which is to be told. */
export function isWantedBy(rules: readonly CompiledRule[], event: Subject, entries: Entries): boolean {
  const { subject, world } = viewOf(event, entries);
  return rules.some((rule) => {
    const verdict = 'error' in rule ? rule : rule.test(subject, world);
    return 'error' in verdict || verdict.matched;
  });
}

function viewOf({ payload, receivedAt }: Subject, entries: Entries | undefined) {
  const nowMs = Date.parse(receivedAt);
  const world: World = { nowMs, seed: nowMs };
  const datastore = entries && datastoreOf(entries, EVENT_USER, refuseSecrets('criteria'));
  return { subject: subjectOf('trigger', payload as Value, datastore), world }; // it came as JSON
}

function pass(type: Rule['spec']['type'], event: TriggerEvent, rules: readonly CompiledRule[], options: MatchOptions) {
  const drafts: Drafted[] = [];
  const enforcements: Enforcement[] = [];
  const { subject, world } = viewOf(event, options.entries);
  let matched = false;
  for (const compiled of rules) {
    const { rule } = compiled;
    if (rule.spec.type !== type) continue;
    const verdict = 'error' in compiled ? compiled : compiled.test(subject, world);
    if ('error' in verdict) enforcements.push({ rule, failure: verdict.error });
    else if (verdict.matched) {
      matched = true;
      const outcome = enforce(rule, event, { ...options, world });
      if ('failure' in outcome) enforcements.push({ rule, failure: outcome.failure });
      else {
        drafts.push(outcome);
        enforcements.push({ rule });
      }
    }
  }
  return { matched, drafts, enforcements };
}

function enforce(
  rule: Rule,
  event: TriggerEvent,
  options: MatchOptions & { readonly world: World },
): Drafted | { readonly failure: string } {
  const { ref } = rule.spec.action;
  const action = options.actionOf(ref);
  if (!action) return { failure: `Action "${ref}" doesn't exist; create it, or change spec.action.ref` };
  try {
    return draftExecution(rule, event, { ...options, action });
  } catch (error) {
    return { failure: (error as Error).message };
  }
}
