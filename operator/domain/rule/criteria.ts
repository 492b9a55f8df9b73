// operator/domain/rule/criteria.ts — payload → does it pass? All criteria of a rule, parsed once, tested in order.
import type { Criterion } from '../../api/rule.ts';
import { compare, type Operator, type Pattern } from './operators.ts';
import { compilePath, type Path } from './path.ts';
import { compilePattern } from './pattern.ts';
import { compileRegex } from '../expression/python/regex.ts';

export interface CompiledCriterion {
  readonly key: string;
  readonly path: Path;
  readonly operator: Operator;
  /** The pattern for one event. @throws where a template names what the payload lacks */
  readonly pattern: (context: Readonly<Record<string, unknown>>) => Pattern;
}

export type Verdict = { readonly matched: boolean } | { readonly error: string };

/** Parses paths, templates and expressions. @throws Error whose message begins with `criteria["<key>"]` */
export function compileCriteria(criteria: Readonly<Record<string, Criterion>>): readonly CompiledCriterion[] {
  return Object.entries(criteria).map(([key, criterion]) => {
    try {
      return compileOne(key, criterion);
    } catch (cause) {
      throw new Error(`criteria[${JSON.stringify(key)}]: ${(cause as Error).message}`, { cause });
    }
  });
}

/** Tests them in the order of the rule and stops at the first that fails. An empty payload passes no criterion. */
export function evaluateCriteria(criteria: readonly CompiledCriterion[], payload: unknown): Verdict {
  if (criteria.length === 0) return { matched: true };
  if (isEmpty(payload)) return { matched: false };
  const context = { trigger: payload };
  for (const { key, path, operator, pattern } of criteria) {
    try {
      if (!compare(operator, path(context), pattern(context))) return { matched: false };
    } catch (error) {
      return { error: `criteria[${JSON.stringify(key)}], ${operator}: ${(error as Error).message}` };
    }
  }
  return { matched: true };
}

function compileOne(key: string, { type, pattern }: Criterion): CompiledCriterion {
  const needed = type !== 'exists' && type !== 'nexists' && type !== 'neq' && type !== 'nequals';
  if (needed && (pattern === undefined || pattern === null)) {
    throw new Error(`no pattern specified for operator ${type}`);
  }
  const path = compilePath(key);
  const render = typeof pattern === 'string' ? compilePattern(pattern) : undefined;
  if (render) return { key, path, operator: type, pattern: (context) => ({ value: render(context) }) };
  const regex = type === 'regex' && typeof pattern === 'string' ? compileRegex(pattern) : undefined;
  const fixed: Pattern = { value: pattern, regex };
  return { key, path, operator: type, pattern: () => fixed };
}

const isEmpty = (payload: unknown) =>
  payload === null || payload === undefined || (typeof payload === 'object' && Object.keys(payload).length === 0);
