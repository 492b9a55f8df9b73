// operator/domain/expression/functions/st2/version.ts — version_*: semantic versions, as Python's semver compares and raises them.
import { allowCharacters } from '../../evaluation.ts';
import { typeFault, valueFault } from '../../fault.ts';
import { Tuple } from '../../python/collections.ts';
import { compareText } from '../../python/compare.ts';
import { dictEntries, isDict } from '../../python/dict.ts';
import { toInt } from '../../python/parse-number.ts';
import { repr, str } from '../../python/repr.ts';
import { isList, PyObject, typeName, type Value } from '../../python/values.ts';
import { bind, type PyFunction } from '../call.ts';

interface Version {
  readonly numbers: readonly [major: bigint, minor: bigint, patch: bigint];
  readonly prerelease: string;
}

const NUMBER = '(0|[1-9][0-9]*)';
const TAG = '(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)';
const BUILD = '[0-9a-zA-Z-]+';
const VERSION = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-(${TAG}(?:\\.${TAG})*))?(?:\\+${BUILD}(?:\\.${BUILD})*)?\\n?$`,
);
/** Longest version, in characters. */
const LENGTH_MAX = 1000;

const textOf = (value: Value): string | undefined =>
  typeof value === 'string' ? value : value instanceof PyObject && value.isText() ? value.text() : undefined;

function parse(value: Value): Version {
  const text = textOf(value);
  if (text === undefined) throw typeFault(`not expecting type '<class '${typeName(value)}'>'`);
  allowCharacters(text.length);
  const parts = text.length > LENGTH_MAX ? undefined : VERSION.exec(text);
  if (!parts) throw valueFault(`${text} is not valid SemVer string`);
  const [, major = '0', minor = '0', patch = '0', prerelease = ''] = parts;
  return { numbers: [BigInt(major), BigInt(minor), BigInt(patch)], prerelease };
}

const FIELDS = ['major', 'minor', 'patch', 'prerelease', 'build'] as const;

/** A version as it is compared with: a text, or its parts in a list or dict. */
function other(value: Value): Version {
  if (textOf(value) !== undefined) return parse(value);
  const items = isList(value) ? value : value instanceof Tuple ? value.items : undefined;
  if (!items && !isDict(value)) {
    const expected = 'Expected str, bytes, dict, tuple, list, or Version instance';
    throw typeFault(`${expected}, but got <class '${typeName(value)}'>`);
  }
  const named = new Map(isDict(value) ? dictEntries(value).map(([key, item]) => [str(key), item] as const) : []);
  const call = { args: [null, ...(items ?? [])], named };
  const [, major, minor, patch, prerelease = null] = bind('Version.__init__', call, [
    'self',
    'major',
    ...FIELDS.slice(1).map((name, i) => [name, i < 2 ? 0 : null] as const),
  ]);
  const numbers = [major, minor, patch].map((number, i) => {
    const size = BigInt(toInt(number ?? 0));
    if (size < 0n) throw valueFault(`'${FIELDS[i]}' is negative. A version can only be positive.`);
    return size;
  });
  return {
    numbers: [numbers[0] ?? 0n, numbers[1] ?? 0n, numbers[2] ?? 0n],
    prerelease: prerelease === null ? '' : str(prerelease),
  };
}

function compareVersions(a: Version, b: Version): -1 | 0 | 1 {
  for (const [i, number] of a.numbers.entries()) {
    const theirs = b.numbers[i] ?? 0n;
    if (number !== theirs) return number < theirs ? -1 : 1;
  }
  if (a.prerelease === b.prerelease) return 0;
  if (a.prerelease === '') return 1;
  return b.prerelease === '' ? -1 : comparePrereleases(a.prerelease.split('.'), b.prerelease.split('.'));
}

/** Numbers before words, numbers by size, words by their characters; more parts are more. */
function comparePrereleases(a: readonly string[], b: readonly string[]): -1 | 0 | 1 {
  for (const [i, mine] of a.entries()) {
    const theirs = b[i];
    if (theirs === undefined) return 1;
    const [x, y] = [/^[0-9]+$/.test(mine), /^[0-9]+$/.test(theirs)];
    if (x !== y) return x ? -1 : 1;
    const order = x ? Number(BigInt(mine) - BigInt(theirs)) : compareText(mine, theirs);
    if (order !== 0) return order < 0 ? -1 : 1;
  }
  return a.length < b.length ? -1 : 0;
}

const HOLDS: ReadonlyMap<string, (order: number) => boolean> = new Map([
  ['>=', (order: number) => order >= 0],
  ['<=', (order: number) => order <= 0],
  ['==', (order: number) => order === 0],
  ['!=', (order: number) => order !== 0],
  ['>', (order: number) => order > 0],
  ['<', (order: number) => order < 0],
]);

function matches(version: Version, expression: Value): boolean {
  const text = textOf(expression);
  if (text === undefined) throw typeFault(`'${typeName(expression)}' object is not subscriptable`);
  const sign = [text.slice(0, 2), text.slice(0, 1)].find((one) => HOLDS.has(one));
  if (sign === undefined && !/^[0-9]/.test(text)) {
    throw valueFault(
      'match_expr parameter should be in format <op><ver>, where <op> is one of ' +
        `['<', '>', '==', '<=', '>=', '!=']. You provided: ${repr(text)}`,
    );
  }
  const order = compareVersions(version, parse(text.slice(sign?.length ?? 0)));
  return HOLDS.get(sign ?? '==')?.(order) ?? false;
}

const comparing = (name: string, result: (order: number) => Value): readonly [string, PyFunction] => [
  name,
  (call) => {
    const [value = null, pattern = null] = bind(name, call, ['value', 'pattern']);
    return result(compareVersions(parse(value), other(pattern)));
  },
];

const changing = (
  name: string,
  change: (major: bigint, minor: bigint, patch: bigint) => string,
): readonly [string, PyFunction] => [name, (call) => change(...parse(bind(name, call, ['value'])[0] ?? null).numbers)];

export const VERSION_FUNCTIONS: readonly (readonly [string, PyFunction])[] = [
  comparing('version_compare', (order) => order),
  comparing('version_more_than', (order) => order === 1),
  comparing('version_less_than', (order) => order === -1),
  comparing('version_equal', (order) => order === 0),
  [
    'version_match',
    (call) => {
      const [value = null, pattern = null] = bind('version_match', call, ['value', 'pattern']);
      return matches(parse(value), pattern);
    },
  ],
  changing('version_bump_major', (major) => `${major + 1n}.0.0`),
  changing('version_bump_minor', (major, minor) => `${major}.${minor + 1n}.0`),
  changing('version_bump_patch', (major, minor, patch) => `${major}.${minor}.${patch + 1n}`),
  changing('version_strip_patch', (major, minor) => `${major}.${minor}`),
];
