// operator/domain/workflow/orquesta/inline-parameters.ts — `cmd="date" timeout=10` → names with values, as actions and publish have them.
import { evaluating, NOWHEN } from '../../expression/evaluation.ts';
import { ExpressionFault } from '../../expression/fault.ts';
import { loadJson } from '../../expression/python/json-load.ts';
import { isBlank, stripped } from './blanks.ts';
import type { Value } from '../../expression/python/values.ts';
import type { Assignment } from './model.ts';

/**
 * The parameters of a text in their order, the same name as often as it is there. What is no `name=value` is passed over, also a
 * value that is a bare word. Linear in the text.
 */
export function parseInlineParameters(text: string): readonly Assignment[] {
  if (!text.includes('=')) return [];
  const valueAt = valuesOf(text);
  const found: Assignment[] = [];
  let start = 0;
  for (let equals = text.indexOf('='); equals >= 0; equals = text.indexOf('=', Math.max(equals + 1, start))) {
    const name = wordBefore(text, equals, start);
    const end = name === '' ? undefined : valueAt(equals + 1);
    if (end === undefined) continue;
    found.push({ name, value: valueIn(text.slice(equals + 1, end)) });
    start = end;
  }
  return found;
}

const WORD = /[\p{L}\p{N}_]/u;

/** The letters, digits and `_` that end at an offset, not before `start`. */
function wordBefore(text: string, end: number, start: number): string {
  let at = end;
  while (at > start) {
    const isPair = (text.charCodeAt(at - 1) & 0xfc00) === 0xdc00 && at - 2 >= start;
    const width = isPair ? 2 : 1;
    if (!WORD.test(text.slice(at - width, at))) break;
    at -= width;
  }
  return text.slice(at, end);
}

const SIMPLE = /-?\p{Nd}*\.\p{Nd}+|-?\p{Nd}+|true|false|null/iuy;

/** Where the value that begins at an offset ends; undefined where none does. Offsets must be asked for from the first on. */
function valuesOf(text: string): (at: number) => number | undefined {
  const lineEnd = nextOf(text, '\n');
  const closing = { '<%': nextOf(text, '%>'), '{{': nextOf(text, '}}') };
  const quotes = { '"': nextOf(text, '"'), "'": nextOf(text, "'") };
  let bracket = { line: -1, at: -1 };

  const bracketed = (at: number): number | undefined => {
    const line = lineEnd(at);
    if (bracket.line !== line) bracket = { line, at: at + text.slice(at, line).lastIndexOf(']') };
    return bracket.at > at ? blanksFrom(bracket.at + 1) : undefined;
  };
  const quoted = (at: number, quote: '"' | "'"): number | undefined => {
    const close = quotes[quote](at + 1);
    return close < text.length ? blanksFrom(close + 1) : undefined;
  };
  const embedded = (at: number, open: '<%' | '{{'): number | undefined => {
    if (!text.startsWith(open, at)) return undefined;
    const close = closing[open](at + 2);
    return close < lineEnd(at) ? close + 2 : undefined;
  };
  /** Blanks belong to the value before them. */
  const blanksFrom = (at: number): number => {
    let end = at;
    while (end < text.length && isBlank(text.charAt(end))) end++;
    return end;
  };
  const simple = (at: number): number | undefined => {
    SIMPLE.lastIndex = at;
    const word = SIMPLE.exec(text)?.[0];
    const isNull = word?.toLowerCase() === 'null';
    return word === undefined || (isNull && word !== 'null') ? undefined : at + word.length;
  };
  return (at) => {
    const c = text.charAt(at);
    if (c === '[') return bracketed(at);
    if (c === '"' || c === "'") return quoted(at, c);
    if (c === '<') return embedded(at, '<%');
    return c === '{' ? embedded(at, '{{') : simple(at);
  };
}

/** `indexOf` for rising offsets that looks at no character twice; the length where there is none. */
function nextOf(text: string, part: string): (from: number) => number {
  let next = -1;
  return (from) => {
    if (next < from) {
      const found = text.indexOf(part, from);
      next = found < 0 ? text.length : found;
    }
    return next;
  };
}

/** What is in quotes stays text, unless it looks like an object; the rest is read as JSON where it is JSON. */
function valueIn(written: string): Value {
  const blankless = stripped(written);
  const hasQuotes = /"[^"]*"|'[^']*'/.test(blankless);
  const bare = blankless.replace(/^"/, '').replace(/"$/, '').replace(/^'/, '').replace(/'$/, '');
  if (hasQuotes && bare !== '' && !(bare.startsWith('{') && bare.endsWith('}'))) return bare;
  const isBoolean = /^(?:true|false)$/i.test(bare);
  try {
    return evaluating(NOWHEN, () => loadJson(isBoolean ? bare.toLowerCase() : bare));
  } catch (fault) {
    if (fault instanceof ExpressionFault) return bare;
    throw fault;
  }
}
