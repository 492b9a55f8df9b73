// operator/domain/expression/jinja/render-values.ts — what StackStorm does with values that may be templates: chains, aliases, notifications.
import type { Scope } from '../functions/call.ts';
import { type AnyDict, Dict, dictEntries, dictHas, dictSize, isDict } from '../python/dict.ts';
import { dumpJson } from '../python/json.ts';
import { loadJson } from '../python/json-load.ts';
import { str } from '../python/repr.ts';
import { isList, type Value } from '../python/values.ts';
import { compileTemplate } from './template.ts';

/**
 * Renders every value of a mapping with the scope's context, which is also there as `__context`. What rendering does not change
 * keeps its type; lists and dicts are rendered as JSON, everything else becomes text. @throws ExpressionFault
 */
export function renderValues(mapping: AnyDict, scope: Scope, options: { allowUndefined?: boolean } = {}): AnyDict {
  if (dictSize(mapping) === 0 || dictSize(scope.context) === 0) return mapping;
  const variables = dictHas(scope.context, '__context')
    ? scope.context
    : new Dict([['__context', scope.context], ...dictEntries(scope.context)]);
  const rendered = new Dict();
  for (const [key, value] of dictEntries(mapping)) {
    const nested = isDict(value) || isList(value);
    const source = nested ? dumpJson(value, { separators: [',', ':'], ensureAscii: false }) : str(value);
    const text = compileTemplate(source, options).render(scope, variables);
    rendered.set(key, text === source ? value : nested ? loadJson(text, 'orjson') : text);
  }
  return rendered;
}

/** Whether a value looks like a template. */
export const isJinjaExpression = (value: Value): boolean =>
  typeof value === 'string' && (value.includes('{{') || value.includes('{%'));

/** Protects every template in a value from being rendered later. */
export function toRawBlock(value: Value): Value {
  if (isDict(value)) return new Dict(dictEntries(value).map(([key, item]) => [key, toRawBlock(item)]));
  if (isList(value)) return value.map(toRawBlock);
  return typeof value === 'string' && isTemplateLine(value) ? `{% raw %}${value}{% endraw %}` : value;
}

/** `{{ … }}` or `{% … %}` on one line. */
const isTemplateLine = (text: string): boolean =>
  text.split('\n').some((line) => opensAndCloses(line, '{{', '}}') || opensAndCloses(line, '{%', '%}'));

function opensAndCloses(line: string, open: string, close: string): boolean {
  const at = line.indexOf(open);
  return at >= 0 && line.includes(close, at + open.length);
}
