// e2e/conformance/properties/yaql-source.ts — random YAQL, whole or broken.
import fc, { type Arbitrary } from 'fast-check';
import { hostile, list, mauled, name, number, pick, recorded, row, string, word } from './pieces.ts';

const operator = word('+ - * / mod = != < <= > >= in and or =~ !~ -> . ?.');
const called = word(
  'len select where selectMany orderBy groupBy toList toDict toSet distinct first last sum min max any all limit skip ' +
    'takeWhile zip join repeat cycle reverse slice aggregate accumulate keys values items get set insert delete replace split ' +
    'trim toUpper substring range sequence generate list dict set str int float bool regex switch coalesce let with def f ' +
    'format isString union datetime timespan now ctx',
);
const atom = word('$ $a $name $items $user $nested $1 $2 true null a name [] {} sequence()');
const lambda = pick('$', '$ > 1', '$ + 1', '$1 + $2', '[$, $]');

const expression = fc.letrec<{ value: string; args: string }>((tie) => {
  const [value, args] = [tie('value'), tie('args')];
  return {
    value: fc.oneof(
      { maxDepth: 5, depthIdentifier: 'yaql' },
      number,
      string,
      atom,
      row(value, ' ', operator, ' ', value),
      row('(', value, ')'),
      row('[', list(value), ']'),
      row('{', list(row(value, ' => ', value)), '}'),
      row(value, '.', called, '(', args, ')'),
      row(called, '(', args, ')'),
      row(value, '.', name),
      row(value, '[', value, ']'),
      row(pick('not ', '-', '+'), value),
    ),
    args: list(fc.oneof(value, row(name, ' => ', value), lambda)),
  };
}).value;

const WORDS = '$ ( ) [ ] { } => -> . ?. , \' " ` \\ and not __ ٣ \u0000 \ud83d'.split(' ');

export const yaqlSource: Arbitrary<string> = fc.oneof(
  expression,
  mauled([...recorded('yaql', 'expr'), ...hostile('yaql')], [...WORDS, '\n', ' and ', ' not ']),
);
