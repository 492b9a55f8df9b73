// operator/domain/rule/cel-regex.ts — expressions of CEL's matches(): RE2's own, not Python's.
import { RE2JS } from 're2js';
import { spend } from '../expression/evaluation.ts';
import { ExpressionFault } from '../expression/fault.ts';

const KEPT = 1000;
const kept = new Map<string, RE2JS>();
/** Longest expression, in characters. */
const PATTERN_MAX = 4096;

/** Whether an expression matches anywhere in a text. @throws ExpressionFault for an expression that RE2 does not take */
export function matches(text: string, pattern: string): boolean {
  spend(text.length >>> 3);
  return regexOf(pattern).test(text);
}

/** @throws ExpressionFault */
export function regexOf(pattern: string): RE2JS {
  const known = kept.get(pattern);
  if (known) return known;
  const compiled = compile(pattern);
  const oldest = kept.size >= KEPT ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  kept.set(pattern, compiled);
  return compiled;
}

function compile(pattern: string): RE2JS {
  try {
    if (pattern.length <= PATTERN_MAX) return RE2JS.compile(pattern);
  } catch (cause) {
    const text = `"${pattern.slice(0, 100)}" is no regular expression: ${(cause as Error).message}`;
    throw new ExpressionFault('value', 'EvaluationError', text, { cause });
  }
  throw new ExpressionFault('value', 'EvaluationError', `a regular expression of more than ${PATTERN_MAX} characters`);
}
