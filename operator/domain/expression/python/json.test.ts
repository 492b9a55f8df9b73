// operator/domain/expression/python/json.test.ts — JSON as Python writes and reads it.
import { describe, expect, test } from 'vitest';
import { evaluating } from '../evaluation.ts';
import { PySet, Tuple } from './collections.ts';
import { Dict, dictKeys } from './dict.ts';
import { dumpJson, type JsonStyle } from './json.ts';
import { loadJson } from './json-load.ts';
import { repr } from './repr.ts';
import { Float, type Value } from './values.ts';

const within = <T>(run: () => T): T => evaluating({ nowMs: 0, seed: 1 }, run);

describe('dumps', () => {
  test.each<[Value, JsonStyle, string]>([
    [{ b: 1, a: [true, null] }, {}, '{"b": 1, "a": [true, null]}'],
    [{ b: 1, a: 2 }, { sortKeys: true, separators: [',', ': '] }, '{"a": 2,"b": 1}'],
    [[new Float(1), 1.5, 1e-7, Number.NaN, Number.NEGATIVE_INFINITY], {}, '[1.0, 1.5, 1e-07, NaN, -Infinity]'],
    [2n ** 70n, {}, '1180591620717411303424'],
    ['é"\n\u007f😀', {}, '"\\u00e9\\"\\n\\u007f\\ud83d\\ude00"'],
    ['é"\n', { ensureAscii: false }, '"é\\"\\n"'],
    [new Tuple([1, 'a']), {}, '[1, "a"]'],
    [
      new Dict([
        [1, 'a'],
        [null, 'b'],
        [true, 'c'],
        [new Float(2), 'd'],
      ]),
      {},
      '{"1": "c", "null": "b", "2.0": "d"}',
    ],
    [{ a: [1, {}], b: [] }, { indent: 2 }, '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}'],
    [[1], { indent: '--' }, '[\n--1\n]'],
    [[1], { indent: -1 }, '[\n1\n]'],
  ])('as $1: $2', (value, style, text) => {
    expect(within(() => dumpJson(value, style))).toBe(text);
  });

  test('what JSON has no form for is a TypeError', () => {
    expect(() => within(() => dumpJson(new PySet([1])))).toThrow('Object of type set is not JSON serializable');
    expect(() => within(() => dumpJson(new Dict([[new Tuple([1]), 1]])))).toThrow(
      'keys must be str, int, float, bool or None, not tuple',
    );
    expect(() =>
      within(() =>
        dumpJson(
          new Dict([
            [1, 1],
            ['a', 1],
          ]),
          { sortKeys: true },
        ),
      ),
    ).toThrow("'<' not supported");
  });

  test('indentation is allowed before it is built', () => {
    expect(() => within(() => dumpJson([1], { indent: 1e9 }))).toThrow(expect.objectContaining({ kind: 'budget' }));
  });
});

