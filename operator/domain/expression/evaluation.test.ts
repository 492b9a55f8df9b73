// operator/domain/expression/evaluation.test.ts — what one evaluation may spend, and a part of it.
import { expect, test } from 'vitest';
import { atMost, DEFAULT_LIMITS, evaluating, nextRandom, nowMs, spend, spendIfEvaluating } from './evaluation.ts';

const WORLD = { nowMs: 5, seed: 1 };
const within = <T>(run: () => T, steps = 100): T => evaluating(WORLD, run, { ...DEFAULT_LIMITS, steps });

test('a part has less, and what it spends is spent', () => {
  within(() => {
    expect(atMost(60, () => (spend(60), 'done'))).toBe('done');
    expect(() => atMost(60, () => spend(41))).toThrow('more than 100 steps');
  });
  within(() => {
    expect(() => atMost(60, () => spend(61))).toThrow('more than 60 steps');
    spend(39);
    expect(() => spend(1)).toThrow('more than 100 steps');
  });
});

test('parts of parts have the least of all', () => {
  within(() => {
    expect(() => atMost(20, () => atMost(60, () => spend(21)))).toThrow('more than 20 steps');
    expect(() => atMost(60, () => atMost(20, () => spend(21)))).toThrow('more than 20 steps');
    expect(() => spend(58)).not.toThrow();
    expect(() => spend(1)).toThrow('more than 100 steps');
  });
});

test('an evaluation inside of another one shares its steps and its world', () => {
  within(() => {
    evaluating({ nowMs: 7, seed: 2 }, () => spend(90));
    expect(nowMs()).toBe(5);
    expect(() => spend(11)).toThrow(expect.objectContaining({ kind: 'budget' }));
  });
});

test('the same world gives the same numbers, from 0 up to 1', () => {
  const draw = (seed: number) => evaluating({ nowMs: 0, seed }, () => [nextRandom(), nextRandom(), nextRandom()]);
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
  expect(new Set(draw(3)).size).toBe(3);
  for (const number of draw(4)) expect(number >= 0 && number < 1).toBe(true);
});

test('outside of evaluations there is nothing to spend', () => {
  expect(() => spend(1)).toThrow('outside of evaluating()');
  expect(() => atMost(1, () => 1)).toThrow('outside of evaluating()');
  expect(() => spendIfEvaluating(1e9)).not.toThrow();
});
