// operator/domain/expression/python/formats.test.ts — format(), str.format(), `%`, int(), float() and round(), against what Python answers.
import { expect, test } from 'vitest';
import { undefinedFault } from '../fault.ts';
import { Tuple } from './collections.ts';
import { format } from './format-spec.ts';
import { float } from './numbers.ts';
import { round, toFloat, toInt } from './parse-number.ts';
import { percentFormat } from './percent-format.ts';
import { shown } from './shown.setup.ts';
import { type FieldAccess, strFormat, strFormatMap } from './str-format.ts';
import { index } from './subscript.ts';
import type { Value } from './values.ts';

const access: FieldAccess = {
  attribute: (_, name) => {
    throw undefinedFault('AttributeError', `no ${name} here`);
  },
  item: index,
};

test.each<[Value, string, string]>([
  [5, '05d', "'00005'"],
  [-5, '=+8', "'-      5'"],
  [5, '^9', "'    5    '"],
  [1234567, ',', "'1,234,567'"],
  [1234567.891, ',.2f', "'1,234,567.89'"],
  [255, '#x', "'0xff'"],
  [255, '#010b', "'0b11111111'"],
  [65, 'c', "'A'"],
  [1234, '010,', "'00,001,234'"],
  [0.5, '%', "'50.000000%'"],
  [float(1e16), '', "'1e+16'"],
  [float(1.0), '.3', "'1.0'"],
  [float(5.0), '.1', "'5e+00'"],
  [2.5, '.0f', "'2'"],
  [0.125, '.2f', "'0.12'"],
  [1e-7, 'g', "'1e-07'"],
  [float(123456789.0), 'g', "'1.23457e+08'"],
  [float(100.0), '#g', "'100.000'"],
  [float(1e300), '.3e', "'1.000e+300'"],
  [-0.4, 'z.0f', "'0'"],
  [true, 'd', "'1'"],
  [true, '', "'True'"],
  ['a', '*^5', "'**a**'"],
  ['abc', '.2', "'ab'"],
  ['a', '05', "'a0000'"],
  ['a', 'd', "ValueError: Unknown format code 'd' for object of type 'str'"],
  ['a', '+', 'ValueError: Sign not allowed in string format specifier'],
  ['a', '=5', "ValueError: '=' alignment not allowed in string format specifier"],
  ['a', ',', "ValueError: Cannot specify ',' with 's'."],
  [5, '.2', 'ValueError: Precision not allowed in integer format specifier'],
  [5, 's', "ValueError: Unknown format code 's' for object of type 'int'"],
  [1.5, 'd', "ValueError: Unknown format code 'd' for object of type 'float'"],
  [5, ',x', "ValueError: Cannot specify ',' with 'x'."],
  [5, '_x', "'5'"],
  [5, '+c', "ValueError: Sign not allowed with integer format specifier 'c'"],
  [null, '5', 'TypeError: unsupported format string passed to NoneType.__format__'],
  [[1], '', "'[1]'"],
  [[1], '5', 'TypeError: unsupported format string passed to list.__format__'],
  [5, ',_', "ValueError: Cannot specify both ',' and '_'."],
  [5, '5.', 'ValueError: Format specifier missing precision'],
  [5, 'd5', "ValueError: Invalid format specifier 'd5' for object of type 'int'"],
  ['😀', 'é>3', "'éé😀'"],
])('format(%j, %j) is what it is in Python', (value, spec, expected) => {
  expect(shown(() => format(value, spec))).toBe(expected);
});