describe('loads', () => {
  test.each([
    ['[1, 1.0, -0, 1e2, 12345678901234567890]', '[1, 1.0, 0, 100.0, 12345678901234567890]'],
    ['{"a": 1, "a": 2}', "{'a': 2}"],
    ['NaN', 'nan'],
    ['"\\u00e9\\ud83d\\ude00\\/"', "'é😀/'"],
  ])('%s', (text, shown) => {
    expect(within(() => repr(loadJson(text)))).toBe(shown);
  });

  test('keys keep their order, and none is lost', () => {
    const loaded = within(() => loadJson('{"b": 1, "10": 2, "2": 3, "__proto__": 4}'));
    expect(dictKeys(loaded as Dict)).toEqual(['b', '10', '2', '__proto__']);
    expect(within(() => loadJson('{"constructor": 1}'))).toEqual({ constructor: 1 });
  });

  test.each([
    ['', 'Expecting value: line 1 column 1 (char 0)'],
    ['[1,\n x]', 'Expecting value: line 2 column 2 (char 5)'],
    ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"],
    ['{a: 1}', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
    ['[1 2]', "Expecting ',' delimiter: line 1 column 4 (char 3)"],
    ['"a', 'Unterminated string starting at: line 1 column 1 (char 0)'],
    ['"😀\\x"', 'Invalid \\escape: line 1 column 3 (char 2)'],
    ['1 2', 'Extra data: line 1 column 3 (char 2)'],
    ['"\\u12"', 'Invalid \\uXXXX escape: line 1 column 3 (char 2)'],
    ['"\\u0041', 'Invalid \\uXXXX escape: line 1 column 3 (char 2)'],
    ['1.', 'Extra data: line 1 column 2 (char 1)'],
    ['\ufeff1', 'Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)'],
  ])('%j: %s', (text, message) => {
    expect(() => within(() => loadJson(text))).toThrow(expect.objectContaining({ type: 'JSONDecodeError', message }));
  });

  test.each([
    ['', 'Input is a zero-length, empty document: line 1 column 1 (char 0)'],
    ['[1,]', 'trailing comma is not allowed: line 1 column 3 (char 2)'],
    ['NaN', 'unexpected character, expected a JSON value: line 1 column 1 (char 0)'],
    ['{"a": ', 'unexpected end of data: line 1 column 7 (char 6)'],
    ['01', 'number with leading zero is not allowed: line 1 column 1 (char 0)'],
    ['"a\nb"', 'unexpected control character in string: line 1 column 3 (char 2)'],
    [' \n', 'input data is empty: line 1 column 1 (char 0)'],
    ['"\ud800"', 'str is not valid UTF-8: surrogates not allowed: line 1 column 1 (char 0)'],
    ['\ufeff1', 'UTF-8 byte order mark (BOM) is not supported: line 1 column 1 (char 0)'],
    ['{"a" 1}', "unexpected character, expected ':' after key: line 1 column 6 (char 5)"],
    ['{"a":1]', "unexpected character, expected ',' or '}': line 1 column 7 (char 6)"],
    ['[tru]', "invalid literal, expected 'true': line 1 column 2 (char 1)"],
    ['nul', 'unexpected end of data: line 1 column 4 (char 3)'],
    ['[1.x]', 'no digit after decimal point: line 1 column 4 (char 3)'],
    ['[1e+x]', 'no digit after exponent sign: line 1 column 5 (char 4)'],
    ['[1ex]', 'no digit after exponent sign: line 1 column 4 (char 3)'],
    ['1e', 'unexpected end of data: line 1 column 3 (char 2)'],
    ['-x', 'no digit after sign: line 1 column 2 (char 1)'],
    ['.5', 'no digit after sign: line 1 column 1 (char 0)'],
    ['-00', 'number with leading zero is not allowed: line 1 column 2 (char 1)'],
    ['1.5.5', 'unexpected content after document: line 1 column 4 (char 3)'],
    ['"\\u12"', 'invalid escaped sequence in string: line 1 column 2 (char 1)'],
    ['"\\u12', 'unexpected end of data: line 1 column 6 (char 5)'],
    ['"\\ud800\\', 'unexpected end of data: line 1 column 9 (char 8)'],
    ['"\\ud800\\u0041"', 'invalid low surrogate in string: line 1 column 2 (char 1)'],
    ['"\\ud800\\u41"', 'invalid escape in string: line 1 column 2 (char 1)'],
    ['"\\udc00"', 'invalid high surrogate in string: line 1 column 2 (char 1)'],
  ])('orjson: %j: %s', (text, message) => {
    expect(() => within(() => loadJson(text, 'orjson'))).toThrow(message);
  });

  test('orjson keeps ints of 64 bits only', () => {
    expect(within(() => loadJson('[18446744073709551615, 18446744073709551616]', 'orjson'))).toEqual([
      18446744073709551615n,
      new Float(2 ** 64),
    ]);
  });

  test('ints end where Python refuses them', () => {
    expect(within(() => loadJson('9'.repeat(4300)))).toBe(BigInt('9'.repeat(4300)));
    expect(() => within(() => loadJson('9'.repeat(4301)))).toThrow('Exceeds the limit (4300 digits)');
  });

  test('a list as long as lists may be is read', () => {
    expect(within(() => loadJson(`[${'1,'.repeat(99_999)}1]`))).toHaveLength(100_000);
    expect(() => within(() => loadJson(`[${'1,'.repeat(100_000)}1]`))).toThrow(
      expect.objectContaining({ kind: 'budget' }),
    );
  });

  test('nesting ends at the limit', () => {
    expect(() => within(() => loadJson('['.repeat(100_000)))).toThrow(expect.objectContaining({ kind: 'budget' }));
  });
});
