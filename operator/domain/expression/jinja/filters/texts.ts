// operator/domain/expression/jinja/filters/texts.ts — filters on texts: upper, lower, title, trim, replace, format, indent, truncate, wordcount and their like.
import { allowCharacters } from '../../evaluation.ts';
import { ExpressionFault, typeFault, undefinedFault } from '../../fault.ts';
import { callOf } from '../../functions/call.ts';
import { Tuple } from '../../python/collections.ts';
import { compare } from '../../python/compare.ts';
import { Dict } from '../../python/dict.ts';
import { length } from '../../python/iterate.ts';
import { methodOf } from '../../python/methods.ts';
import { binary } from '../../python/operators.ts';
import { str } from '../../python/repr.ts';
import { replace as replaceText } from '../../python/str-methods.ts';
import { slice } from '../../python/subscript.ts';
import { isList, truthy, typeName, type Value } from '../../python/values.ts';
import type { Engine, Filter } from '../engine.ts';
import { escape, Markup, plainText } from '../markup.ts';
import { Undefined } from '../undefined.ts';
import { filter } from './signature.ts';

/** Jinja's soft_str(): text and Markup as they are, everything else as Python prints it. */
export const softText = (value: Value): string | Markup =>
  typeof value === 'string' || value instanceof Markup ? value : str(value);

/** Calls a method of str; that of Markup gives Markup. */
export function callText(text: string | Markup, name: string, ...args: readonly Value[]): Value {
  if (text instanceof Markup) {
    const own = text.attribute(name) as { call(call: ReturnType<typeof callOf>): Value };
    return own.call(callOf(...args));
  }
  const method = methodOf(text, name);
  if (!method) throw undefinedFault('AttributeError', `'str' object has no attribute '${name}'`);
  return method(text, callOf(...args));
}

const method = (name: string) => filter(`do_${name}`, '', ['s'], (_, value) => callText(softText(value), name));

// oxlint-disable-next-line no-control-regex -- Python counts these as white space
const WORD_BREAKS = /([-\s\x1c-\x1f\x85({[<]+)/u;

/** Words begin after white space, hyphens and opening brackets; all but their first letter is small. */
function title(value: Value): string {
  const text = str(softText(value));
  allowCharacters(text.length);
  return text
    .split(WORD_BREAKS)
    .map((word) => {
      const [head = ''] = word;
      return head.toUpperCase() + word.slice(head.length).toLowerCase();
    })
    .join('');
}

function replace(engine: Engine, value: Value, old: Value, next: Value, count: Value): Value {
  const times = count ?? -1;
  if (!engine.autoescape) {
    if (Number.isInteger(times)) return replaceText(str(value), str(old), str(next), times as number);
    return callText(str(value), 'replace', str(old), str(next), times);
  }
  const escaped = old instanceof Markup || (next instanceof Markup && !(value instanceof Markup));
  return callText(escaped ? escape(value) : softText(value), 'replace', softText(old), softText(next), times);
}

/** printf-style: `'%s, %(a)d' | format(…)`. */
const format: Filter = (value, { args, named }) => {
  if (args.length > 0 && named.size > 0) {
    const message = "can't handle positional and keyword arguments at the same time";
    throw new ExpressionFault('resolution', 'FilterArgumentError', message);
  }
  return binary('%', softText(value), named.size > 0 ? new Dict(named) : new Tuple(args));
};

function indent(_: Engine, value: Value, width: Value, first: Value, blank: Value): Value {
  const text = plainText(value);
  const indention = plainText(width) ?? (binary('*', ' ', width) as string);
  if (value instanceof Undefined) throw value.fault();
  if (isList(value)) throw undefinedFault('AttributeError', "'list' object has no attribute 'splitlines'");
  if (text === undefined) throw typeFault(`unsupported operand type(s) for +=: '${typeName(value)}' and 'str'`);
  const lines = callText(`${text}\n`, 'splitlines') as readonly string[];
  allowCharacters(text.length + lines.length * (indention.length + 1));
  const indented = lines.map((line, i) => (i > 0 && (line !== '' || truthy(blank)) ? indention + line : line));
  const result = (truthy(first) ? indention : '') + indented.join('\n');
  return value instanceof Markup ? new Markup(result) : result;
}

const assertion = (message: string) => new ExpressionFault('assertion', 'AssertionError', message);

function truncate(_: Engine, value: Value, limit: Value, killWords: Value, end: Value, leeway: Value): Value {
  const slack = leeway ?? 5;
  const tail = length(end);
  if (compare('<', limit, tail)) throw assertion(`expected length >= ${tail}, got ${str(limit)}`);
  if (compare('<', slack, 0)) throw assertion(`expected leeway >= 0, got ${str(slack)}`);
  if (compare('<=', length(value), binary('+', limit, slack))) return value;
  const text = value instanceof Markup || typeof value === 'string' ? value : undefined;
  if (text === undefined) {
    throw undefinedFault('AttributeError', `'${typeName(value)}' object has no attribute 'rsplit'`);
  }
  const room = binary('-', limit, tail);
  const kept = (text instanceof Markup ? text.slice(null, room, null) : slice(text, null, room, null)) as
    | string
    | Markup;
  if (truthy(killWords)) return binary('+', kept, end);
  const [head] = callText(kept, 'rsplit', ' ', 1) as readonly Value[];
  return binary('+', head ?? '', end);
}

function wordCount(value: Value): number {
  const text = str(softText(value));
  allowCharacters(text.length);
  return text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0;
}

export const TEXT_FILTERS: readonly (readonly [string, Filter])[] = [
  ['upper', method('upper')],
  ['lower', method('lower')],
  ['capitalize', method('capitalize')],
  ['title', filter('do_title', '', ['s'], (_, value) => title(value))],
  ['string', filter('soft_str', '', ['s'], (_, value) => softText(value))],
  ['format', format],
  ['indent', filter('do_indent', '', ['s', ['width', 4], ['first', false], ['blank', false]], indent)],
  ['replace', filter('do_replace', 'environment', ['s', 'old', 'new', ['count', null]], replace)],
  ['wordcount', filter('do_wordcount', '', ['s'], (_, value) => wordCount(value))],
  [
    'center',
    filter('do_center', '', ['value', ['width', 80]], (_, value, width) => callText(softText(value), 'center', width)),
  ],
  [
    'trim',
    filter('do_trim', '', ['value', ['chars', null]], (_, value, chars) => callText(softText(value), 'strip', chars)),
  ],
  [
    'truncate',
    filter(
      'do_truncate',
      'environment',
      ['s', ['length', 255], ['killwords', false], ['end', '...'], ['leeway', null]],
      truncate,
    ),
  ],
];
