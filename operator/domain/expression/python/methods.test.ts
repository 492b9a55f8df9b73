// operator/domain/expression/python/methods.test.ts — methods of the built-in types, against what Python answers.
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS, evaluating, type Limits } from '../evaluation.ts';
import { callOf } from '../functions/call.ts';
import { Bytes, PySet, Tuple } from './collections.ts';
import { Dict } from './dict.ts';
import { attributeOf, methodNames, methodOf, MUTATING } from './methods.ts';
import { float } from './numbers.ts';
import { shown } from './shown.setup.ts';
import type { Value } from './values.ts';

const called = (self: Value, name: string, ...args: Value[]): Value => {
  const method = methodOf(self, name);
  if (!method) throw new Error(`no method ${name}`);
  return method(self, callOf(...args));
};

test.each<[Value, string, Value[], string]>([
  ['straße', 'upper', [], "'STRASSE'"],
  ['ΟΔΥΣΣΕΥΣ ΑΣ', 'lower', [], "'οδυσσευς ας'"],
  ["it's a ﬁne ǆ ΑΣ", 'title', [], '"It\'S A Fine ǅ Ας"'],
  ['ßa ΣΣ', 'capitalize', [], "'Ssa σς'"],
  ['aBßΣ', 'swapcase', [], "'AbSSς'"],
  ['Straße ΣΑΣ ẞ', 'casefold', [], "'strasse σασ ss'"],
  ['x²', 'isalnum', [], 'True'],
  ['²', 'isdigit', [], 'True'],
  ['²', 'isdecimal', [], 'False'],
  ['½', 'isnumeric', [], 'True'],
  ['٣', 'isdecimal', [], 'True'],
  ['\u00a0\x1c', 'isspace', [], 'True'],
  ['A1', 'isupper', [], 'True'],
  ['Ab Cd', 'istitle', [], 'True'],
  ['AB', 'istitle', [], 'False'],
  ['é1', 'isidentifier', [], 'True'],
  ['\u00a0', 'isprintable', [], 'False'],
  ['', 'isalpha', [], 'False'],
  ['', 'isascii', [], 'True'],
  ['😀a😀b', 'find', ['b'], '3'],
  ['😀a😀b', 'rfind', ['😀'], '2'],
  ['abcabc', 'find', ['c', -3], '5'],
  ['abc', 'find', ['', 3], '3'],
  ['abc', 'find', ['', 4], '-1'],
  ['abc', 'index', ['z'], 'ValueError: substring not found'],
  ['aaaa', 'count', ['aa'], '2'],
  ['😀b', 'count', [''], '3'],
  ['abc', 'count', [1], 'TypeError: must be str, not int'],
  ['\x1c\u00a0x\u2028', 'strip', [], "'x'"],
  ['xxabcxx', 'lstrip', ['xa'], "'bcxx'"],
  ['😀a😀', 'rstrip', ['😀'], "'😀a'"],
  ['abc', 'strip', [1], 'TypeError: strip arg must be None or str'],
  [' a  b c ', 'split', [], "['a', 'b', 'c']"],
  [' a  b c ', 'split', [null, 1], "['a', 'b c ']"],
  [' a  b c ', 'rsplit', [null, 1], "[' a  b', 'c']"],
  ['a,b,,c', 'split', [',', 2], "['a', 'b', ',c']"],
  ['a,b,,c', 'rsplit', [',', 1], "['a,b,', 'c']"],
  ['a', 'split', [''], 'ValueError: empty separator'],
  ['a', 'split', [1], 'TypeError: must be str or None, not int'],
  ['', 'split', [','], "['']"],
  ['', 'split', [], '[]'],
  ['a,b', 'split', [',', 'x'], "TypeError: 'str' object cannot be interpreted as an integer"],
  ['a\r\nb\x1cc\u2028d\n', 'splitlines', [], "['a', 'b', 'c', 'd']"],
  ['a\r\nb\n', 'splitlines', [true], "['a\\r\\n', 'b\\n']"],
  ['a=b=c', 'partition', ['='], "('a', '=', 'b=c')"],
  ['a=b=c', 'rpartition', ['='], "('a=b', '=', 'c')"],
  ['abc', 'rpartition', ['x'], "('', '', 'abc')"],
  ['abc', 'startswith', [new Tuple(['x', 'ab'])], 'True'],
  ['abc', 'startswith', ['b', 1], 'True'],
  ['abc', 'endswith', ['', 5], 'False'],
  ['abc', 'startswith', [1], 'TypeError: startswith first arg must be str or a tuple of str, not int'],
  ['abc', 'endswith', [new Tuple(['a', 1])], 'TypeError: tuple for endswith must only contain str, not int'],
  ['ab', 'center', [5, '*'], "'**ab*'"],
  ['abc', 'center', [6], "' abc  '"],
  ['a', 'rjust', [3, 'xy'], 'TypeError: The fill character must be exactly one character long'],
  ['-5', 'zfill', [4], "'-005'"],
  ['a\tbc\td', 'expandtabs', [4], "'a   bc  d'"],
  ['aXbX', 'replace', ['X', '-', 1], "'a-bX'"],
  ['ab', 'replace', ['', '-'], "'-a-b-'"],
  ['😀b', 'replace', ['', '-', 2], "'-😀-b'"],
  ['a', 'replace', ['a'], 'TypeError: replace expected at least 2 arguments, got 1'],
  ['-', 'join', [['a', 'b']], "'a-b'"],
  ['-', 'join', [['a', 1]], 'TypeError: sequence item 1: expected str instance, int found'],
  ['-', 'join', [5], 'TypeError: can only join an iterable'],
  ['-', 'join', [{ x: 1, y: 2 }], "'x-y'"],
  ['unhappy', 'removeprefix', ['un'], "'happy'"],
  ['a.py', 'removesuffix', ['.py'], "'a'"],
  ['é', 'encode', [], "b'\\xc3\\xa9'"],
  [
    'éé',
    'encode',
    ['ascii'],
    "UnicodeEncodeError: 'ascii' codec can't encode characters in position 0-1: ordinal not in range(128)",
  ],
  ['é', 'encode', ['utf-16-le'], "b'\\xe9\\x00'"],
  ['é', 'encode', ['ascii', 'xmlcharrefreplace'], "b'&#233;'"],
  ['a', 'encode', ['nope'], 'LookupError: unknown encoding: nope'],
  ['abc', 'upper', [1], 'TypeError: str.upper() takes no arguments (1 given)'],
  ['abc', 'find', [], 'TypeError: find() takes at least 1 argument (0 given)'],
  ['abc', 'zfill', [], 'TypeError: str.zfill() takes exactly one argument (0 given)'],
  ['abc', 'center', ['x'], "TypeError: 'str' object cannot be interpreted as an integer"],
  [[1, 2], 'pop', [], '2'],
  [[], 'pop', [], 'IndexError: pop from empty list'],
  [[1], 'pop', [5], 'IndexError: pop index out of range'],
  [[1, 2], 'index', [3], 'ValueError: 3 is not in list'],
  [[1, 2, 1], 'count', [1], '2'],
  [[1], 'remove', [2], 'ValueError: list.remove(x): x not in list'],
  [{ a: 1 }, 'get', ['a'], '1'],
  [{ a: 1 }, 'get', ['b', 5], '5'],
  [{ a: 1 }, 'keys', [], "dict_keys(['a'])"],
  [{ a: 1 }, 'items', [], "dict_items([('a', 1)])"],
  [{ a: 1 }, 'values', [], 'dict_values([1])'],
  [{ a: 1 }, 'pop', ['b'], "KeyError: 'b'"],
  [{ a: 1 }, 'fromkeys', ['xy', 0], "{'x': 0, 'y': 0}"],
  [{ a: 1 }, 'get', [[1]], "TypeError: unhashable type: 'list'"],
  [{}, 'popitem', [], "KeyError: 'popitem(): dictionary is empty'"],
  [{ a: 1 }, 'update', [[1]], 'TypeError: cannot convert dictionary update sequence element #0 to a sequence'],
  [{}, 'update', [[[1]]], 'ValueError: dictionary update sequence element #0 has length 1; 2 is required'],
  [new Tuple([1, 2]), 'index', [3], 'ValueError: tuple.index(x): x not in tuple'],
  [new PySet([1, 2]), 'issubset', [[1, 2, 3]], 'True'],
  [new PySet([1]), 'remove', [2], 'KeyError: 2'],
  [new PySet([1]), 'union', [[2], [3]], '{1, 2, 3}'],
  [255, 'bit_length', [], '8'],
  [true, 'bit_length', [], '1'],
  [5, 'to_bytes', [2, 'big'], "b'\\x00\\x05'"],
  [500, 'to_bytes', [1, 'big'], 'OverflowError: int too big to convert'],
  [float(2.0), 'is_integer', [], 'True'],
  [0.75, 'as_integer_ratio', [], '(3, 4)'],
  [1.5, 'hex', [], "'0x1.8000000000000p+0'"],
])('%j.%s(%j) is what it is in Python', (self, name, args, expected) => {
  expect(shown(() => called(self, name, ...args))).toBe(expected);
});

