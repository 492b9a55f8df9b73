// operator/domain/pack/versions.test.ts — versions in their order, what fulfils comparisons, and what a pack asks of the platform.
import { expect, test } from 'vitest';
import type { Manifest } from '../../api/install.ts';
import { compareVersions, fulfils, platformFault } from './versions.ts';

test('the order of semantic versions', () => {
  const ordered = [
    '0.9.0',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.2.0',
    '1.10.0',
  ];
  expect([...ordered].reverse().sort(compareVersions)).toEqual(ordered);
  expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0);
});

test.each([
  ['all', true],
  ['>=3.2.0, <4.0.0', true],
  ['>=3.2.0,<3.9.0', false],
  ['> 3.8.1', true],
  ['=3.9.0', true],
  ['3.9.0', true],
  ['==3.8.0', false],
  ['!=3.9.0', false],
  ['~3.9.0', false],
  ['>=3', false],
])('3.9.0 fulfils %s: %s', (comparisons, expected) => {
  expect(fulfils('3.9.0', comparisons)).toBe(expected);
});

const platform = { stackstorm: '3.9.0', python: '3.11' };
const pack = (more: Partial<Manifest['pack']>): Manifest['pack'] => {
  return {
    name: 'Acme',
    description: '',
    version: '1.0.0',
    author: '',
    keywords: [],
    contributors: [],
    dependencies: [],
    ...more,
  };
};

test.each<[Partial<Manifest['pack']>, RegExp | undefined]>([
  [{}, undefined],
  [{ stackstormVersion: '>=3.0.0', pythonVersions: ['2', '3'] }, undefined],
  [
    { stackstormVersion: '>=4.0.0' },
    /^Pack "Acme" requires StackStorm ">=4\.0\.0", but current version is "3\.9\.0"\. You can override/,
  ],
  [
    { pythonVersions: ['2'] },
    /^Pack "Acme" requires Python 2\.x, but current Python version is "3\.11"\. You can override/,
  ],
])('%j', (more, message) => {
  expect(platformFault(pack(more), platform) ?? '').toMatch(message ?? /^$/);
});
