// operator/domain/expression/jinja/render-values.ts — what StackStorm does with values that may be templates: chains, aliases, notifications.
import { ExpressionFault } from '../fault.ts';
import type { Scope } from '../functions/call.ts';
import { type AnyDict, Dict, dictEntries, dictHas, dictSize, isDict } from '../python/dict.ts';
import { dumpJson } from '../python/json.ts';
import { loadJson } from '../python/json-load.ts';
import { str } from '../python/repr.ts';
import { isList, type Value } from '../python/values.ts';
import { compileTemplate } from './template.ts';

/** A fault of one value of a mapping: which it is, and the template that it was rendered as. */
export class MappingFault extends ExpressionFault {
  readonly key: Value;
  readonly source: string;
  constructor(key: Value, source: string, { kind, type, message, place, cause }: ExpressionFault) {
    super(kind, type, message, { cause, ...(place ? { place } : {}) });
    this.key = key;
    this.source = source;
  }
}

export interface RenderSettings {
  readonly allowUndefined?: boolean;
  /** The names of the scope's context and `__context`, where they are kept together already. */
  readonly variables?: AnyDict;
}

/**
 * Renders every value of a mapping with the scope's context, which is also there as `__context`. What rendering does not change
 * keeps its type; lists and dicts are rendered as JSON, everything else becomes text. @throws MappingFault
 */
export function renderValues(mapping: AnyDict, scope: Scope, settings: RenderSettings = {}): AnyDict {
  if (dictSize(mapping) === 0 || dictSize(scope.context) === 0) return mapping;
  const variables = settings.variables ?? withContext(scope.context);
  const { allowUndefined = false } = settings;
  const rendered = new Dict();
  for (const [key, value] of dictEntries(mapping)) {
    const source = templateSource(value);
    try {
      const text = compileTemplate(source, { allowUndefined }).render(scope, variables);
      rendered.set(key, text === source ? value : isNested(value) ? loadJson(text, 'orjson') : text);
    } catch (cause) {
      if (!(cause instanceof ExpressionFault)) throw cause;
      throw new MappingFault(key, source, cause);
    }
  }
  return rendered;
}

const withContext = (context: AnyDict): AnyDict =>
  dictHas(context, '__context') ? context : new Dict([['__context', context], ...dictEntries(context)]);

const isNested = (value: Value): boolean => isDict(value) || isList(value);

/** The template that a value is. @throws ExpressionFault for what JSON does not have */
export const templateSource = (value: Value): string =>
  isNested(value) ? dumpJson(value, { separators: [',', ':'], ensureAscii: false }) : str(value);

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
