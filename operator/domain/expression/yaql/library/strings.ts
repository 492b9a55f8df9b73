// operator/domain/expression/yaql/library/strings.ts — functions and operators of texts.
import { allowCharacters, allowItems } from '../../evaluation.ts';
import { ExpressionFault, typeFault } from '../../fault.ts';
import { dictEntries } from '../../python/dict.ts';
import { isInt } from '../../python/numbers.ts';
import { isIn } from '../../python/search.ts';
import { join, replace } from '../../python/str-methods.ts';
import { spendText, textFind, textLength, textSlice } from '../../python/text.ts';
import { lower, upper } from '../../python/text-case.ts';
import { rsplit, type Side, split, strip } from '../../python/text-split.ts';
import { typeName, type Value } from '../../python/values.ts';
import type { Context } from '../context.ts';
import { define, optional, param, rest } from '../function.ts';
import { each } from '../iterators.ts';
import { callFunction } from '../resolve.ts';
import { any, collection, dict, flag, index, numberOrNull, strictFlag, text, textOrNull } from '../types.ts';
import { PyList, textOf } from '../values.ts';

const string = param('string', text);
const characters = optional('chars', textOrNull, null);

const trimmed = (name: string, side: Side) =>
  define(name, 'method', [string, characters], (_, value, chars) => strip(value, side, chars ?? undefined));

const cut = (name: string, how: typeof split) =>
  define(
    name,
    'method',
    [string, optional('separator', textOrNull, null), optional('maxSplits', index, -1)],
    (_, value, separator, most) => new PyList(how(value, separator ?? undefined, most)),
  );

export const strings = [
  define(['concat', '#operator_+'], 'function', [rest('args', text)], (_, parts) => {
    allowCharacters(parts.reduce((size, part) => size + part.length, 0));
    return parts.join('');
  }),
  define('#operator_*', 'function', [param('left', text), param('right', index)], (_, value, times) =>
    repeated(value, times),
  ),
  define('#operator_*', 'function', [param('left', index), param('right', text)], (_, times, value) =>
    repeated(value, times),
  ),
  define('#operator_in', 'function', [param('left', text), param('right', text)], (_, part, value) =>
    isIn(value, part),
  ),
  define('len', 'both', [string], (_, value) => textLength(value)),
  define('toUpper', 'method', [string], (_, value) => upper(value)),
  define('toLower', 'method', [string], (_, value) => lower(value)),
  cut('split', split),
  cut('rightSplit', rsplit),
  define('join', 'method', [param('sequence', collection), param('separator', text)], (context, items, separator) =>
    joined(context, items, separator),
  ),
  define('join', 'method', [param('separator', text), param('sequence', collection)], (context, separator, items) =>
    joined(context, items, separator),
  ),
  define('str', 'function', [param('value', any)], (_, value) => shown(value)),
  trimmed('trim', 'both'),
  trimmed('trimLeft', 'left'),
  trimmed('trimRight', 'right'),
  define('norm', 'both', [param('string', textOrNull), characters], (_, value, chars) => {
    const rest = value === null ? '' : strip(value, 'both', chars ?? undefined);
    return rest === '' ? null : rest;
  }),
  define(
    'isEmpty',
    'both',
    [param('string', textOrNull), optional('trim', strictFlag, true), characters],
    (_, value, trim, chars) => value === null || (trim ? strip(value, 'both', chars ?? undefined) : value) === '',
  ),
  define(
    'replace',
    'method',
    [string, param('old', text), param('new', text), optional('count', index, -1)],
    (_, value, old, next, count) => replace(value, old, next, count),
  ),
  define(
    'replace',
    'method',
    [string, param('replacements', dict), optional('count', index, -1)],
    (context, value, replacements, count) =>
      dictEntries(replacements).reduce(
        (result, [from, to]) => replace(result, str(context, from), str(context, to), count),
        value,
      ),
  ),
  define(
    'substring',
    'method',
    [string, param('start', index), optional('length', index, -1)],
    (_, value, start, length) => {
      const size = textLength(value);
      const from = start < 0 ? start + size : start;
      return textSlice(value, from, from + (length < 0 ? size : length), null);
    },
  ),
  ...[false, true].flatMap((last) => {
    const name = last ? 'lastIndexOf' : 'indexOf';
    return [
      define(name, 'method', [string, param('sub', text), optional('start', index, 0)], (_, value, sub, start) =>
        textFind(value, sub, start, null, last),
      ),
      define(
        name,
        'method',
        [string, param('sub', text), param('start', index), param('length', index)],
        (_, value, sub, start, length) => {
          const size = textLength(value);
          const from = start < 0 ? start + size : start;
          return textFind(value, sub, from, from + (length < 0 ? size - from : length), last);
        },
      ),
    ];
  }),
  define('toCharArray', 'method', [string], (_, value) => {
    allowItems(textLength(value));
    return [...value];
  }),
  define('isString', 'function', [param('arg', any)], (_, value) => typeof value === 'string'),
  define('startsWith', 'method', [string, rest('prefixes', text)], (_, value, parts) =>
    parts.some((part) => {
      spendText(part.length);
      return value.startsWith(part);
    }),
  ),
  define('endsWith', 'method', [string, rest('suffixes', text)], (_, value, parts) =>
    parts.some((part) => {
      spendText(part.length);
      return value.endsWith(part);
    }),
  ),
  define('hex', 'function', [param('num', numberOrNull)], (_, value) => {
    if (value === null || !isInt(value))
      throw typeFault(`'${typeName(value)}' object cannot be interpreted as an integer`);
    return `${value < 0 ? '-' : ''}0x${(value < 0 ? -BigInt(value) : BigInt(value)).toString(16)}`;
  }),
  define(
    'characters',
    'function',
    KINDS().map(([name]) => optional(name, flag, false)),
    (_, ...chosen) => {
      const kinds = KINDS();
      const all = chosen.map((isChosen, at) => (isChosen === true ? charactersOf(kinds[at]) : '')).join('');
      return [...new Set(all)];
    },
  ),
];

