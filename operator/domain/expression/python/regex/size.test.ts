// operator/domain/expression/python/regex/size.test.ts — programs are counted before they are made, and never as smaller than they are.
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, evaluating } from '../../evaluation.ts';
import { ExpressionFault } from '../../fault.ts';
import { compileRegex } from '../regex.ts';
import { allowProgram, programSize } from './size.ts';

const within = <T>(run: () => T): T => evaluating({ nowMs: 0, seed: 1 }, run);
const thrownBy = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};

describe('the size', () => {
  test.each([
    'abc',
    '',
    'a|b|cd',
    'a*b+c?',
    'a*?b+?c??',
    'a{3}b{2,5}c{4,}d{0,2}',
    '(?:a{10}){10}',
    '((a{0,30}){0,30}){0,1}',
    '(a)(?:b)(?P<name>c)(?i:d)',
    '(?:a|){50}',
    'a{0}',
    '[a-z]{20}[]a]{3}[^]a]{3}[[:alpha:]]{4}',
    '\\x{41}{5}\\p{Lu}{7}\\pL{2}\\d{9}',
    '\\Qa{1000}\\E{2}',
    '(?:[^\\n]|\\.\\*){1,100}',
    '(?s:.){100}',
    '(?i)[a-z]{10}k{10}',
    'a{,5}',
    'a{x}',
    '\\b\\B^$',
  ])('of %s', (source) => {
    const actual = RE2JS.compile(source).programSize();
    expect(programSize(source)).toBeGreaterThanOrEqual(actual);
    expect(programSize(source)).toBeLessThanOrEqual(3 * actual + 8);
  });

  test('of a range that ignores case counts its characters', () => {
    expect(programSize('(?i)[\\x{0}-\\x{ffff}]')).toBeGreaterThan(1000);
    expect(programSize('[\\x{0}-\\x{ffff}]')).toBeLessThan(10);
  });

  test('of what does not close, RE2 has the word', () => {
    expect(programSize('[a')).toBe(3);
    expect(programSize('((a')).toBeGreaterThan(2);
    expect(programSize('a)b\\')).toBeGreaterThan(2);
  });
});

describe('programs that are too large', () => {
  test.each([
    ['repeats beside each other', 'b{1,1000}'.repeat(450)],
    ['repeats of sets', '[ab]{0,1000}'.repeat(100)],
    ['repeats of repeats', '(?:(?:a{1,30}){1,30}){1,30}'],
    ['numbers that RE2 does not take', 'a{30000}'],
    ['lookaheads, each with what stands before', `^a{900}${'(?=b)'.repeat(20)}`],
    ['ranges that ignore case', `(?i)${'[\\x00-\\uffff]'.repeat(20)}`],
  ])('%s', (_, pattern) => {
    const fault = thrownBy(() => within(() => compileRegex(pattern)));
    expect(fault).toBeInstanceOf(ExpressionFault);
    expect(fault).toMatchObject({ kind: 'budget', message: expect.stringContaining('use smaller numbers') as string });
  });

  test('references that multiply are not written out', () => {
    const pattern = Array.from({ length: 9 }, (_, i) => `([a-z])\\${i + 1}`).join('');
    expect(thrownBy(() => compileRegex(pattern))).toMatchObject({ kind: 'value', type: 'error' });
  });

  test('many at once use up the budget of the evaluation', () => {
    const many = () => {
      for (let i = 0; i < 50; i++) compileRegex(`many${i}[ab]{1000}[ab]{900}`);
    };
    expect(thrownBy(() => within(many))).toMatchObject({ message: `more than ${DEFAULT_LIMITS.steps} steps` });
  });

  test('outside of an evaluation the limit holds too', () => {
    expect(() => allowProgram(10_000)).not.toThrow();
    expect(() => allowProgram(10_001)).toThrow('use smaller numbers');
    expect(() => allowProgram(6000, 6000)).toThrow('about 12000 instructions');
  });
});
