// operator/domain/expression/python/regex/engine.test.ts — what RE2 does to a text is counted while it does it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, evaluating } from '../../evaluation.ts';
import { compileRegex } from '../regex.ts';
import { Engine } from './engine.ts';

const within = <T>(run: () => T, steps = DEFAULT_LIMITS.steps): T =>
  evaluating({ nowMs: 0, seed: 1 }, run, { ...DEFAULT_LIMITS, steps });
const budget = expect.objectContaining({ kind: 'budget' });

const BLOCKS = 1000;
const long = 'x'.repeat(64 * BLOCKS);
/** Texts of two letters in no order: an automaton meets new states all the time. */
const mixed = Array.from({ length: 64 * BLOCKS }, (_, i) => 'ab'[(Math.imul(i + 7, 2_654_435_761) >>> 13) & 1]).join(
  '',
);

describe('the automaton', () => {
  test.each(['(x+x+)+[yz]', '\\A(\\w)+$', '\\A((x))*$', '(?:x|xx)+\\z', '\\bx+\\b'])(
    '%s reads each character once, at 64 a step',
    (source) => {
      const engine = new Engine(source);
      within(() => engine.test(long)); // makes it
      expect(() => within(() => engine.test(long), BLOCKS + 2)).not.toThrow();
      expect(() => within(() => engine.test(long), BLOCKS - 1)).toThrow(budget);
    },
  );

  test('what makes it too large is followed instruction by instruction, as far as the steps go', () => {
    expect(() => within(() => new Engine('[ab]*a[ab]{200}[cd]').test(mixed))).toThrow(budget);
    expect(within(() => new Engine('[ab]*a[ab]{5}[cd]').test(mixed))).toBe(false);
  });

  test('is asked before a long text is searched', () => {
    const find = (source: string) => new Engine(source).finder(long)(0);
    expect(within(() => find('((x+)+)+[yz]'), 4 * BLOCKS)).toBeUndefined();
    expect(() => within(() => find('((x+)+)+$'), 4 * BLOCKS)).toThrow(budget);
  });
});

describe('searching again and again', () => {
  // Each search reads to the end of the text before it is content with one letter.
  const regex = compileRegex('x.*y|x');

  test.each<[string, () => unknown]>([
    ['findall', () => regex.findall(long)],
    ['sub', () => regex.sub('', long)],
    ['split', () => regex.split(long)],
  ])('%s ends with the budget', (_name, run) => {
    expect(() => within(run)).toThrow(budget);
  });

  test('is cheap where nothing is read twice', () => {
    expect(within(() => compileRegex('\\w+').findall('ab '.repeat(10_000)))).toHaveLength(10_000);
  });
});

test('a long word that every match has is looked for in linear time', () => {
  const engine = new Engine(`b${'a'.repeat(2000)}[cd]`);
  expect(within(() => engine.test(`${'a'.repeat(1_000_000)}b`))).toBe(false);
});

test('outside of evaluations nothing is counted', () => {
  expect(new Engine('x+$').test(long)).toBe(true);
});

test('testing a text finds what searching it finds, however long it is', () => {
  const patterns = ['^(a|b)+$', '^(\\w)+c', '(ab|a)*c', '\\bab\\b', '(?<=b)a', '^a.*b$', 'c(?!a)', 'a{3,5}c', ''];
  const regexes = patterns.map((pattern) => compileRegex(pattern));
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', '\n', 'é', '😀'), maxLength: 12 });
  fc.assert(
    fc.property(texts, fc.boolean(), fc.nat(patterns.length - 1), (part, isLong, i) => {
      const text = isLong ? `${part}${'ab'.repeat(3000)}${part}` : part;
      const regex = regexes[i];
      within(() => expect(regex?.search(text) !== undefined).toBe(regex?.test(text)));
      within(() => expect(regex?.match(text) !== undefined).toBe(regex?.testStart(text)));
    }),
    { seed: 11, numRuns: 400 },
  );
});
