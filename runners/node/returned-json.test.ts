// runners/node/returned-json.test.ts — integers of a Node action, in and out, with all their digits.
import { expect, test } from 'vitest';
import { returnedJson, withLongIntegers } from './returned-json.ts';

test('only integers that a Number would round are BigInts, wherever they stand', () => {
  const text =
    '{"a":[9007199254740993,-12345678901234567890],"b":9007199254740991,"c":1e300,"d":"9007199254740993","e":0.1234567890123456}';
  expect(withLongIntegers(text)).toEqual({
    a: [9007199254740993n, -12345678901234567890n],
    b: 9007199254740991,
    c: 1e300,
    d: '9007199254740993',
    e: 0.1234567890123456,
  });
});

test('what came in goes out as it was', () => {
  const text = '{"a":[9007199254740993,{"b":18446744073709551615}],"c":null,"d":"x"}';
  expect(returnedJson(withLongIntegers(text))).toBe(text);
  expect(returnedJson(undefined)).toBe('null');
});

test.each([
  [2n ** 64n, 'result is a BigInt of more than 64 bits'],
  [{ a: [-(2n ** 63n) - 1n] }, 'result.a[0] is a BigInt of more than 64 bits'],
])('%o has no place in a result', (value, told) => {
  expect(() => returnedJson(value)).toThrow(told);
});
