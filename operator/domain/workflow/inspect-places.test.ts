// operator/domain/workflow/inspect-places.test.ts — from the path of a finding to its place in the text.
import { expect, test } from 'vitest';
import { openYamlText } from '../pack/yaml-text.ts';
import { located, stepsTo } from './inspect-places.ts';

test.each([
  ['a.b.c[1].d', { 'a.b': { c: [0, { d: 1 }] } }, ['a.b', 'c', 1, 'd']],
  ['a.b.c', { a: { b: { c: 1 } }, 'a.b': { c: 1 } }, ['a.b', 'c']],
  ['a.0.b', { a: [{ b: 1 }] }, ['a', 0, 'b']],
  ['a.x.y', { a: { b: 1 } }, ['a']],
  ['', { a: 1 }, []],
  ['ab', { a: 1 }, []],
])('the steps to %j', (path, value, steps) => {
  expect(stepsTo(value, path)).toEqual(steps);
});

test('a definition in a manifest has the places of the manifest', () => {
  const text = 'spec:\n  definition:\n    tasks:\n      t:\n        action: a.b\n';
  const page = { text: openYamlText(text), value: { tasks: { t: { action: 'a.b' } } }, within: ['spec', 'definition'] };
  expect(located([{ type: 'content', message: 'm', spec_path: 'tasks.t.action' }], page)).toMatchObject([
    { line: 5, column: 9 },
  ]);
});
