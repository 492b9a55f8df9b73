// operator/domain/expression/embedded/variables.ts — any value with `<% %>` and `{{ }}` in its texts → the variables of the context that it names.
import { evaluating, NOWHEN } from '../evaluation.ts';
import { jinjaVariables } from '../jinja/orquesta.ts';
import { compareText } from '../python/compare.ts';
import { dictEntries, isDict } from '../python/dict.ts';
import { isList, type Value } from '../python/values.ts';
import { contextVariables } from './context-references.ts';
import { insideYaql, yaqlIn } from './delimiters.ts';

export interface VariableReference {
  readonly language: 'yaql' | 'jinja';
  /** The whole text that names it. */
  readonly expression: string;
  readonly variable: string;
}

/** References by the names of the variables, each once. Found by `ctx().x`, `ctx(x)` and `ctx('x')` in the text, as orquesta does. */
export function variablesIn(value: Value): readonly VariableReference[] {
  const found = new Map<string, VariableReference>();
  for (const reference of referencesIn(value)) {
    found.set(JSON.stringify([reference.language, reference.expression, reference.variable]), reference);
  }
  return [...found.values()].sort((a, b) => compareText(a.variable, b.variable));
}

function referencesIn(value: Value): VariableReference[] {
  if (typeof value === 'string') {
    const named = (language: 'yaql' | 'jinja') => (variable: string) => ({ language, expression: value, variable });
    return [...yaqlVariables(value).map(named('yaql')), ...jinjaVariables(value).map(named('jinja'))];
  }
  if (isList(value)) return value.flatMap(referencesIn);
  if (!isDict(value)) return [];
  const entries = evaluating(NOWHEN, () => dictEntries(value));
  return entries.flatMap(([key, one]) => [...referencesIn(key), ...referencesIn(one)]);
}

const yaqlVariables = (text: string): readonly string[] => contextVariables(yaqlIn(text).map(insideYaql));
