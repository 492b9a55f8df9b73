// e2e/packs/corpus.test.ts — packs that a file of cases speaks of: once each, with addresses, in one state.
import { expect, test } from 'vitest';
import { packsIn } from './corpus.ts';

const commit = 'a'.repeat(40);
const csv = { pack: 'csv', repo: 'StackStorm-Exchange/stackstorm-csv', commit, path: null };
const core = { pack: 'core', repo: 'https://git.example.org/st2.git', commit, path: 'contrib/core' };

test('a pack of many cases is one, with the address that an installation would take', () => {
  expect(packsIn({ cases: [csv, csv], registration: [csv, core] })).toEqual([
    { pack: 'core', url: 'https://git.example.org/st2.git', commit, path: 'contrib/core' },
    { pack: 'csv', url: 'https://github.com/StackStorm-Exchange/stackstorm-csv', commit, path: undefined },
  ]);
});

test('a pack in two states cannot be one folder', () => {
  const other = { ...csv, commit: 'b'.repeat(40) };
  expect(() => packsIn({ cases: [csv], registration: [other] })).toThrow('pack csv is recorded as');
});

test.each([
  [{ pack: '../csv' }, 'pack'],
  [{ commit: 'master' }, 'commit'],
  [{ path: '/etc' }, 'path'],
  [{ repo: 'csv' }, 'is no repository'],
  [{ repo: 'ext::sh/x' }, 'is no repository'],
])('%j is refused', (change, named) => {
  expect(() => packsIn({ cases: [{ ...csv, ...change }], registration: [] })).toThrow(named);
});
