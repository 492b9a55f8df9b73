// operator/domain/pack/packindex.test.ts — indexes: merged, broken ones told, packs found and searched.
import { expect, test } from 'vitest';
import { findInIndex, mergeIndexes, noResults, searchIndex, versionsOf } from './packindex.ts';

const entry = (name: string, more: object = {}) => ({
  name,
  version: '1.0.0',
  repo_url: `https://host/stackstorm-${name}`,
  description: 'd',
  ...more,
});
const answer = (url: string, packs: unknown) => ({ url, text: JSON.stringify({ metadata: {}, packs }) });
const { index, health } = mergeIndexes([
  answer('left', { acme: entry('acme', { keywords: ['cloud'], versions: ['1.0.0', '0.9.0'] }), bad: { name: 'bad' } }),
  { url: 'gone', failure: 'timed out' },
  { url: 'list', text: '[]' },
  { url: 'none', text: '{}' },
  { url: 'half', text: '{"metadata": {}}' },
  { url: 'text', text: 'oops' },
  answer('right', {
    acme: entry('acme', { repo_url: 'other' }),
    cloudy: entry('cloudy', { email: 'acme@x' }),
    zoo: entry('zoo', { author: 'Cloud Inc' }),
  }),
]);

test('the leftmost wins, and what is broken is told', () => {
  expect([...index.keys()]).toEqual(['acme', 'cloudy', 'zoo']);
  expect(index.get('acme')?.repo_url).toBe('https://host/stackstorm-acme');
  expect(health.map(({ url, packs, error }) => [url, packs, error])).toEqual([
    ['left', 1, null],
    ['gone', 0, 'unresponsive'],
    ['list', 0, 'malformed'],
    ['none', 0, 'empty'],
    ['half', 0, 'malformed'],
    ['text', 0, 'malformed'],
    ['right', 3, null],
  ]);
  expect(health[2]?.message).toBe('Expected an index object, got a list instead.');
  expect(health[4]?.message).toBe('Index object is missing "packs" attribute.');
  expect(noResults(health.slice(1, 2))).toBe('No results from the index: tried gone. gone: timed out');
});

test('a name leads to a repository', () => {
  expect(findInIndex(index, 'acme', undefined)).toEqual({ url: 'https://host/stackstorm-acme', ref: '1.0.0' });
  expect(findInIndex(index, 'acme', '776b9a4')).toEqual({ url: 'https://host/stackstorm-acme', ref: '776b9a4' });
  expect(findInIndex(index, 'acmee', undefined)).toEqual({
    message: 'No record of the "acmee" pack in the index. Did you mean "acme"?',
  });
  expect([versionsOf(index, 'acme'), versionsOf(index, 'nope')]).toEqual([['1.0.0', '0.9.0'], []]);
});

test.each([
  ['cloud', ['cloudy', 'acme', 'zoo']],
  ['CLOUD', ['cloudy', 'acme', 'zoo']],
  ['acme', ['acme']],
  ['stackstorm-', []],
])('searched for %s', (query, names) => {
  expect(searchIndex(index, query).map(([name]) => name)).toEqual(names);
});
