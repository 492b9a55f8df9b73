// operator/domain/expression/source-cache.test.ts — what is kept, and what has to go.
import { expect, test } from 'vitest';
import { SourceCache } from './source-cache.ts';

interface Made {
  readonly text: string;
}

function watched(bounds: ConstructorParameters<typeof SourceCache<Made>>[0]) {
  const cache = new SourceCache<Made>(bounds);
  const made: string[] = [];
  const get = (source: string) =>
    cache.get(source, (text) => {
      made.push(text);
      return { text };
    });
  return { get, made };
}

test('a source is compiled once', () => {
  const { get, made } = watched({});
  expect(get('a')).toBe(get('a'));
  expect(made).toEqual(['a']);
});

test('beyond the number of entries the oldest goes', () => {
  const { get, made } = watched({ entries: 2 });
  for (const source of ['a', 'b', 'c', 'b', 'c', 'a']) get(source);
  expect(made).toEqual(['a', 'b', 'c', 'a']);
});

test('beyond the characters of all sources the oldest go', () => {
  const { get, made } = watched({ weight: 10 });
  for (const source of ['aaaa', 'bbbb', 'cccccc', 'bbbb', 'cccccc', 'aaaa']) get(source);
  expect(made).toEqual(['aaaa', 'bbbb', 'cccccc', 'aaaa']);
});

test('what weighs more than everything may is not kept, and nothing goes for it', () => {
  const { get, made } = watched({ weight: 10, weigh: ({ text }) => (text === 'heavy' ? 11 : 1) });
  for (const source of ['a', 'heavy', 'a', 'heavy']) get(source);
  expect(made).toEqual(['a', 'heavy', 'heavy']);
});

test('a source that fails is not kept', () => {
  const cache = new SourceCache<Made>();
  const fail = () => {
    throw new Error('no');
  };
  expect(() => cache.get('a', fail)).toThrow('no');
  expect(cache.get('a', (text) => ({ text }))).toEqual({ text: 'a' });
});

test('an entry that is replaced while it compiles is counted once', () => {
  const cache = new SourceCache<Made>({ weight: 3 });
  cache.get('a', (text) => cache.get('a', () => ({ text })));
  const kept = cache.get('bb', (text) => ({ text }));
  expect(cache.get('a', () => ({ text: 'anew' }))).toEqual({ text: 'a' });
  expect(cache.get('bb', () => ({ text: 'anew' }))).toBe(kept);
});
