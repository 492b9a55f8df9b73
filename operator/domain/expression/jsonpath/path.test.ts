// operator/domain/expression/jsonpath/path.test.ts — the dialect's corners: what binds how, what is found in which order, what raises.
import { expect, test } from 'vitest';
import { evaluating } from '../evaluation.ts';
import type { Value } from '../python/values.ts';
import { compilePath, query } from './path.ts';

const DATA: Value = { a: { b: [{ c: 1, d: 2 }, { c: 3 }] }, b: 'text', 'x-y': null, n: 5 };
const run = <T>(work: () => T): T => evaluating({ nowMs: 0, seed: 0 }, work);
const find = (path: string, data: Value = DATA): Value[] => run(() => query(path, data));
const fault = (path: string, data: Value = DATA) => {
  try {
    return { found: find(path, data) };
  } catch (error) {
    const { type, message, place } = error as { type: string; message: string; place?: { column: number } };
    return [type, message, place?.column];
  }
};

test.each<[string, Value[]]>([
  ['a.b[*].c', [1, 3]],
  ['$.a.b[0]["c"]', [1]],
  ['a.b[-1].c', [3]],
  ['a.b[9].c', []],
  ['$..c', [1, 3]],
  ['a.b[*].(d|c)', [2, 1, 3]],
  ['a.b[0].c,d', [1, 2]],
  ["['b', 'n']", ['text', 5]],
  ['n[*]', [5]],
  ['b[0]', ['t']],
  ['b[1:]', []],
  ['a.b[:1].c', [1]],
  ['"x-y"', [null]],
  ['x-y', [null]],
  ['a.b[*] where d', [{ c: 1, d: 2 }]],
  ['a.b[0].c.`parent`.`parent`[1].c', [3]],
  ['a.`this`.b[1]', [{ c: 3 }]],
  ['a.$.n', [5]],
  ['nope', []],
])('%s → %j', (path, expected) => {
  expect(find(path)).toEqual(expected);
});

test('the union binds tighter than the dot, and brackets belong to all that stands before them', () => {
  expect(find('a.b|c.d', { a: { b: { d: 1 }, c: { d: 2 } } })).toEqual([1, 2]);
  expect(find('a|b[0]', { a: [1], b: [2] })).toEqual([1, 2]);
});

test.each<[string, unknown[]]>([
  ['a.', ['AttributeError', "'NoneType' object has no attribute 'lineno'", 3]],
  ['a[::2]', ['Exception', 'Parse error at 1:3 near token : (:)', 4]],
  ['a.`nope`', ['Exception', 'Unknown named operator `nope` at 1:7', 8]],
  ['a.#', ['JsonPathLexerError', 'Error on line 1, col 2: Unexpected character: # ', 3]],
  ["a.'b", ['JsonPathLexerError', 'Unexpected EOF in string literal or identifier', 5]],
  ['n[0]', ['TypeError', "object of type 'int' has no len()", undefined]],
  ['a[0]', ['KeyError', '0', undefined]],
  ['a.b[-9]', ['IndexError', 'list index out of range', undefined]],
  ['`parent`', ['AttributeError', "'NoneType' object has no attribute 'value'", undefined]],
])('%s raises', (path, expected) => {
  expect(fault(path)).toEqual(expected);
});

test('names of the host language are fields like any other', () => {
  const hostile = JSON.parse('{"__proto__": 1, "constructor": 2}') as Value;
  expect(find('__proto__,constructor,toString', hostile)).toEqual([1, 2]);
});

test('nesting and multiplying are limited', () => {
  expect(fault(`${'('.repeat(200)}a${')'.repeat(200)}`)).toEqual(['BudgetExceeded', expect.any(String), undefined]);
  let deep: Value = 1;
  for (let i = 0; i < 200; i++) deep = [deep];
  expect(fault('$..x', deep)).toEqual(['BudgetExceeded', expect.any(String), undefined]);
  const wide: Value = Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => [1]));
  expect(fault('$..[*]..[*]..[*]..[*]..[*]', wide)).toEqual(['BudgetExceeded', expect.any(String), undefined]);
});

test('a path is compiled once', () => {
  expect(run(() => compilePath('a.b[0]'))).toBe(run(() => compilePath('a.b[0]')));
  expect(run(() => compilePath('a.b[0].c').first(DATA))).toBe(1);
});
