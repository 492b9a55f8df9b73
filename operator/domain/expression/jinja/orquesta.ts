// operator/domain/expression/jinja/orquesta.ts — Jinja in workflows: a text with `{{ }}` or `{% %}` → the value that it means.
import { contextVariables } from '../embedded/context-references.ts';
import { replaced, stretches } from '../embedded/delimiters.ts';
import { deeper, spend } from '../evaluation.ts';
import { ExpressionFault, typeFault } from '../fault.ts';
import type { Scope } from '../functions/call.ts';
import { toList } from '../python/iterate.ts';
import { str } from '../python/repr.ts';
import { PyObject, type Value } from '../python/values.ts';
import { betweenBraces } from './blanks.ts';
import { plainText } from './markup.ts';
import { orquestaEnvironment, orquestaVariables } from './orquesta-environment.ts';
import { expressionOf, templateOf } from './rendering.ts';
import { parseLoneExpression, parseTemplate } from './parser.ts';
import { Undefined } from './undefined.ts';

const inlineIn = (text: string): readonly string[] => [...stretches(text, '{{', '}}')];
const hasBlock = (text: string): boolean => !stretches(text, '{%', '%}').next().done;

/** Whether a text is for Jinja to evaluate. */
export const hasJinja = (text: string): boolean => !stretches(text, '{{', '}}').next().done || hasBlock(text);

/**
 * The value of a text. The type of an expression is kept when it is all of the text; a result that is text is evaluated again.
 * @throws ExpressionFault JinjaEvaluationException, of the kind of its cause
 */
export function evaluateJinja(text: string, scope: Scope): Value {
  const raw = [...stretches(text, '{% raw %}', '{% endraw %}')];
  let source = text;
  for (const [i, block] of raw.entries()) source = replaced(source, block, `{${i}}`);
  let output = evaluateText(source, scope);
  if (typeof output !== 'string') return output;
  const unresolved = inlineIn(output);
  if (unresolved.length > 0) {
    const names = unresolved.map(betweenBraces).join(', ');
    throw new ExpressionFault('undefined', 'JinjaEvaluationException', `There are unresolved variables: ${names}`);
  }
  if (raw.length === 0) return output;
  for (const [i, block] of raw.entries()) output = replaced(output, `{${i}}`, block);
  return templateOf(output, orquestaEnvironment()).render(scope, orquestaVariables(scope));
}

function evaluateText(text: string, scope: Scope): Value {
  spend(1 + (text.length >>> 6));
  if (hasBlock(text)) {
    return orFault(text, () => {
      const output = templateOf(text, orquestaEnvironment()).render(scope, orquestaVariables(scope));
      return again(output, scope);
    });
  }
  return evaluateInline(text, inlineIn(text), scope);
}

const again = (text: string, scope: Scope): Value => deeper(() => evaluateText(text, scope));

/** Puts the values of expressions in their places. */
function evaluateInline(text: string, expressions: readonly string[], scope: Scope): Value {
  let output: Value = text;
  for (const expression of expressions) {
    orFault(expression, () => {
      let result = evaluateExpression(betweenBraces(expression), scope);
      const resultText = plainText(result);
      if (resultText !== undefined) result = again(resultText, scope);
      if (result instanceof Undefined && result.typeName === 'StrictUndefined') return;
      if (typeof output !== 'string') throw typeFault('object of type other than text has no place for an expression');
      const alone = expressions.length === 1 && output.length <= expression.length;
      output = alone ? result : replaced(output, expression, str(result));
    });
  }
  return output;
}

function evaluateExpression(source: string, scope: Scope): Value {
  const value = expressionOf(source, orquestaEnvironment()).evaluate(scope, orquestaVariables(scope));
  return value instanceof PyObject && value.typeName === 'generator' ? toList(value) : value;
}

/** Tells which expression a fault belongs to. */
function orFault<T>(expression: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof ExpressionFault)) throw cause;
    const message = `Unable to evaluate expression '${expression}'. ${cause.type}: ${cause.message}`;
    throw new ExpressionFault(cause.kind, 'JinjaEvaluationException', message, {
      cause,
      ...(cause.place && { place: cause.place }),
    });
  }
}

/** Something wrong with the grammar of an expression, as orquesta's inspection lists it. */
interface GrammarFault {
  readonly type: 'jinja';
  readonly expression: string;
  readonly message: string;
}

/** What is wrong with the grammar of a text: of the whole, and of each expression in it. */
export function validateJinja(text: string): readonly GrammarFault[] {
  const faults: GrammarFault[] = [];
  const check = (expression: string, parse: () => unknown) => {
    try {
      parse();
    } catch (fault) {
      if (!(fault instanceof ExpressionFault)) throw fault;
      faults.push({ type: 'jinja', expression, message: fault.message });
    }
  };
  check(text, () => parseTemplate(text, orquestaEnvironment()));
  for (const expression of inlineIn(text)) {
    if (faults.some((fault) => fault.expression === expression)) continue;
    check(expression, () => parseLoneExpression(betweenBraces(expression), false));
  }
  return faults;
}

/** The variables of the context that a text refers to, each as often as the ways in which it does. */
export const jinjaVariables = (text: string): readonly string[] => contextVariables(inlineIn(text).map(betweenBraces));
