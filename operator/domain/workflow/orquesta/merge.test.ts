// operator/domain/workflow/orquesta/merge.test.ts — what of two objects is merged, and what is shared.
import { expect, test } from 'vitest';
import type { Value } from '../../expression/python/values.ts';
import { mergeDicts } from './merge.ts';

test.each<[Value, Value, boolean, Value]>([
  [{ a: 1 }, { a: 2, b: 3 }, true, { a: 2, b: 3 }],
  [{ a: 1 }, { a: 2, b: 3 }, false, { a: 1, b: 3 }],
  [{ a: { x: 1 } }, { a: { y: 2 } }, false, { a: { x: 1, y: 2 } }],
  [{ a: { x: 1 } }, { a: 5 }, true, { a: 5 }],
  [{ a: { x: 1 } }, { a: null }, true, { a: null }],
  [{ a: [1] }, { a: [2] }, true, { a: [2] }],
  [null, { a: 1 }, true, { a: 1 }],
  [{ a: 1 }, null, true, { a: 1 }],
])('%j with %j, overwrite %j', (left, right, overwrite, expected) => {
  expect(mergeDicts(left, right, overwrite)).toEqual(expected);
});

test('a name of JavaScript is a name like any other', () => {
  const merged = mergeDicts({ a: 1 }, JSON.parse('{"__proto__": {"b": 2}, "constructor": 3}') as Value) as object;
  expect(Object.getOwnPropertyDescriptor(merged, '__proto__')?.value).toEqual({ b: 2 });
  expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
});

test('what is not merged is shared, and nothing is changed', () => {
  const left = { big: { deep: [1] }, a: { x: 1 } };
  const right = { a: { y: 2 } };
  const merged = mergeDicts(left, right) as typeof left;
  expect(merged.big).toBe(left.big);
  expect([left, right]).toEqual([{ big: { deep: [1] }, a: { x: 1 } }, { a: { y: 2 } }]);
  expect(mergeDicts(left, { a: { x: 1 } })).toBe(left);
});
