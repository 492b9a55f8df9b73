// operator/domain/workflow/mistral/inline.ts — `name key=value …` in one text → the name and its parameters.
import { evaluating, NOWHEN } from '../../expression/evaluation.ts';
import { ExpressionFault } from '../../expression/fault.ts';
import { loadJson } from '../../expression/python/json-load.ts';
import type { Plain, Value } from '../../expression/python/values.ts';

interface Call {
  readonly name: string;
  readonly parameters: Plain;
}

/** Name of an action, a workflow, a task; or an expression that gives it. Undefined where a text starts with neither. */
const NAME = /^(?:[\p{L}\p{N}_.]+[^=(\s"]*|<%.*?%>|\{\{.*\}\}|\{%.*%\})/u;
const PARAMETER = /([-\p{L}\p{N}_]+)=("[^"]*"\s*|'[^']*'\s*|\{\{.*?\}\}|<%.*?%>|\[.*\]\s*|true|false|null|\p{Nd}+)/gu;

/** Undefined for a text that starts with no name. Values that are JSON are read as such, others stay texts. */
export function parseCall(text: string): Call | undefined {
  const isWhole = !/[\s(]/.test(text);
  if (isWhole) return { name: text, parameters: {} };
  const name = NAME.exec(text)?.[0];
  if (name === undefined) return undefined;
  const found = Array.from(text.matchAll(PARAMETER), ([, key = '', value = '']) => [key, readValue(value)] as const);
  return { name, parameters: Object.fromEntries(found) };
}

/** Quotes go; what stands without them is JSON or, for an expression, a text. */
function readValue(written: string): Value {
  const text = written.trim();
  if (text.startsWith('"') || text.startsWith("'")) return text.slice(1, -1);
  const value = asJson(text);
  return value === undefined ? text : value;
}

/** Undefined for what is no JSON. */
export function asJson(text: string): Value | undefined {
  try {
    return evaluating(NOWHEN, () => loadJson(text));
  } catch (fault) {
    if (fault instanceof ExpressionFault) return undefined;
    throw fault;
  }
}
