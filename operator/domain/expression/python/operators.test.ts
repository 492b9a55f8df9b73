// operator/domain/expression/python/operators.test.ts — operators, subscripts and what walks values, against what Python answers.
import { expect, test } from 'vitest';
import { PySet, Tuple } from './collections.ts';
import { DictView } from './dict-view.ts';
import { emptySequence, iterate, length, maximum, minimum, sorted, sum, toList } from './iterate.ts';
import { float } from './numbers.ts';
import { absolute, binary, unary } from './operators.ts';
import { repr } from './repr.ts';
import { shown } from './shown.setup.ts';
import { index, slice } from './subscript.ts';
import { type Operator, PyObject, type Value } from './values.ts';

test.each<[Value, Operator, Value, string]>([
  [7, '/', 2, '3.5'],
  [4, '/', 2, '2.0'],
  [-7, '//', 2, '-4'],
  [-7, '%', 3, '2'],
  [7.5, '//', -2, '-4.0'],
  [-7.5, '%', 2, '0.5'],
  [2, '**', -1, '0.5'],
  [2, '**', 100, '1267650600228229401496703205376'],
  [9007199254740993n, '/', 3, '3002399751580331.0'],
  ['a', '*', 3, "'aaa'"],
  [2, '*', [1, 2], '[1, 2, 1, 2]'],
  [[1], '+', [2], '[1, 2]'],
  [new Tuple([1]), '+', new Tuple([2]), '(1, 2)'],
  [new PySet([1, 2]), '-', new PySet([2]), '{1}'],
  [new PySet([1]), '|', new PySet([2]), '{1, 2}'],
  [6, '&', 3, '2'],
  [true, '|', false, 'True'],
  [true, '+', true, '2'],
  [{ a: 1 }, '|', { a: 2, b: 3 }, "{'a': 2, 'b': 3}"],
  ['%s!', '%', 'a', "'a!'"],
  [1, '+', 'a', "TypeError: unsupported operand type(s) for +: 'int' and 'str'"],
  ['a', '+', 1, 'TypeError: can only concatenate str (not "int") to str'],
  [[1], '+', 'a', 'TypeError: can only concatenate list (not "str") to list'],
  ['a', '*', 1.5, "TypeError: can't multiply sequence by non-int of type 'float'"],
  ['a', '-', 'b', "TypeError: unsupported operand type(s) for -: 'str' and 'str'"],
  ['a', '**', 2, "TypeError: unsupported operand type(s) for ** or pow(): 'str' and 'int'"],
  [1, '/', 0, 'ZeroDivisionError: division by zero'],
  [float(1.0), '/', 0, 'ZeroDivisionError: float division by zero'],
  [1, '%', 0, 'ZeroDivisionError: integer modulo by zero'],
  [1, '//', 0, 'ZeroDivisionError: integer division or modulo by zero'],
  [1.5, '|', 1, "TypeError: unsupported operand type(s) for |: 'float' and 'int'"],
  [null, '+', 1, "TypeError: unsupported operand type(s) for +: 'NoneType' and 'int'"],
  [{ a: 1 }, '+', { b: 1 }, "TypeError: unsupported operand type(s) for +: 'dict' and 'dict'"],
  [0, '**', -1, 'ZeroDivisionError: 0.0 cannot be raised to a negative power'],
  [9007199254740993n, '/', 7, '1286742750677284.8'],
  [10n ** 400n, '*', 1.5, 'OverflowError: int too large to convert to float'],
  [-195.5, '//', -17358375854.5, '0.0'],
])('%s %s %s is what it is in Python', (a, sign, b, expected) => {
  expect(shown(() => binary(sign, a, b))).toBe(expected);
});

test('unary operators and abs()', () => {
  expect(shown(() => unary('-', true))).toBe('-1');
  expect(shown(() => unary('-', float(0)))).toBe('-0.0');
  expect(shown(() => absolute(-(10n ** 20n)))).toBe('100000000000000000000');
  expect(shown(() => unary('-', 'a'))).toBe("TypeError: bad operand type for unary -: 'str'");
  expect(shown(() => absolute(null))).toBe("TypeError: bad operand type for abs(): 'NoneType'");
});

test('keys and items of a dict combine with anything iterable', () => {
  const keys = new DictView({ a: 1, b: 2 }, 'keys');
  expect(shown(() => binary('&', keys, ['b', 'c']))).toBe("{'b'}");
  expect(shown(() => binary('-', ['b', 'c'], keys))).toBe("{'c'}");
  expect(shown(() => binary('|', keys, 5))).toBe("TypeError: 'int' object is not iterable");
});

test('an object of an engine answers for its operators on either side', () => {
  class Answer extends PyObject {
    readonly typeName = 'answer';
    repr(): string {
      return '<answer>';
    }
    override operate(sign: Operator, other: Value, mirrored: boolean): Value {
      return mirrored ? `${repr(other)} ${sign} me` : `me ${sign} ${repr(other)}`;
    }
  }
  expect(shown(() => binary('+', new Answer(), 1))).toBe("'me + 1'");
  expect(shown(() => binary('*', 'a', new Answer()))).toBe('"\'a\' * me"');
});

