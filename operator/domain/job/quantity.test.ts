// operator/domain/job/quantity.test.ts — quantities of memory in all their writings.
import { expect, test } from 'vitest';
import { bytesOf } from './quantity.ts';

test.each([
  ['512Mi', 536_870_912],
  ['1.5Gi', 1_610_612_736],
  ['64M', 64_000_000],
  ['128974848', 128_974_848],
  ['129e6', 129_000_000],
  ['1E', 1e18],
  ['+.5k', 500],
  ['128974848000m', 128_974_848],
  ['plenty', Number.NaN],
  ['1 Gi', Number.NaN],
  ['', Number.NaN],
])('%j', (quantity, bytes) => expect(bytesOf(quantity)).toBe(bytes));
