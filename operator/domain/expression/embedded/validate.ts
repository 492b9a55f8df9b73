// operator/domain/expression/embedded/validate.ts — any value with `<% %>` and `{{ }}` in its texts → what is wrong with their grammar.
import { evaluating, NOWHEN } from '../evaluation.ts';
import { ExpressionFault } from '../fault.ts';
import { hasJinja, validateJinja } from '../jinja/orquesta.ts';
import { dictEntries, isDict } from '../python/dict.ts';
import { isList, type Value } from '../python/values.ts';
import { compileYaql } from '../yaql/engine.ts';
import { insideYaql, yaqlIn } from './delimiters.ts';

/** Something wrong; `type` is the language, undefined where it is that there are two. */
export interface Finding {
  readonly type: 'yaql' | 'jinja' | undefined;
  /** The expression with its delimiters, or all of the text. */
  readonly expression: string;
  readonly message: string;
}

/** What is wrong with the expressions of a value, keys of objects included. Never throws. */
export function validate(value: Value): readonly Finding[] {
  if (typeof value === 'string') return validateText(value);
  if (isList(value)) return value.flatMap(validate);
  if (!isDict(value)) return [];
  const entries = evaluating(NOWHEN, () => dictEntries(value));
  return entries.flatMap(([key, one]) => [...validate(key), ...validate(one)]);
}

function validateText(text: string): readonly Finding[] {
  const expressions = yaqlIn(text);
  if (!hasJinja(text)) return expressions.flatMap(validateYaql);
  if (expressions.length === 0) return validateWhole(text);
  return [{ type: undefined, expression: text, message: 'Expression with multiple types is not supported.' }];
}

function validateWhole(text: string): readonly Finding[] {
  try {
    return evaluating(NOWHEN, () => validateJinja(text));
  } catch (fault) {
    if (!(fault instanceof ExpressionFault)) throw fault;
    return [{ type: 'jinja', expression: text, message: fault.message }];
  }
}

function validateYaql(expression: string): readonly Finding[] {
  try {
    evaluating(NOWHEN, () => compileYaql(insideYaql(expression)));
    return [];
  } catch (fault) {
    if (!(fault instanceof ExpressionFault)) throw fault;
    return [{ type: 'yaql', expression, message: fault.message }];
  }
}
