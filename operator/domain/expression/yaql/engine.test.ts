// operator/domain/expression/yaql/engine.test.ts — what YAQL expressions give: overloads, laziness, contexts, and the limits.
import { describe, expect, test } from 'vitest';
import { evaluating } from '../evaluation.ts';
import { ExpressionFault } from '../fault.ts';
import { dictEntries, isDict } from '../python/dict.ts';
import { PySet } from '../python/collections.ts';
import { Float, isList, type Plain, type Value } from '../python/values.ts';
import { str } from '../python/repr.ts';
import { evaluateYaql } from './engine.ts';

const data: Plain = {
  users: [
    { name: 'bob', age: 30 },
    { name: 'al', age: 25 },
  ],
  d: { a: 1, n: null },
  s: 'hello',
};

const run = (source: string, input: Value = data): Value =>
  evaluating({ nowMs: 1_700_000_000_000, seed: 7 }, () =>
    evaluateYaql(source, { data: input, scope: { context: {} } }),
  );

/** Sets as `{set: […]}`, floats as `2.0`. */
function plain(value: Value): unknown {
  if (value instanceof PySet) return { set: [...value.values()].map(plain) };
  if (value instanceof Float) return value.repr();
  if (isList(value)) return value.map(plain);
  return isDict(value) ? Object.fromEntries(dictEntries(value).map(([key, one]) => [str(key), plain(one)])) : value;
}

const fault = (source: string): ExpressionFault => {
  try {
    run(source);
  } catch (error) {
    if (error instanceof ExpressionFault) return error;
    throw error;
  }
  throw new Error(`${source} gave a value`);
};

test.each<[string, unknown]>([
  ['$.users.name', ['bob', 'al']],
  ['$.users.where($.age > 26).select($.name)', ['bob']],
  ['$.users.orderBy($.age).select($.name)', ['al', 'bob']],
  [
    '$.users.groupBy($.age > 26, $.name)',
    [
      [true, ['bob']],
      [false, ['al']],
    ],
  ],
  ['7 / 2', 3],
  ['-7 / 2', -4],
  ['7.0 / 2', 3.5],
  ['2 * 1.5', '3.0'],
  ['1 = true', true],
  ['null < 1 and null <= null', true],
  ["'ab' * 2 + 'c'", 'ababc'],
  ['[1, 2] + [3]', [1, 2, 3]],
  ['{a => 1} + {b => 2}', { a: 1, b: 2 }],
  ['set(1, true, 2)', { set: [1, 2] }],
  ['$.d.keys().len()', 2],
  ['$.d.get(n, 5)', null],
  ['$.d.get(zz, 5)', 5],
  ['$.d?.n?.x', null],
  ['str([1, null, true])', '(1, None, True)'],
  ["str('a b'.split(' '))", "['a', 'b']"],
  ["'a b'.split(' ') = [a, b]", false],
  ['len_([1])', 1],
  ["'a,b,c'.rightSplit(maxSplits => 1, separator => ',')", ['a,b', 'c']],
  ["'é😀x'.substring(1, 1)", '😀'],
  ['round(2.5)', '2.0'],
  ['int(null)', 0],
  ['pow(3, -1, 7)', 5],
  ["regex('(a)(b)').search('xab', [$2.value, $3.start])", ['a', 2]],
  ["regex(`\\d`).replaceBy('a1b2', $.value + '!')", 'a1!b2!'],
  [
    '[[a, 1], [b, 2]].groupBy($[0], $[1], $.sum())',
    [
      ['a', 1],
      ['b', 2],
    ],
  ],
  ['{a => [1], b => {c => 1}}.mergeWith({a => [1, 2], b => {d => 2}})', { a: [1, 2], b: { c: 1, d: 2 } }],
  ["datetime('2021-03-04T05:06:07+02:00').utc.hour", 3],
  ['timespan(hours => 36).days', 1.5],
  ['(datetime(2020, 3, 1) - datetime(2020, 2, 28)).days', '2.0'],
  ['now().year', 2023],
])('%s gives %j', (source, value) => {
  expect(plain(run(source))).toEqual(value);
});

describe('contexts and functions of one’s own', () => {
  test.each<[string, unknown]>([
    ['let(1, x => 2) -> $ + $x', 3],
    ['[1, 2].unpack(a, b) -> $b', 2],
    ['def(fact, switch($ = 0 => 1, true => $ * fact($ - 1))) -> fact(5)', 120],
    ['def(my_sum, $1 + $2) -> mySum(1, 2)', 3],
    ['def(len, 42) -> [len([1]), [1].len()]', [42, 1]],
    ["def('#operator_+', 7) -> [1 + 2, [1, 1].sum()]", [7, 7]],
    ['call(len, [], {}, [1, 2])', 2],
  ])('%s gives %j', (source, value) => {
    expect(plain(run(source))).toEqual(value);
  });
});

