// operator/domain/pack/dependencies.test.ts — what packs ask for beside them: there, missing, or in another version.
import { expect, test } from 'vitest';
import { parseDependency, planDependencies } from './dependencies.ts';

const plan = (dependencies: readonly string[], installed: Readonly<Record<string, string>> = {}) =>
  planDependencies([{ ref: 'acme', dependencies }], new Map(Object.entries(installed)));

test.each([
  ['core_utils', 'core_utils', undefined],
  ['core_utils=1.2.0', 'core_utils', '1.2.0'],
  ['https://host/x/stackstorm-foo.git=v1.2.0', 'stackstorm-foo', 'v1.2.0'],
  ['git@host:x/foo.git', 'foo', undefined],
])('%s', (written, name, version) => {
  expect(parseDependency(written)).toEqual({ name, version });
});

test.each([
  ['what is there is enough', ['a', 'b=1.0.0', 'c=v1.0.0'], { a: '9.0.0', b: '1.0.0', c: '1.0.0' }],
  ['a repository has a prefix', ['https://host/x/stackstorm-foo=1.0.0'], { foo: '1.0.0' }],
])('%s', (_, dependencies, installed) => {
  expect(plan(dependencies, installed)).toEqual({ missing: [], conflicts: [] });
});

test('what is not there is installed once', () => {
  expect(plan(['a', 'a=1.0.0', 'https://host/x/b.git'])).toEqual({
    missing: ['a', 'https://host/x/b.git'],
    conflicts: [],
  });
});

test('another version is in the way', () => {
  expect(plan(['a=2.0.0'], { a: '1.0.0' }).conflicts).toEqual([
    'pack "acme" needs "a=2.0.0", but version 1.0.0 of "a" is installed',
  ]);
  const asking = [
    { ref: 'x', dependencies: ['a=1.0.0'] },
    { ref: 'y', dependencies: ['a=2.0.0'] },
  ];
  expect(planDependencies(asking, new Map()).conflicts).toEqual([
    'pack "y" needs "a=2.0.0", but pack "x" needs "a=1.0.0"',
  ]);
});