const repeated = (value: string, times: number): string => {
  allowCharacters(value.length * Math.max(0, times));
  return value.repeat(Math.max(0, times));
};

/** YAQL's str(). */
function shown(value: Value): string {
  if (value === null) return 'null';
  return typeof value === 'boolean' ? String(value) : textOf(value);
}

/** str() as it may be replaced. */
const str = (context: Context, value: Value): string => {
  const result = context.registry.isStandard ? shown(value) : callFunction(context, 'str', value);
  return typeof result === 'string' ? result : textOf(result);
};

const joined = (context: Context, items: Value, separator: string): string => {
  function* texts() {
    for (const item of each(items)) yield str(context, item);
  }
  return join(separator, texts());
};

/** Kinds of characters; the reference knows some that Python no longer has. */
function KINDS(): readonly (readonly [name: string, characters: string | undefined])[] {
  const [digits, small] = ['0123456789', 'abcdefghijklmnopqrstuvwxyz'];
  const letters = small + small.toUpperCase();
  const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
  const space = ' \t\n\r\u000b\f';
  return [
    ['digits', digits],
    ['hexdigits', `${digits}abcdefABCDEF`],
    ['asciiLowercase', small],
    ['asciiUppercase', small.toUpperCase()],
    ['asciiLetters', letters],
    ['letters', undefined],
    ['octdigits', '01234567'],
    ['punctuation', punctuation],
    ['printable', digits + letters + punctuation + space],
    ['lowercase', undefined],
    ['uppercase', undefined],
    ['whitespace', space],
  ];
}

function charactersOf(kind: readonly [name: string, characters: string | undefined] | undefined): string {
  if (kind?.[1] !== undefined) return kind[1];
  throw new ExpressionFault('type', 'AttributeError', `module 'string' has no attribute '${kind?.[0] ?? ''}'`);
}