describe('laziness', () => {
  test.each<[string, unknown]>([
    ['switch(false => 1/0, true => 2)', 2],
    ['coalesce(1, 1/0)', 1],
    ['sequence().where($ mod 2 = 1).limit(2)', [1, 3]],
    ['let(x => range(5)) -> [$x.first(), $x.first(), $x.toList()]', [0, 1, [2, 3, 4]]],
    ['let(x => range(3).memorize()) -> [$x.sum(), $x.sum()]', [3, 3]],
    ['[1].orderBy($.nosuch)', [1]],
  ])('%s gives %j', (source, value) => {
    expect(plain(run(source))).toEqual(value);
  });
  test('an iterator that was read is empty', () => {
    expect(fault('let(x => range(3)) -> [$x.sum(), $x.sum()]').type).toBe('TypeError');
  });
});

test.each([
  ['foo(1)', 'resolution', 'NoFunctionRegisteredException', 'Unknown function "foo"'],
  ['coalesc(1)', 'resolution', 'NoFunctionRegisteredException', 'Unknown function "coalesc". Did you mean "coalesce"?'],
  [
    '[1].lenn()',
    'resolution',
    'NoMethodRegisteredException',
    'Unknown method "lenn" for receiver (1,). Did you mean "len"?',
  ],
  ['toUpper(a)', 'resolution', 'NoFunctionRegisteredException', 'Unknown function "toUpper"'],
  ['true + 1', 'resolution', 'NoMatchingFunctionException', 'No function "#operator_+" matches supplied arguments'],
  [
    '5.contains(1/0)',
    'resolution',
    'NoMatchingMethodException',
    'No method "contains" for receiver 5 matches supplied arguments',
  ],
  ['concat()', 'resolution', 'AmbiguousFunctionException', 'Ambiguous function "concat"'],
  ["let('a' => 1)", 'resolution', 'MappingTranslationException', 'Cannot convert mapping to keyword argument'],
  ['$.userz', 'undefined', 'KeyError', '\'userz\'. Did you mean "users"?'],
  ['[1][3]', 'undefined', 'IndexError', 'tuple index out of range'],
  ['[].first()', 'empty', 'StopIteration', ''],
  ['1 / 0', 'arithmetic', 'ZeroDivisionError', 'integer division or modulo by zero'],
  ['$.users.toSet()', 'type', 'TypeError', "unhashable type: 'dict'"],
  ["1.assert($ > 1, 'too small')", 'assertion', 'AssertionError', 'too small'],
  ["regex('[')", 'value', 'error', 'unterminated character set at position 0'],
])('%s fails as the reference does', (source, kind, type, message) => {
  expect(fault(source)).toMatchObject({ kind, type, message });
});

test('a fault tells the place of the innermost call', () => {
  expect(fault('[1, 2].select(\n  $ + nosuch(1))').place).toEqual({ line: 2, column: 7 });
  expect(fault('1 + [2].first().foo').place).toEqual({ line: 1, column: 16 });
});

test.each(
  [
    "'a' * 1000000000",
    '[1] * 1000000000',
    'range(1000000000).len()',
    'sequence().len()',
    '[1].cycle().sum()',
    '1.repeat().toList()',
    'def(f, f($)) -> f(1)',
    'pow(10, 1000000000)',
    'shiftBitsLeft(1, 1000000000000)',
    'generateMany(1, [$, $]).len()',
    "range(30).aggregate($1 + $1, 'aaaaaaaaaa').len()",
    'range(99000).aggregate($1.select($), [1])',
    'range(99000).select(pow(7, 20000)).len()',
    `let(a0 => [1, 1]) -> ${Array.from({ length: 30 }, (_, i) => `let(a${i + 1} => [$a${i}, $a${i}])`).join(' -> ')} -> $a30`,
    `let(a0 => [1, 1]) -> ${Array.from({ length: 30 }, (_, i) => `let(a${i + 1} => [$a${i}, $a${i}])`).join(' -> ')} -> str($a30)`,
  ].map((source) => [source.slice(0, 60), source] as const),
)('%s exceeds the budget', (_, source) => {
  expect(fault(source).kind).toBe('budget');
});

test('names reach no property of the host', () => {
  expect(fault('$.constructor').type).toBe('KeyError');
  expect(fault('$.s.constructor').type).toBe('NoFunctionRegisteredException');
  expect(fault('$.toString()').type).toBe('NoMethodRegisteredException');
  expect(fault("call('constructor', [], {})").type).toBe('NoFunctionRegisteredException');
  expect(run("{'__proto__' => {x => 1}}.get('__proto__')")).toEqual({ x: 1 });
  expect(({} as { x?: number }).x).toBeUndefined();
});

test('a context is shared, not copied, and not changed', () => {
  const input: Plain = Object.freeze({ list: Object.freeze([Object.freeze({ a: 1 })]) });
  expect(run('$.list', input)).toBe(input['list']);
  expect(run('$.list.insert(0, 2).len()', input)).toBe(2);
  expect(run('$.set(b, 1)', input)).toEqual({ list: [{ a: 1 }], b: 1 });
});