test.each<[Value, Value, string]>([
  [[1, 2, 3], -1, '3'],
  ['😀b', 1, "'b'"],
  [new Tuple([1, 2]), true, '2'],
  [{ a: 1 }, 'a', '1'],
  [[1], 1, 'IndexError: list index out of range'],
  ['a', 5, 'IndexError: string index out of range'],
  [{ a: 1 }, 'b', "KeyError: 'b'"],
  [{ a: 1 }, [1], "TypeError: unhashable type: 'list'"],
  [[1], 'a', 'TypeError: list indices must be integers or slices, not str'],
  ['a', 'b', "TypeError: string indices must be integers, not 'str'"],
  [5, 0, "TypeError: 'int' object is not subscriptable"],
  [null, 'a', "TypeError: 'NoneType' object is not subscriptable"],
  [[1], 100000000000000000000n, "IndexError: cannot fit 'int' into an index-sized integer"],
  [new PySet([1]), 0, "TypeError: 'set' object is not subscriptable"],
])('%s[%s] is what it is in Python', (value, key, expected) => {
  expect(shown(() => index(value, key))).toBe(expected);
});

test.each<[Value, Value, Value, Value, string]>([
  [[1, 2, 3, 4], 1, 3, null, '[2, 3]'],
  [[1, 2, 3, 4], null, null, -2, '[4, 2]'],
  ['😀bc', -2, null, null, "'bc'"],
  ['abc', null, null, -1, "'cba'"],
  [new Tuple([1, 2, 3]), 1, null, null, '(2, 3)'],
  [[1, 2], 5, 1, null, '[]'],
  ['abc', 100000000000000000000n, null, null, "''"],
  [[1], 'a', null, null, 'TypeError: slice indices must be integers or None or have an __index__ method'],
  [[1], null, null, 0, 'ValueError: slice step cannot be zero'],
  [{ a: 1 }, 1, null, null, "TypeError: unhashable type: 'slice'"],
  [5, null, null, null, "TypeError: 'int' object is not subscriptable"],
])('%s[%s:%s:%s] is what it is in Python', (value, start, stop, step, expected) => {
  expect(shown(() => slice(value, start, stop, step))).toBe(expected);
});

test.each<[string, () => Value, string]>([
  ['list of a text', () => toList('a😀'), "['a', '😀']"],
  ['list of a dict', () => toList({ a: 1 }), "['a']"],
  ['list of an int', () => toList(5), "TypeError: 'int' object is not iterable"],
  ['len of a text', () => length('a😀'), '2'],
  ['len of None', () => length(null), "TypeError: object of type 'NoneType' has no len()"],
  ['sorted', () => sorted([3, 1, 2.5, true]), '[1, True, 2.5, 3]'],
  ['sorted by code points', () => sorted(['\uffff', '😀', 'a']), "['a', '\\uffff', '😀']"],
  ['sorted backwards, stable', () => sorted(['bb', 'a', 'cc'], (v) => length(v), true), "['bb', 'cc', 'a']"],
  ['sorted without order', () => sorted([1, 'a']), "TypeError: '<' not supported between instances of 'str' and 'int'"],
  ['sum of lists', () => sum([[1], [2]], []), '[1, 2]'],
  ['sum of texts', () => sum(['a'], ''), "TypeError: sum() can't sum strings [use ''.join(seq) instead]"],
  ['min', () => minimum([2, 1, 3]) ?? null, '1'],
  ['max of equals', () => maximum([1, true], (v) => v) ?? null, '1'],
])('%s is what it is in Python', (_, run, expected) => {
  expect(shown(run)).toBe(expected);
});

test('min and max of nothing are for the caller to judge', () => {
  expect(minimum([])).toBeUndefined();
  expect(emptySequence('min').message).toBe('min() arg is an empty sequence');
  expect([...iterate(new PySet([1]))]).toEqual([1]);
});

function* endless(): Generator<Value> {
  for (let i = 0; ; i++) yield i;
}
class Endless extends PyObject {
  readonly typeName = 'endless';
  repr(): string {
    return '…';
  }
  override iterate(): Iterable<Value> {
    return endless();
  }
}

test.each<[string, () => Value]>([
  ['a repeated text', () => binary('*', 'a', 10 ** 9)],
  ['a repeated list', () => binary('*', 10 ** 9, [1])],
  ['a text repeated without end', () => binary('*', 'a', 10n ** 30n)],
  ['a power', () => binary('**', 10, 10 ** 9)],
  ['a list of an endless iterator', () => toList(new Endless())],
  ['an endless sum', () => sum(endless())],
])('%s is refused', (_, run) => {
  expect(shown(run)).toMatch(/^BudgetExceeded/);
});
