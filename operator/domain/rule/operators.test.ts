// operator/domain/rule/operators.test.ts — operators on values that are no JSON, and patterns that fit no value.
import { expect, test } from 'vitest';
import type { Criterion } from '../../api/rule.ts';
import { evaluating } from '../expression/evaluation.ts';
import { Markup } from '../expression/jinja/markup.ts';
import { Bytes, Tuple } from '../expression/python/collections.ts';
import type { Value } from '../expression/python/values.ts';
import { compileOperator, subjectOf } from './criteria.ts';

const bytes = (text: string) => new Bytes(new TextEncoder().encode(text));
const subject = subjectOf('trigger', null, undefined);
const outcome = (type: Criterion['type'], pattern: Value, value: Value): boolean | string =>
  evaluating({ nowMs: Date.UTC(2024, 2, 10, 12), seed: 0 }, () => {
    try {
      const faults: Error[] = [];
      const run = compileOperator(type, { pattern }, (part) => part, faults as never);
      if (faults[0]) throw faults[0];
      return run(value, subject);
    } catch (error) {
      return (error as Error).message;
    }
  });

test.each<[Criterion['type'], Value, Value, boolean | string]>([
  ['equals', bytes('ä'), 'ä', true],
  ['equals', 'ä', bytes('ä'), true],
  ['equals', bytes('a'), bytes('a'), true],
  ['nequals', bytes('a'), 'a', false],
  ['nequals', bytes('a'), bytes('b'), true],
  ['iequals', bytes('A'), 'a', true],
  ['contains', bytes('b'), 'abc', true],
  ['icontains', bytes('B'), bytes('abc'), true],
  ['inside', ['a'], bytes('a'), true],
  ['startswith', new Tuple(['x', 'a']), 'abc', true],
  ['startswith', new Tuple(['x', 'c']), 'abc', false],
  ['endswith', new Tuple(['x', 'c']), 'abc', true],
  ['endswith', new Tuple(['a']), 'abc', false],
  ['startswith', new Tuple([1, 'a']), 'abc', 'tuple for startswith must only contain str, not int'],
  ['startswith', 1, 'abc', 'startswith first arg must be str or a tuple of str, not int'],
  ['endswith', 'c', 'abc', true],
  ['endswith', 'a', 'abc', false],
  ['startswith', 'c', 'abc', false],
  ['startswith', 'a', 5, "'int' object has no attribute 'startswith'"],
  ['startswith', 'a', new Markup('abc'), true],
  ['ieq', 'a', new Markup('A'), true],
  ['ieq', 'a', 5, "'int' object has no attribute 'lower'"],
  ['matchwildcard', 'a*', new Markup('abc'), true],
  ['matchwildcard', bytes('a*'), bytes('abc'), true],
  ['matchwildcard', 5, 'abc', 'expected str, bytes or os.PathLike object, not int'],
  ['matchwildcard', 'a*', 5, 'expected str, bytes or os.PathLike object, not int'],
  ['regex', bytes('^a'), bytes('abc'), true],
  ['regex', 'a', 5, "expected string or bytes-like object, got 'int'"],
  ['gt', 1, 2, true],
  ['gt', 2, 2, false],
  ['lt', 2, 1, true],
  ['lt', 2, 2, false],
  ['td_gt', 3599, '2024-03-10T11:00:00Z', true],
  ['td_gt', 3600, '2024-03-10T11:00:00Z', false],
  ['td_lt', 3601, '2024-03-10T11:00:00Z', true],
  ['td_lt', 3600, '2024-03-10T11:00:00Z', false],
])('%s %#', (type, pattern, value, expected) => {
  expect(outcome(type, pattern, value)).toEqual(
    typeof expected === 'string' ? expect.stringContaining(expected) : expected,
  );
});

test.each<[Value, string]>([
  [5, 'first argument must be string or compiled pattern'],
  [[1], "unhashable type: 'list'"],
  ['[', 'unterminated character set'],
])('%j is no regular expression', (pattern, message) => {
  expect(outcome('regex', pattern, 'x')).toContain(message);
});

test('a match that would take too long is a fault of the rule, long before the evaluation ends', () => {
  const text = Array.from({ length: 100_000 }, (_, i) => 'ab'[(Math.imul(i + 7, 2_654_435_761) >>> 13) & 1]).join('');
  expect(outcome('regex', '[ab]*a[ab]{200}[cd]', text)).toContain('more than 49152 steps');
});
