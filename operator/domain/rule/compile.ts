// operator/domain/rule/compile.ts — Rule → the rule with all that events are tested with, or what is wrong with it.
import type { Rule } from '../../api/kinds.ts';
import type { World } from '../expression/evaluation.ts';
import { compileCriteria, judge, type Subject, type SubjectTest, testCriteria, type Verdict } from './criteria.ts';
import { compileMatch } from './groups.ts';

export type CompiledRule =
  | { readonly rule: Rule; readonly test: (subject: Subject, world: World) => Verdict }
  | { readonly rule: Rule; readonly error: string };

/** Never throws: a rule that cannot be compiled says so for every event. */
export function compileRule(rule: Rule): CompiledRule {
  try {
    return { rule, test: compileTest(rule.spec) };
  } catch (error) {
    return { rule, error: (error as Error).message };
  }
}

/** The test of a rule: its criteria first, then its groups. @throws ExpressionFault that names the place below spec */
export function compileTest({ criteria, match }: Pick<Rule['spec'], 'criteria' | 'match'>) {
  const tests = compileCriteria(criteria);
  const group = match && compileMatch(match);
  const test: SubjectTest = (subject) => testCriteria(tests, subject) && (group === undefined || group(subject));
  return (subject: Subject, world: World): Verdict => judge(subject, world, test);
}
