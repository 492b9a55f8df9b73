// operator/domain/rule/cel-regex.test.ts — expressions of matches(): what they may cost, though an event brings them.
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS, evaluating } from '../expression/evaluation.ts';
import { matches, regexOf } from './cel-regex.ts';

const within = <T>(run: () => T): T => evaluating({ nowMs: 0, seed: 1 }, run);

test.each([
  ['b{1,1000}'.repeat(450), 'use smaller numbers'],
  ['(?i)[\\x00-\\x{ffff}]{20}', 'use smaller numbers'],
  ['a'.repeat(4097), 'more than 4096 characters'],
  ['a{2,1}', 'is no regular expression'],
  ['[a', 'is no regular expression'],
])('%j is refused', (pattern, message) => {
  expect(() => within(() => matches('a', pattern))).toThrow(message);
});

test('an expression is compiled once', () => {
  expect(regexOf('once+')).toBe(regexOf('once+'));
});

test('a large program is counted with the text that it searches', () => {
  const text = 'a'.repeat(1024 * 1024);
  expect(within(() => matches(text, 'a{5}$'))).toBe(true);
  expect(() => within(() => matches(text, '[ab]{1000}c'))).toThrow(`more than ${DEFAULT_LIMITS.steps} steps`);
});