test.each<[string, () => Value, Value[], string]>([
  ['append', () => [1], [2], '[1, 2]'],
  ['extend', () => [1], ['ab'], "[1, 'a', 'b']"],
  ['insert', () => [1, 2], [-1, 9], '[1, 9, 2]'],
  ['sort', () => [3, 1, 2], [], '[1, 2, 3]'],
  ['reverse', () => [1, 2], [], '[2, 1]'],
  ['clear', () => [1], [], '[]'],
  ['update', () => new Dict([['a', 1]]), [{ b: 2 }], "{'a': 1, 'b': 2}"],
  ['setdefault', () => new Dict(), ['a', 1], "{'a': 1}"],
  ['add', () => new PySet([1]), [2], '{1, 2}'],
  ['discard', () => new PySet([1, 2]), [1], '{2}'],
])('%s changes its value in place, and is known to', (name, make, args, expected) => {
  const self = make();
  evaluating({ nowMs: 0, seed: 1 }, () => called(self, name, ...args));
  expect(shown(() => self)).toBe(expected);
  expect(MUTATING.has(name)).toBe(true);
});

test('keys that look like parts of JavaScript are keys like any other', () => {
  expect(methodOf({}, 'constructor')).toBeUndefined();
  expect(methodOf([], '__proto__')).toBeUndefined();
  expect(shown(() => called({}, 'get', 'constructor'))).toBe('None');
  const json: Value = {};
  evaluating({ nowMs: 0, seed: 1 }, () => called(json, 'update', new Dict([['__proto__', 1]])));
  expect(Object.keys(json)).toEqual(['__proto__']);
});

