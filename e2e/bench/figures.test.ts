// e2e/bench/figures.test.ts — quantiles and the table.
import { expect, test } from 'vitest';
import { median, quantile, table } from './figures.ts';

test.each([
  [[5, 1, 3], 0.5, 3],
  [[1, 2, 3, 4], 0.5, 2],
  [[1, 2, 3, 4], 0.99, 4],
  [[7], 0.01, 7],
])('quantile of %j at %d is %d', (numbers, share, value) => {
  expect(quantile(numbers, share)).toBe(value);
});

test('a missed budget is marked', () => {
  expect(median([2, 1, 9])).toBe(2);
  const text = table([
    { what: 'one', measured: '1.00 s', reference: '2.00 s', budget: '≤ 0.6 ×', met: true },
    { what: 'writes', measured: '5', budget: '≤ 4', met: false },
  ]);
  expect(text.split('\n')[1]).toBe('✓  one     1.00 s    2.00 s     ≤ 0.6 ×');
  expect(text.split('\n')[2]).toMatch(/^✗ {2}writes {2}5 {9}–/);
});
