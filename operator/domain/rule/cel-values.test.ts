// operator/domain/rule/cel-values.test.ts — payloads as CEL sees them, and what their parts cost.
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS, evaluating } from '../expression/evaluation.ts';
import { Float, type Value } from '../expression/python/values.ts';
import { celValue, charge, chargeDeep, chargeLoop, chargePart } from './cel-values.ts';

const within = <T>(run: () => T, limits: Partial<typeof DEFAULT_LIMITS> = {}): T =>
  evaluating({ nowMs: 0, seed: 1 }, run, { ...DEFAULT_LIMITS, ...limits });
const costs = (run: () => unknown): number => {
  for (let steps = 0; ; steps++) {
    try {
      within(run, { steps });
      return steps;
    } catch {
      if (steps > 20_000) throw new Error('it costs more than 20 000 steps');
    }
  }
};

test.each<[Value, unknown]>([
  [1, 1n],
  [-5, -5n],
  [1.5, 1.5],
  [2 ** 62, 2n ** 62n],
  [2 ** 63, 2 ** 63],
  [-(2 ** 63), -(2 ** 63)],
  ['1', '1'],
  [null, null],
  [true, true],
  [
    [1, [2, 'x']],
    [1n, [2n, 'x']],
  ],
])('value %# of these', (value, expected) => {
  expect(within(() => celValue(value))).toEqual(expected);
});

test('objects are maps, at every depth', () => {
  const value = JSON.parse('{"a": {"constructor": 1}, "l": [{"n": 2}], "__proto__": 3}') as Value;
  expect(within(() => celValue(value))).toEqual(
    new Map<string, unknown>([
      ['a', new Map([['constructor', 1n]])],
      ['l', [new Map([['n', 2n]])]],
      ['__proto__', 3n],
    ]),
  );
});

test('a payload is converted once', () => {
  const payload = { a: [1] };
  within(() => expect(celValue(payload)).toBe(celValue(payload)));
});

test('what is no JSON stays what it is', () => {
  const float = new Float(2);
  expect(within(() => celValue(float))).toBe(float);
});

test('the work of converting is counted', () => {
  expect(costs(() => celValue(Array.from({ length: 800 }, () => 1)))).toBe(100);
  expect(costs(() => celValue(Object.fromEntries(Array.from({ length: 800 }, (_, i) => [`k${i}`, 1]))))).toBe(100);
});

test.each<[string, () => unknown, number]>([
  ['an operand', () => charge(1n), 1],
  ['a text', () => charge('x'.repeat(640)), 11],
  ['bytes', () => charge(new Uint8Array(640)), 11],
  ['a list', () => charge([1n, 2n]), 1],
  ['all that is in a list', () => chargeDeep([1n, ['x'.repeat(64)]]), 5],
  ['all that is in a map', () => chargeDeep(new Map([['k', [1n]]])), 4],
  ['all that is in a map of the expression', () => chargeDeep({ k: [1n] }), 3],
  ['a short part', () => chargePart('x'.repeat(16)), 1],
  ['a long part', () => chargePart('x'.repeat(17)), 17 * 1024 + 1],
  ['a loop over a list', () => chargeLoop([1n, 2n, 3n], 5n), 16],
  ['a loop over a map', () => chargeLoop(new Map([['a', 1n]]), 5n), 6],
  ['a loop over a map of the expression', () => chargeLoop({ a: 1n, b: 2n }, 5n), 11],
  ['a loop over something else', () => chargeLoop(1n, 5n), 6],
])('%s costs its size', (_, run, steps) => {
  expect(costs(run)).toBe(steps);
});

test('what is charged is given back', () => {
  const list = [1n];
  within(() => {
    expect([charge(list), chargeDeep(list), chargePart(list), chargeLoop(list, 1n)]).toEqual([list, list, list, list]);
  });
  expect(() => within(() => charge('x'.repeat(11)), { characters: 10 })).toThrow('a text of more than 10 characters');
});