test.each<[string, Value[], Record<string, Value>, string]>([
  ['{} {}', ['a', 1], {}, "'a 1'"],
  ['{1} {0} {x}', ['a', 'b'], { x: 2 }, "'b a 2'"],
  ['{0[k]} {0[k]!r:>5}', [{ k: 'v' }], {}, '"v   \'v\'"'],
  ['{0[1]}', [[1, 2]], {}, "'2'"],
  ['{:{}}', ['a', 4], {}, "'a   '"],
  ['{:>{w}.{p}f}', [3.14159], { w: 8, p: 2 }, "'    3.14'"],
  ['{{}} {!a}', ['é'], {}, '"{} \'\\\\xe9\'"'],
  ['{', [], {}, "ValueError: Single '{' encountered in format string"],
  ['}', [], {}, "ValueError: Single '}' encountered in format string"],
  ['{0} {}', [1, 2], {}, 'ValueError: cannot switch from manual field specification to automatic field numbering'],
  ['{} {0}', [1, 2], {}, 'ValueError: cannot switch from automatic field numbering to manual field specification'],
  ['{}', [], {}, 'IndexError: Replacement index 0 out of range for positional args tuple'],
  ['{x}', [], {}, "KeyError: 'x'"],
  ['{!x}', [1], {}, 'ValueError: Unknown conversion specifier x'],
  ['{0!}', [1], {}, "ValueError: unmatched '{' in format spec"],
  ['{0', [1], {}, "ValueError: expected '}' before end of string"],
  ['{0[}', [1], {}, "ValueError: expected '}' before end of string"],
  ['{0.}', [1], {}, 'ValueError: Empty attribute in format string'],
  ['{0[a]b}', [{ a: 1 }], {}, "ValueError: Only '.' or '[' may follow ']' in format field specifier"],
  ['{:{:{}}}', [1, 2, 3], {}, 'ValueError: Max string recursion exceeded'],
  ['{0:{', [1], {}, "ValueError: unmatched '{' in format spec"],
])('%j.format(%j, %j) is what it is in Python', (text, args, named, expected) => {
  expect(shown(() => strFormat(text, { args, named: new Map(Object.entries(named)) }, access))).toBe(expected);
});

test('attributes go through the sandbox, and format_map takes no positions', () => {
  expect(shown(() => strFormat('{0.x}', { args: [1], named: new Map() }, access))).toBe('AttributeError: no x here');
  expect(shown(() => strFormatMap('{a}{b[0]}', { a: 1, b: [2] }, access))).toBe("'12'");
  expect(shown(() => strFormatMap('{}', {}, access))).toBe('ValueError: Format string contains positional fields');
});

test.each<[string, Value, string]>([
  ['%s and %r', new Tuple(['a', 'b']), '"a and \'b\'"'],
  ['%5.1f|%-5d|%05d|%+d', new Tuple([3.14159, 42, -42, 7]), "'  3.1|42   |-0042|+7'"],
  ['%(a)s %(b)05.1f', { a: 1, b: 2.5 }, "'1 002.5'"],
  ['%x %#X %o %#o', new Tuple([255, 255, 8, 8]), "'ff 0XFF 10 0o10'"],
  ['%c%c', new Tuple([65, 'b']), "'Ab'"],
  ['%e %g %G', new Tuple([12345.678, 1e-5, float(1e20)]), "'1.234568e+04 1e-05 1E+20'"],
  ['%*d %-*d|', new Tuple([5, 42, 5, 42]), "'   42 42   |'"],
  ['%.3s', new Tuple(['abcdef']), "'abc'"],
  ['%.5d', new Tuple([42]), "'00042'"],
  ['%d%%', new Tuple([50]), "'50%'"],
  ['%s', [1, 2], "'[1, 2]'"],
  ['%s', null, "'None'"],
  ['%s %s', new Tuple(['a']), 'TypeError: not enough arguments for format string'],
  ['%s', new Tuple(['a', 'b']), 'TypeError: not all arguments converted during string formatting'],
  ['none', new Tuple(['a']), 'TypeError: not all arguments converted during string formatting'],
  ['none', [1], "'none'"],
  ['%(a)s', 5, 'TypeError: format requires a mapping'],
  ['%(a', { a: 1 }, 'ValueError: incomplete format key'],
  ['%', new Tuple([]), 'ValueError: incomplete format'],
  ['%d', 'a', 'TypeError: %d format: a real number is required, not str'],
  ['%x', 1.5, 'TypeError: %x format: an integer is required, not float'],
  ['%f', 'a', 'TypeError: must be real number, not str'],
  ['%y', new Tuple([1]), "ValueError: unsupported format character 'y' (0x79) at index 1"],
  ['%5%', new Tuple([]), 'TypeError: not enough arguments for format string'],
  ['%*d', new Tuple(['a', 1]), 'TypeError: * wants int'],
  ['%c', 'ab', 'TypeError: %c requires int or char'],
  ['%d', new Tuple([3.99]), "'3'"],
])('%j %% %j is what it is in Python', (text, values, expected) => {
  expect(shown(() => percentFormat(text, values))).toBe(expected);
});

