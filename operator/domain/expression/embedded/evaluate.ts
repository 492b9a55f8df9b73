// operator/domain/expression/embedded/evaluate.ts — any value with `<% %>` and `{{ }}` in its texts → the value that it means.
import { deeper, spend } from '../evaluation.ts';
import type { Scope } from '../functions/call.ts';
import { evaluateJinja, hasJinja } from '../jinja/orquesta.ts';
import { hashKey } from '../python/compare.ts';
import { Dict, dictEntries, isDict } from '../python/dict.ts';
import { isList, type Plain, type Value } from '../python/values.ts';
import { evaluateYaqlText } from './yaql-text.ts';

/**
 * Evaluates every text of a value: those of lists, and keys and values of objects. In a text with both languages only Jinja's runs.
 * Runs within `evaluating()`; the context is not changed, and may be shared with the result.
 * @throws ExpressionFault YaqlEvaluationException, JinjaEvaluationException; TypeError for a key that becomes a list or an object
 */
export function evaluate(value: Value, scope: Scope): Value {
  if (typeof value === 'string') {
    if (hasJinja(value)) return evaluateJinja(value, scope);
    return value.includes('<%') ? evaluateYaqlText(value, scope) : value;
  }
  if (isList(value)) {
    spend(value.length);
    return deeper(() => value.map((item) => evaluate(item, scope)));
  }
  return isDict(value) ? deeper(() => evaluateEntries(dictEntries(value), scope)) : value;
}

function evaluateEntries(entries: readonly (readonly [Value, Value])[], scope: Scope): Value {
  spend(entries.length);
  const evaluated = entries.map(([key, value]) => {
    const entry = [evaluate(key, scope), evaluate(value, scope)] as const;
    hashKey(entry[0]); // a list is no key
    return entry;
  });
  return evaluated.every(([key]) => typeof key === 'string')
    ? (Object.fromEntries(evaluated) as Plain)
    : new Dict(evaluated);
}
