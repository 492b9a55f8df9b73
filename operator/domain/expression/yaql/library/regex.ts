// operator/domain/expression/yaql/library/regex.ts — regular expressions: as objects, in operators, with selectors.
import { spend } from '../../evaluation.ts';
import { typeFault, undefinedFault, valueFault } from '../../fault.ts';
import { compileRegex, type Match, type Regex as Program } from '../../python/regex.ts';
import { Dict } from '../../python/dict.ts';
import { typeName, type Value } from '../../python/values.ts';
import type { Context } from '../context.ts';
import { define, optional, param } from '../function.ts';
import { lazy } from '../iterators.ts';
import { Regex } from '../regex-object.ts';
import { any, contextLambda, flag, index, regex, text } from '../types.ts';
import { PyList } from '../values.ts';

type Selector = (context: Context) => Value;

const isFound = (program: Program, subject: string): boolean => {
  spend(program.cost(subject));
  return program.test(subject);
};
const inText = (pattern: string, subject: string) => isFound(compileRegex(pattern), subject);

export const regexes = [
  define(
    'regex',
    'function',
    [
      param('pattern', text),
      optional('ignoreCase', flag, false),
      optional('multiLine', flag, false),
      optional('dotAll', flag, false),
    ],
    (_, pattern, ignoreCase, multiline, dotAll) => new Regex(pattern, ignoreCase, multiline, dotAll),
  ),
  define('isRegex', 'function', [param('value', any)], (_, value) => value instanceof Regex),
  define('escapeRegex', 'function', [param('string', text)], (_, string) => escaped(string)),
  define('matches', 'method', [param('regexp', regex), param('string', text)], (_, { program }, string) =>
    isFound(program, string),
  ),
  define('matches', 'method', [param('string', text), param('regexp', text)], (_, string, pattern) =>
    inText(pattern, string),
  ),
  define('#operator_=~', 'function', [param('string', text), param('regexp', regex)], (_, string, { program }) =>
    isFound(program, string),
  ),
  define('#operator_=~', 'function', [param('string', text), param('pattern', text)], (_, string, pattern) =>
    inText(pattern, string),
  ),
  define(
    '#operator_!~',
    'function',
    [param('string', text), param('regexp', regex)],
    (_, string, { program }) => !isFound(program, string),
  ),
  define(
    '#operator_!~',
    'function',
    [param('string', text), param('pattern', text)],
    (_, string, pattern) => !inText(pattern, string),
  ),
  define(
    'search',
    'method',
    [param('regexp', regex), param('string', text), optional('selector', contextLambda, undefined)],
    (context, { program }, string, selector) => {
      spend(program.cost(string));
      const match = program.search(string);
      return match ? selected(match, program, context, selector) : null;
    },
  ),
  define(
    'searchAll',
    'method',
    [param('regexp', regex), param('string', text), optional('selector', contextLambda, undefined)],
    (context, { program }, string, selector) =>
      lazy(function* () {
        spend(program.cost(string));
        for (const match of program.matches(string)) yield selected(match, program, context, selector);
      }),
  ),
  ...['split'].flatMap((name) => [
    define(
      name,
      'method',
      [param('regexp', regex), param('string', text), optional('maxSplit', index, 0)],
      (_, one, string, most) => splitAt(one, string, most),
    ),
    define(
      name,
      'method',
      [param('string', text), param('regexp', regex), optional('maxSplit', index, 0)],
      (_, string, one, most) => splitAt(one, string, most),
    ),
  ]),
  define(
    'replace',
    'method',
    [param('regexp', regex), param('string', text), param('repl', text), optional('count', index, 0)],
    (_, one, string, replacement, count) => replaced(one, string, replacement, count),
  ),
  define(
    'replace',
    'method',
    [param('string', text), param('regexp', regex), param('repl', text), optional('count', index, 0)],
    (_, string, one, replacement, count) => replaced(one, string, replacement, count),
  ),
  define(
    'replaceBy',
    'method',
    [param('regexp', regex), param('string', text), param('repl', contextLambda), optional('count', index, 0)],
    (context, one, string, run, count) => replaced(one, string, replacer(one.program, context, run), count),
  ),
  define(
    'replaceBy',
    'method',
    [param('string', text), param('regexp', regex), param('repl', contextLambda), optional('count', index, 0)],
    (context, string, one, run, count) => replaced(one, string, replacer(one.program, context, run), count),
  ),
];

/** What a selector makes of a match, or all of its text. */
function selected(match: Match, program: Program, context: Context, selector: Selector | undefined): Value {
  return selector ? selector(published(match, program, context)) : (match.group() ?? null);
}

/** `$` and `$1` are the whole match, `$2` the first group: dicts with value, start and end. */
function published(match: Match, program: Program, context: Context): Context {
  const child = context.child();
  for (let group = 0; group <= program.groups; group++) {
    const [start, end] = match.span(group);
    const entries: [string, Value][] = [
      ['value', match.group(group) ?? null],
      ['start', start],
      ['end', end],
    ];
    child.set(`$${group + 1}`, new Dict(entries));
  }
  // The reference stumbles over named groups: it takes their texts for pairs.
  for (const value of match.named().values()) throw named(value);
  return child;
}

function named(value: string | undefined) {
  if (value === undefined) return typeFault('cannot unpack non-iterable NoneType object');
  const { length } = [...value];
  if (length === 2) return undefinedFault('IndexError', 'no such group');
  return valueFault(
    length > 2 ? 'too many values to unpack (expected 2)' : `not enough values to unpack (expected 2, got ${length})`,
  );
}

/** A negative count means not at all, 0 everywhere. */
function splitAt({ program }: Regex, string: string, most: number): Value {
  spend(program.cost(string));
  return new PyList(most < 0 ? [string] : program.split(string, most).map((part) => part ?? null));
}

function replaced(
  { program }: Regex,
  string: string,
  replacement: string | ((match: Match) => string),
  count: number,
): string {
  spend(program.cost(string));
  return count < 0 ? string : program.sub(replacement, string, count);
}

const replacer =
  (program: Program, context: Context, run: Selector) =>
  (match: Match): string => {
    const value = run(published(match, program, context));
    if (typeof value === 'string' || value === null) return value ?? '';
    throw typeFault(`sequence item 0: expected str instance, ${typeName(value)} found`);
  };

/** Python's re.escape(). */
const escaped = (string: string) => string.replaceAll(/[\t-\r #$&()*+\-.?[\\\]^{|}~]/g, (c) => `\\${c}`);