test.each<[[Value, Value?], string]>([
  [['12'], '12'],
  [[' +1_000\n'], '1000'],
  [['٣'], '3'],
  [['0x1f', 16], '31'],
  [['0b101', 0], '5'],
  [['z', 36], '35'],
  [['-0o17', 0], '-15'],
  [[''], "ValueError: invalid literal for int() with base 10: ''"],
  [['1__0'], "ValueError: invalid literal for int() with base 10: '1__0'"],
  [['010', 0], "ValueError: invalid literal for int() with base 0: '010'"],
  [['9', 8], "ValueError: invalid literal for int() with base 8: '9'"],
  [['x'], "ValueError: invalid literal for int() with base 10: 'x'"],
  [[null], "TypeError: int() argument must be a string, a bytes-like object or a real number, not 'NoneType'"],
  [[[]], "TypeError: int() argument must be a string, a bytes-like object or a real number, not 'list'"],
  [[5, 10], "TypeError: int() can't convert non-string with explicit base"],
  [['1', 1], 'ValueError: int() base must be >= 2 and <= 36, or 0'],
  [[2.9], '2'],
  [[-2.9], '-2'],
  [[Number.NaN], 'ValueError: cannot convert float NaN to integer'],
  [[true], '1'],
  [['12345678901234567890'], '12345678901234567890'],
])('int%j is what it is in Python', ([value, base], expected) => {
  expect(shown(() => toInt(value, base))).toBe(expected);
});

test.each<[Value, string]>([
  ['1.5', '1.5'],
  [' 1_0.5e1\n', '105.0'],
  ['.5', '0.5'],
  ['5.', '5.0'],
  ['inf', 'inf'],
  ['-Infinity', '-inf'],
  ['NaN', 'nan'],
  ['٣.٥', '3.5'],
  ['1e', "ValueError: could not convert string to float: '1e'"],
  ['_1', "ValueError: could not convert string to float: '_1'"],
  ['', "ValueError: could not convert string to float: ''"],
  ['abc', "ValueError: could not convert string to float: 'abc'"],
  [null, "TypeError: float() argument must be a string or a real number, not 'NoneType'"],
  [[], "TypeError: float() argument must be a string or a real number, not 'list'"],
  [true, '1.0'],
  [7, '7.0'],
])('float(%j) is what it is in Python', (value, expected) => {
  expect(shown(() => toFloat(value))).toBe(expected);
});

test.each<[[Value, Value?], string]>([
  [[2.5], '2'],
  [[3.5], '4'],
  [[-0.5], '0'],
  [[2.675, 2], '2.67'],
  [[1.005, 2], '1.0'],
  [[0.125, 2], '0.12'],
  [[12345, -2], '12300'],
  [[15, -1], '20'],
  [[25, -1], '20'],
  [[float(1e300), -299], '1e+300'],
  [[1234.5, -2], '1200.0'],
  [[5, 2], '5'],
  [[2.5, 0], '2.0'],
  [[null], "TypeError: type NoneType doesn't define __round__ method"],
  [['a'], "TypeError: type str doesn't define __round__ method"],
  [[1.5, 'x'], "TypeError: 'str' object cannot be interpreted as an integer"],
])('round%j is what it is in Python', ([value, digits], expected) => {
  expect(shown(() => round(value, digits))).toBe(expected);
});

test.each<[string, () => Value]>([
  ['a wide field', () => format('a', '1000000000')],
  ['a wide number', () => format(1, '01000000000d')],
  ['a precise number', () => format(0.5, '.1000000000f')],
  ['a wide %', () => percentFormat('%1000000000d', 1)],
  ['a precise %', () => percentFormat('%.1000000000f', 1)],
  ['a width that is given', () => percentFormat('%*d', new Tuple([10 ** 12, 1]))],
  ['a nested width', () => strFormat('{:{}}', { args: ['a', 10 ** 12], named: new Map() }, access)],
  ['many digits of base 16', () => toInt('f'.repeat(100_000), 16)],
])('%s is refused before it is built', (_, run) => {
  expect(shown(run)).toMatch(/^BudgetExceeded/);
});

test('ints have at most 4,300 decimals', () => {
  expect(shown(() => toInt('1'.repeat(4301)))).toMatch(/^ValueError: Exceeds the limit \(4300 digits\)/);
  expect(shown(() => 10n ** 4300n)).toMatch(/^ValueError: Exceeds the limit \(4300 digits\)/);
});
