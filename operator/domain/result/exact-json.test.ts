// operator/domain/result/exact-json.test.ts — numbers come out as they went in.
import { expect, test } from 'vitest';
import { Float } from '../expression/python/values.ts';
import { computable, exactInteger, exactText, isExact, parseExact, parseObject, rounded } from './exact-json.ts';

test.each([
  '12345678901234567890',
  '[9007199254740993,-9007199254740993]',
  '{"a":1.0,"b":[-0.0,1.50,-0]}',
  '[1e3,1.5E-7,0.1,1,-1]',
  '123456789012345678901234567890',
])('%s', (text) => {
  expect(JSON.stringify(parseExact(text))).toBe(text);
});

test('what needs no care is a plain value', () => {
  expect(parseExact('{"a":[1,0.5,"1.0 and 12345678901234567890",null]}')).toEqual({
    a: [1, 0.5, '1.0 and 12345678901234567890', null],
  });
});

test('a number that JavaScript has not stays infinite, and only exact ones are exact', () => {
  expect(parseExact('[1e999]')).toEqual([Infinity]);
  expect([isExact(parseExact('1.0')), isExact(1), isExact({ rawJSON: '1' })]).toEqual([true, false, false]);
});

const LONG = '9007199254740993';
const withResult = `{"metadata":{"generation":1},"spec":{"n":${LONG},"config":{"values":{"b":${LONG}}}},"status":{"result":{"a":[${LONG}]}}}`;

test.each([
  ['an object', withResult, (value: never) => value],
  ['an event', `{"type":"ADDED","object":${withResult}}`, (value: { object: never }) => value.object],
  ['a list', `{"items":[{},${withResult}]}`, (value: { items: never[] }) => value.items[1]],
])('%s has an exact result and configuration, and numbers elsewhere', (_, text, objectIn) => {
  const object = objectIn(parseObject(text) as never) as unknown as {
    spec: { n: number; config: object };
    status: { result: object };
  };
  expect(JSON.stringify(object.spec.config)).toBe(`{"values":{"b":${LONG}}}`);
  expect(JSON.stringify(object.status.result)).toBe(`{"a":[${LONG}]}`);
  expect(object.spec.n).toBe(Number(LONG));
  expect(rounded(object.status.result)).toEqual({ a: [Number(LONG)] });
});

test('what has nothing exact is the same when it is rounded', () => {
  const value = { a: [1, { b: null }] };
  expect(rounded(value)).toBe(value);
});

test('expressions compute with long integers and with floats', () => {
  const value = computable(parseExact(`{"a":[${LONG},1.0,1e3,0.10,-0,7]}`));
  expect(value).toEqual({ a: [BigInt(LONG), new Float(1), new Float(1000), 0.1, 0, 7] });
  expect(JSON.stringify([exactInteger(BigInt(LONG))])).toBe(`[${LONG}]`);
  const text = exactText(value);
  expect(text).toBe(`{"a":[${LONG},1.0,1000.0,0.1,0,7]}`);
  expect(computable(parseExact(text))).toEqual(value);
});