test('views show the dict as it is when they are looked at, and combine as sets', () => {
  const dict = new Dict([['a', 1]]);
  const keys = called(dict, 'keys');
  dict.set('b', 2);
  expect(shown(() => keys)).toBe("dict_keys(['a', 'b'])");
});

test('attributes of numbers, and methods that are not called yet', () => {
  expect(attributeOf(5, 'denominator')).toBe(1);
  expect(attributeOf(1.5, 'numerator')).toBeUndefined();
  expect(shown(() => attributeOf(2.5, 'imag') ?? null)).toBe('0.0');
  expect(shown(() => attributeOf('a', 'upper') ?? null)).toBe('<built-in method upper of str object>');
  expect([...methodNames('')]).toContain('casefold');
});

test('bytes have the methods of text, on ASCII', () => {
  const bytes = new Bytes(Uint8Array.from([0x41, 0x20, 0xe9]));
  expect(shown(() => called(bytes, 'lower'))).toBe("b'a \\xe9'");
  expect(shown(() => called(bytes, 'split'))).toBe("[b'A', b'\\xe9']");
  expect(shown(() => called(bytes, 'decode'))).toBe(
    "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9 in position 2: unexpected end of data",
  );
});

const small: Limits = { ...DEFAULT_LIMITS, characters: 1000, items: 100 };
test.each<[Value, string, Value[]]>([
  ['a', 'center', [10 ** 9]],
  ['a', 'zfill', [10 ** 9]],
  ['\t', 'expandtabs', [10 ** 9]],
  ['a'.repeat(500), 'replace', ['a', 'bbb']],
  ['a'.repeat(500), 'replace', ['', 'b']],
  ['a'.repeat(500), 'join', [['b', 'c', 'd', 'e']]],
  ['a'.repeat(500), 'translate', [new Dict([[97, 'bbb']])]],
  [' a'.repeat(200), 'split', []],
  [',a'.repeat(200), 'split', [',']],
  ['\n'.repeat(200), 'splitlines', []],
  [1, 'to_bytes', [10 ** 9]],
])('%#: what a method would build is refused before it is', (self, name, args) => {
  expect(shown(() => called(self, name, ...args), small)).toMatch(/^BudgetExceeded/);
});

test('a long list costs its length to append to', () => {
  const append = (limits: Limits) =>
    shown(() => {
      const list: Value[] = [];
      for (let i = 0; i < 2000; i++) called(list, 'append', i);
      return list.length;
    }, limits);
  expect(append({ ...DEFAULT_LIMITS, steps: 10_000 })).toBe('2000');
  expect(append({ ...DEFAULT_LIMITS, items: 1000 })).toMatch(/^BudgetExceeded/);
});
