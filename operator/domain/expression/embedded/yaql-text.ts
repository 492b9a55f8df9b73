// operator/domain/expression/embedded/yaql-text.ts — a text with `<% … %>` → the value that it means.
import { deeper, spend } from '../evaluation.ts';
import { ExpressionFault, type Place, placeOf } from '../fault.ts';
import type { Scope } from '../functions/call.ts';
import { dictGet } from '../python/dict.ts';
import { str } from '../python/repr.ts';
import type { Value } from '../python/values.ts';
import { evaluateYaql } from '../yaql/engine.ts';
import { insideYaql, replaced, yaqlIn } from './delimiters.ts';

/** What one expression in a text costs before it is evaluated: it is looked up, told apart and put back. */
const EXPRESSION_STEPS = 16;

/**
 * The value of a text. The type of an expression is kept when it is all of the text; a result that is text is evaluated again.
 * @throws ExpressionFault YaqlEvaluationException, of the kind of its cause, with its place in the text
 */
export function evaluateYaqlText(text: string, scope: Scope): Value {
  const expressions = yaqlIn(text);
  let output: Value = text;
  for (const expression of expressions) {
    spend(EXPRESSION_STEPS + (text.length >>> 8));
    const result = evaluateOne(expression, text, scope);
    const isAlone = expressions.length === 1 && text.length <= expression.length;
    output = isAlone ? result : replaced(str(output), expression, str(result));
  }
  return output;
}

function evaluateOne(expression: string, text: string, scope: Scope): Value {
  try {
    const source = insideYaql(expression);
    const result = evaluateYaql(source, { scope, variables: source.includes('$__') ? internals(scope) : undefined });
    return typeof result === 'string' ? deeper(() => evaluateYaqlText(result, scope)) : result;
  } catch (cause) {
    throw cause instanceof ExpressionFault ? told(cause, expression, text) : cause;
  }
}

/** The whole context and its internal entries, which orquesta keeps in variables. */
function internals({ context }: Scope): Record<string, Value> {
  const entry = (name: string) => dictGet(context, name) ?? null;
  return {
    __vars: context,
    __state: entry('__state'),
    __current_task: entry('__current_task'),
    __current_item: entry('__current_item'),
  };
}

/** Those whose text loses quotes at its ends when it is told. */
const BARE = new Set(['ValueError', 'TypeError', 'JSONDecodeError', 'ParserError', 'UnicodeDecodeError']);

function told(cause: ExpressionFault, expression: string, text: string): ExpressionFault {
  const place = placeIn(text, expression, cause);
  return new ExpressionFault(cause.kind, 'YaqlEvaluationException', messageOf(cause, expression), { cause, place });
}

/** The place of a fault in the whole text: expressions have one line; of one that its result held, the outer is told. */
function placeIn(text: string, expression: string, { place, type }: ExpressionFault): Place {
  const start = text.indexOf(expression);
  if (!place || type === 'YaqlEvaluationException') return placeOf(text, start);
  const base = placeOf(text, start + expression.indexOf(insideYaql(expression)));
  return { line: base.line, column: base.column + place.column - 1 };
}

function messageOf({ type, kind, message }: ExpressionFault, expression: string): string {
  if (type === 'KeyError') {
    const [, key = message, hint = ''] = /^([\s\S]*?)(\. Did you mean "[^"]*"\?)?$/.exec(message) ?? [];
    return `Unable to resolve key '${unquoted(key)}' in expression '${expression}' from context.${hint.slice(1)}`;
  }
  const text = BARE.has(type) || kind === 'resolution' || kind === 'syntax' ? unquoted(message) : message;
  return `Unable to evaluate expression '${expression}'. ${type}: ${text}`;
}

const unquoted = (text: string) => text.replace(/^'+/, '').replace(/'+$/, '');
