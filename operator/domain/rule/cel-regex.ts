// operator/domain/rule/cel-regex.ts — expressions of CEL's matches(): RE2's own, not Python's.
import { ExpressionFault } from '../expression/fault.ts';
import { spend } from '../expression/evaluation.ts';
import { Engine } from '../expression/python/regex/engine.ts';
import { allowProgram, KEPT_INSTRUCTIONS, programSize } from '../expression/python/regex/size.ts';
import { SourceCache } from '../expression/source-cache.ts';

const kept = new SourceCache<Engine>({ weight: KEPT_INSTRUCTIONS, weigh: (regex) => regex.size() });
/** Longest expression, in characters. */
const PATTERN_MAX = 4096;

/** Whether an expression matches anywhere in a text. @throws ExpressionFault for an expression that RE2 does not take, or that is too large */
export function matches(text: string, pattern: string): boolean {
  const regex = regexOf(pattern);
  spend(Math.max(text.length >>> 3, Math.ceil((text.length * regex.size()) / 4096)));
  return regex.test(text);
}

/** @throws ExpressionFault */
export const regexOf = (pattern: string): Engine => kept.get(pattern, compile);

function compile(pattern: string): Engine {
  if (pattern.length > PATTERN_MAX) {
    throw new ExpressionFault(
      'value',
      'EvaluationError',
      `a regular expression of more than ${PATTERN_MAX} characters`,
    );
  }
  allowProgram(programSize(pattern));
  try {
    return new Engine(pattern);
  } catch (cause) {
    const text = `"${pattern.slice(0, 100)}" is no regular expression: ${(cause as Error).message}`;
    throw new ExpressionFault('value', 'EvaluationError', text, { cause });
  }
}
