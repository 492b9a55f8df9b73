// operator/domain/workflow/mistral/embedded.ts — a value with `<% %>` and `{{ }}` in its texts → the value that it means, by Mistral's rules.
import { insideYaql, replaced, stretches, yaqlIn } from '../../expression/embedded/delimiters.ts';
import { deeper, spend } from '../../expression/evaluation.ts';
import { ExpressionFault } from '../../expression/fault.ts';
import { expressionOf, templateOf } from '../../expression/jinja/rendering.ts';
import { Dict, dictEntries, isDict } from '../../expression/python/dict.ts';
import { str } from '../../expression/python/repr.ts';
import { isList, type Value } from '../../expression/python/values.ts';
import { evaluateYaql } from '../../expression/yaql/engine.ts';
import { mistralEnvironment } from './jinja-functions.ts';
import type { Sight } from './sight.ts';
import { toJson } from './to-json.ts';
import { MISTRAL_YAQL } from './yaql-functions.ts';

const LONE_JINJA = /^\{\{(.*?)\}\}/;

/** Whether a text is for Jinja: then it alone evaluates it. */
export const hasJinja = (text: string): boolean => hasStretch(text, '{{', '}}') || hasStretch(text, '{%', '%}');
const hasStretch = (text: string, open: string, close: string): boolean => !stretches(text, open, close).next().done;

/** Whether a text holds an expression of either language. */
export const hasExpression = (text: string): boolean =>
  hasJinja(text) || (text.includes('<%') && yaqlIn(text).length > 0);
export const insideMarks = insideYaql;

/**
 * Evaluates every text of a value, keys of objects left as they are. An expression that is all of its text keeps the type of its
 * result; what it gives is not evaluated again. The result is JSON, floats told from ints. Runs within `evaluating()`.
 * @throws ExpressionFault YaqlEvaluationException, JinjaEvaluationException
 */
export function evaluateMistral(value: Value, sight: Sight, isKept?: (text: string) => boolean): Value {
  if (typeof value === 'string') return isKept?.(value) ? value : evaluateText(value, sight);
  if (isList(value)) {
    spend(value.length);
    return deeper(() => value.map((item) => evaluateMistral(item, sight, isKept)));
  }
  if (!isDict(value)) return value;
  const entries = dictEntries(value);
  return deeper(() =>
    toJson(new Dict(entries.map(([key, item]) => [key, evaluateMistral(item, sight, isKept)] as const))),
  );
}

function evaluateText(text: string, sight: Sight): Value {
  if (hasJinja(text)) return toJson(evaluateJinja(text, sight));
  return text.includes('<%') ? toJson(evaluateYaqlIn(text, sight)) : text;
}

function evaluateJinja(text: string, sight: Sight): Value {
  spend(1 + (text.length >>> 6));
  try {
    const alone = LONE_JINJA.exec(text);
    if (alone?.[0] !== text) return templateOf(text, mistralEnvironment()).render(sight.scope, sight.jinjaNames());
    const value = expressionOf((alone[1] ?? '').trim(), mistralEnvironment()).evaluate(sight.scope, sight.jinjaNames());
    str(value); // what is undefined says so only when it is used
    return value;
  } catch (cause) {
    throw told(cause, 'JinjaEvaluationException', 'Jinja', text);
  }
}

function evaluateYaqlIn(text: string, sight: Sight): Value {
  let output: Value = text;
  for (const expression of yaqlIn(text)) {
    spend(16 + (text.length >>> 8));
    const source = insideYaql(expression);
    const result = evaluateOne(source, sight);
    output = expression.length === text.length ? result : replaced(str(output), expression, str(toJson(result)));
  }
  return output;
}

function evaluateOne(source: string, sight: Sight): Value {
  try {
    const { scope } = sight;
    return evaluateYaql(source, { data: sight.data, variables: sight.yaqlNames(), scope, functions: MISTRAL_YAQL });
  } catch (cause) {
    throw told(cause, 'YaqlEvaluationException', 'YAQL', source);
  }
}

function told(cause: unknown, type: string, language: string, expression: string): unknown {
  if (!(cause instanceof ExpressionFault)) return cause;
  const message = `Can not evaluate ${language} expression [expression=${expression}, error=${cause.message}]`;
  return new ExpressionFault(cause.kind, type, message, { cause });
}
