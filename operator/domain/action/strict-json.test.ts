// operator/domain/action/strict-json.test.ts
import { expect, test } from 'vitest';
import { evaluating } from '../expression/evaluation.ts';
import { PySet, Tuple } from '../expression/python/collections.ts';
import { Dict } from '../expression/python/dict.ts';
import { Float, type Value } from '../expression/python/values.ts';
import { readJson, writeJson } from './strict-json.ts';

const inside = <T>(run: () => T): T => evaluating({ nowMs: 0, seed: 0 }, run);

test.each<[string, Value]>([
  [' [1, 1.0, -0, 1e3, "a\\u00e9\\n", true, null] ', [1, new Float(1), 0, new Float(1000), 'aé\n', true, null]],
  ['{"a": {"__proto__": 1}, "a": 2}', { a: 2 }],
  ['9007199254740993', 9007199254740993n],
  ['18446744073709551616', new Float(18446744073709552000)],
  ['{}', {}],
])('reads %s', (text, value) => {
  expect(inside(() => readJson(text))).toEqual(value);
});

test.each<[string, string]>([
  ['', 'Input is a zero-length, empty document: line 1 column 1 (char 0)'],
  ['NaN', 'unexpected character, expected a JSON value: line 1 column 1 (char 0)'],
  ['[1,]', 'trailing comma is not allowed: line 1 column 3 (char 2)'],
  ['{"a":1,}', 'trailing comma is not allowed: line 1 column 7 (char 6)'],
  ['["say "hi""]', "unexpected character, expected ',' or ']': line 1 column 8 (char 7)"],
  ['["é\n"]', 'unexpected control character in string: line 1 column 4 (char 3)'],
  ['"\\x"', 'invalid escaped sequence in string: line 1 column 2 (char 1)'],
  ['"\\ud800"', 'no low surrogate in string: line 1 column 2 (char 1)'],
  ['"abc', 'unexpected end of data: line 1 column 5 (char 4)'],
  ['1 2', 'unexpected content after document: line 1 column 3 (char 2)'],
  ['01', 'number with leading zero is not allowed: line 1 column 1 (char 0)'],
  ['1e999', 'number is infinity when parsed as double: line 1 column 1 (char 0)'],
  ['{1:2}', 'unexpected character, expected a string key: line 1 column 2 (char 1)'],
])('refuses %j', (text, message) => {
  expect(() => inside(() => readJson(text))).toThrow(expect.objectContaining({ type: 'JSONDecodeError', message }));
});

test.each<[() => Value, string]>([
  [() => ({ a: [1, new Float(1), 2.5, 1e-7, null, 'ü\n"<'] }), '{"a":[1,1.0,2.5,1e-7,null,"ü\\n\\"<"]}'],
  [() => new Tuple([new Float(1e20), new Float(-0), Number.NaN]), '[1e+20,-0.0,null]'],
  [() => new Dict([['k', true]]), '{"k":true}'],
])('writes %s', (make, text) => {
  expect(inside(() => writeJson(make()))).toBe(text);
});

test.each<[() => Value, RegExp]>([
  [() => new PySet([1]), /Type is not JSON serializable: set/],
  [() => new Dict([[1, 2]]), /Dict key must be str/],
  [() => 2n ** 64n, /Integer exceeds 64-bit range/],
  [() => '\ud800', /surrogates not allowed/],
])('what JSON does not have is refused', (make, message) => {
  expect(() => inside(() => writeJson(make()))).toThrow(message);
});

test('deep and long texts end at their limits', () => {
  expect(() => inside(() => readJson('['.repeat(100_000)))).toThrow(expect.objectContaining({ kind: 'budget' }));
  expect(() => inside(() => readJson(`[${'1,'.repeat(200_000)}1]`))).toThrow(
    expect.objectContaining({ kind: 'budget' }),
  );
  expect(inside(() => readJson(`"${'a'.repeat(1_000_000)}"`))).toHaveLength(1_000_000);
});
