// operator/domain/rule/compile.ts — Rule → the rule with its criteria parsed, or what is wrong with it.
import type { Rule } from '../../api/kinds.ts';
import { type CompiledCriterion, compileCriteria } from './criteria.ts';

export type CompiledRule =
  | { readonly rule: Rule; readonly criteria: readonly CompiledCriterion[] }
  | { readonly rule: Rule; readonly error: string };

/** Never throws: a rule that cannot be compiled says so for every event. */
export function compileRule(rule: Rule): CompiledRule {
  try {
    return { rule, criteria: compileCriteria(rule.spec.criteria) };
  } catch (error) {
    return { rule, error: (error as Error).message };
  }
}
