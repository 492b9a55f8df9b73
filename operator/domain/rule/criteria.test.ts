// operator/domain/rule/criteria.test.ts — which payloads pass, which fail, and which put the rule at fault.
import { expect, test } from 'vitest';
import type { Criterion } from '../../api/rule.ts';
import type { Value } from '../expression/python/values.ts';
import { compileTest } from './compile.ts';
import { subjectOf } from './criteria.ts';

const PAYLOAD = {
  a: 1,
  s: 'text',
  n: null,
  b: false,
  zero: 0,
  e: [],
  limit: 5,
  lines: 'one\ntwo\n',
  umlaut: 'äöü',
  d: { k: 'v', 'x-y': 1, deep: { l: [1, { z: 2 }] } },
  l: [{ n: 'a' }, { n: 'b' }],
  at: '2024-03-10T11:59:00Z',
  'dot.ted': 5,
  headers: { 'X-Github-Event': 'push' },
};
const WORLD = { nowMs: Date.parse('2024-03-10T12:00:00Z'), seed: 0 };
const verdict = (criteria: Record<string, Criterion>, payload: unknown = PAYLOAD) => {
  try {
    return compileTest({ criteria, match: undefined })(subjectOf('trigger', payload as Value, undefined), WORLD);
  } catch (error) {
    return { invalid: (error as Error).message };
  }
};
const one = (key: string, type: Criterion['type'], pattern?: unknown) => {
  const outcome = verdict({ [key]: { type, pattern } });
  return 'matched' in outcome ? outcome.matched : Object.keys(outcome)[0];
};

test.each<[string, Criterion['type'], unknown, boolean | 'error' | 'invalid']>([
  ['trigger.a', 'equals', 1, true],
  ['trigger.a', 'eq', '1', false],
  ['trigger.a', 'equals', true, true],
  ['trigger.zero', 'equals', false, true],
  ['trigger.b', 'equals', 0, true],
  ['trigger.n', 'equals', 'x', false],
  ['trigger.missing', 'equals', 'x', false],
  ['trigger.l', 'equals', [{ n: 'a' }, { n: 'b' }], true],
  ['trigger.d.deep', 'equals', { l: [1, { z: 2 }] }, true],
  ['trigger.d.deep', 'equals', { l: [1, { z: 2, y: 1 }] }, false],
  ['trigger.missing', 'nequals', 'x', true],
  ['trigger.a', 'neq', undefined, true],
  ['trigger.n', 'neq', undefined, false],
  ['trigger.a', 'neq', 1, false],
  ['trigger.zero', 'exists', undefined, true],
  ['trigger.n', 'exists', undefined, false],
  ['trigger.n', 'nexists', 'anything', true],
  ['trigger.e', 'nexists', undefined, false],
  ['trigger.s', 'contains', 'ex', true],
  ['trigger.s', 'contains', 'EX', false],
  ['trigger.e', 'contains', 'x', false],
  ['trigger.l', 'contains', { n: 'b' }, true],
  ['trigger.d', 'contains', 'k', true],
  ['trigger.d', 'contains', 'constructor', false],
  ['trigger.missing', 'contains', 'x', 'error'],
  ['trigger.a', 'contains', 1, 'error'],
  ['trigger.s', 'contains', 1, 'error'],
  ['trigger.s', 'ncontains', 'x', false],
  ['trigger.s', 'icontains', 'EX', true],
  ['trigger.s', 'incontains', 'EX', false],
  ['trigger.s', 'iequals', 'TEXT', true],
  ['trigger.a', 'ieq', 1, 'error'],
  ['trigger.s', 'startswith', 'te', true],
  ['trigger.s', 'istartswith', 'TE', true],
  ['trigger.s', 'endswith', 'XT', false],
  ['trigger.s', 'iendswith', 'XT', true],
  ['trigger.limit', 'gt', 4.5, true],
  ['trigger.limit', 'lessthan', 5, false],
  ['trigger.limit', 'lt', '6', 'error'],
  ['trigger.s', 'in', ['text'], true],
  ['trigger.s', 'inside', 'a text', true],
  ['trigger.s', 'nin', ['x'], true],
  ['trigger.missing', 'in', ['x'], false],
  ['trigger.missing', 'ninside', ['x'], true],
  ['trigger.missing', 'in', 'x', 'error'],
  ['trigger.s', 'matchwildcard', 't*[!a-w]?', true],
  ['trigger.s', 'matchwildcard', 'T*', false],
  ['trigger.lines', 'matchregex', 'one.two', true],
  ['trigger.lines', 'matchregex', 'two', false],
  ['trigger.at', 'td_gt', 30, true],
  ['trigger.at', 'timediff_lt', '60', false],
  ['trigger.at', 'timediff_gt', 60, false],
  ['trigger.at', 'td_lt', 'soon', 'invalid'],
  ['trigger.s', 'td_lt', 10, 'error'],
  ['trigger.s', 'regex', 'e.t', true],
  ['trigger.s', 'regex', '^e', false],
  ['trigger.s', 'regex', '(?i)TEXT', true],
  ['trigger.s', 'iregex', 'TEXT', true],
  ['trigger.s', 'regex', '^text\\Z', true],
  ['trigger.umlaut', 'regex', '^\\w+$', true],
  ['trigger.lines', 'regex', 'two$', true],
  ['trigger.lines', 'regex', 'one$', false],
  ['trigger.lines', 'regex', 'one.two', false],
  ['trigger.missing', 'regex', 'x', 'error'],
  ['trigger.a', 'regex', '1', 'error'],
  ['trigger.s', 'regex', '[', 'invalid'],
  ['trigger.s', 'equals', undefined, 'invalid'],
  ['trigger.s', 'search', { 'item.n': { type: 'exists' } }, 'invalid'],
])('%s %s %j → %s', (key, type, pattern, expected) => {
  expect(one(key, type, pattern)).toBe(expected);
});

test.each<[string, unknown]>([
  ['trigger.d.k', 'v'],
  ['trigger.d.deep.l[1].z', 2],
  ['trigger.l[-1].n', 'b'],
  ['trigger.l[*].n', 'a'],
  ['trigger..n', null],
  ['trigger.l[0:2].n', 'a'],
  ['trigger.d["x-y"]', 1],
  ["trigger.d['x-y']", 1],
  ["trigger.'dot.ted'", 5],
  ['trigger["dot.ted"]', 5],
  ['trigger.headers.X-Github-Event', 'push'],
  ['$.trigger.a', 1],
  ['trigger.a#2', 1],
  ['trigger.a # second look', 1],
])('key %s finds %j', (key, value) => {
  const criterion = value === null ? one(key, 'nexists') : one(key, 'equals', value);
  expect(criterion).toBe(true);
});

test.each([
  ['', 'criteria[""]: column 1: the path ends where more of it is expected'],
  ['trigger.', 'criteria["trigger."]: column 9: the path ends where more of it is expected'],
  ['trigger.l[', 'criteria["trigger.l["]: column 11: the path ends where more of it is expected'],
  ['trigger.a b', 'criteria["trigger.a b"]: column 11: Parse error at 1:10 near token b (ID)'],
  ['trigger.ä', 'criteria["trigger.ä"]: column 9: Error on line 1, col 8: Unexpected character: ä '],
])('key %j is refused', (key, message) => {
  expect(verdict({ [key]: { type: 'exists' } })).toEqual({ invalid: message });
});

test.each([
  'trigger.__proto__',
  'trigger.constructor.name',
  'trigger.d.toString',
  'trigger.s.length',
  'trigger.l.length',
])('key %s finds nothing', (key) => {
  expect(one(key, 'exists')).toBe(false);
});

test.each<[string, string, unknown, boolean | 'error']>([
  ['its type is kept', 'trigger.limit', '{{ trigger.limit }}', true],
  ['also that of lists', 'trigger.l', '{{trigger.l}}', true],
  ['text stays text', 'trigger.s', '{{ trigger.s }}', true],
  ['mixed with text it is text', 'trigger.s', "te{{ 'xt' }}", true],
  ['what the payload lacks is an error', 'trigger.s', '{{ trigger.nope }}', 'error'],
])('a pattern is rendered first: %s', (_, key, pattern, expected) => {
  expect(one(key, 'equals', pattern)).toBe(expected);
});

test('an empty payload passes no criterion, but a rule without criteria takes it', () => {
  for (const payload of [{}, [], null]) {
    expect(verdict({ 'trigger.a': { type: 'nexists' } }, payload)).toEqual({ matched: false });
    expect(verdict({}, payload)).toEqual({ matched: true });
  }
});

test('the first criterion that fails ends the test, so that exists guards what follows', () => {
  const guarded = {
    'trigger.missing#1': { type: 'exists' },
    'trigger.missing#2': { type: 'contains', pattern: 'x' },
  } as const;
  expect(verdict(guarded)).toEqual({ matched: false });
});

test.each([
  ['$.trigger.a', undefined],
  ['trigger..a', undefined],
  ['*', undefined],
  ['(a|b)', undefined],
  ['$..a', undefined],
  ['triger.a', 'criteria["triger.a"]: there is no "triger". Did you mean "trigger"? Begin with trigger'],
  ['$.body', 'criteria["$.body"]: there is no "body". Begin with trigger'],
  ['item.a', 'criteria["item.a"]: there is no "item". Begin with trigger'],
  ['triger..a', 'criteria["triger..a"]: there is no "triger". Did you mean "trigger"? Begin with trigger'],
])('key %s: the first field must be there', (key, invalid) => {
  const outcome = verdict({ [key]: { type: 'exists' } });
  expect('invalid' in outcome ? outcome.invalid : undefined).toBe(invalid);
});

test.each([
  ['{{ trigger.s }}{{ range(3) | list }}{% set x = 1 %}{{ x }}{{ st2kv.system.a }}', undefined],
  ['{{ triger.s }}', `'triger' is undefined. Did you mean "trigger"? Name trigger or st2kv`],
  ['{{ item.s }}', `'item' is undefined. Name trigger or st2kv`],
])('pattern %s: its names must be there', (pattern, message) => {
  const outcome = verdict({ 'trigger.s': { type: 'equals', pattern } });
  const invalid = message === undefined ? undefined : `criteria["trigger.s"].pattern: ${message}`;
  expect('invalid' in outcome ? outcome.invalid : undefined).toBe(invalid);
});

const search = (condition: Criterion['condition'], pattern: unknown, l: unknown) =>
  verdict({ 'trigger.l': { type: 'search', condition, pattern } }, { l });
const named = { 'item.n': { type: 'equals', pattern: 'a' }, 'item.v#1': { type: 'gt', pattern: 1 } };

test.each<[Criterion['condition'], unknown, boolean]>([
  [
    'any',
    [
      { n: 'a', v: 1 },
      { n: 'b', v: 2 },
    ],
    false,
  ],
  ['any', [{ n: 'a', v: 2 }], true],
  ['any', { n: 'a', v: 2 }, true],
  ['any2any', [{ n: 'a', v: 1 }], true],
  [
    'all',
    [
      { n: 'a', v: 2 },
      { n: 'b', v: 2 },
    ],
    false,
  ],
  ['all', [], true],
  [
    'all2any',
    [
      { n: 'a', v: 1 },
      { n: 'b', v: 2 },
    ],
    true,
  ],
])('search, %s of %j: %s', (condition, l, matched) => {
  expect(search(condition, named, l)).toEqual({ matched });
});

test('inside of a search a fault is no match, and is told when nothing else matched', () => {
  const pattern = { 'item.n': { type: 'regex', pattern: 'a' } };
  expect(search('any', pattern, [{ n: 5 }, { n: 'a' }])).toEqual({ matched: true });
  expect(search('any', pattern, [{ n: 5 }])).toEqual({
    error: 'criteria["trigger.l"].pattern["item.n"], regex: expected string or bytes-like object, got \'int\'',
  });
});

test('inside of a search paths and templates see the item', () => {
  const of = (key: string, pattern: unknown) => search('any', { [key]: { type: 'equals', pattern } }, [{ a: 1, b: 1 }]);
  expect(of('item.a', '{{ item.b }}')).toEqual({ matched: true });
  const place = 'criteria["trigger.l"].pattern';
  expect(of('itm.a', 1)).toEqual({
    invalid: `${place}["itm.a"]: there is no "itm". Did you mean "item"? Begin with item`,
  });
  expect(of('trigger.a', 1)).toEqual({ invalid: `${place}["trigger.a"]: there is no "trigger". Begin with item` });
  expect(of('item.a', '{{ trigger.b }}')).toEqual({
    invalid: `${place}["item.a"].pattern: 'trigger' is undefined. Name item or st2kv`,
  });
});

test('the text of an event cannot pass for an unknown operator', () => {
  const pattern = { 'item.d': { type: 'td_gt', pattern: 5 } };
  const good = { d: '2024-03-10T11:59:00Z' };
  expect(search('any', pattern, [{ d: 'x: Invalid operator: y' }, good])).toEqual({ matched: true });
});

test('errors name the criterion, its part, the column and what was meant', () => {
  expect(verdict({ 'trigger.a': { type: 'regex', pattern: 'x' } })).toEqual({
    error: 'criteria["trigger.a"], regex: expected string or bytes-like object, got \'int\'',
  });
  expect(verdict({ 'trigger.nope': { type: 'contains', pattern: 'x' } })).toEqual({
    error:
      'criteria["trigger.nope"], contains: argument of type \'NoneType\' is not iterable; the value is missing: test it with exists before',
  });
  const pattern = { 'item.n': { type: 'equal', pattern: 1 } };
  expect(verdict({ 'trigger.l': { type: 'search', condition: 'any', pattern } })).toEqual({
    invalid: 'criteria["trigger.l"].pattern["item.n"].type: Invalid operator: equal. Did you mean "equals"?',
  });
  expect(verdict({ 'trigger.s': { type: 'regex' } })).toEqual({
    invalid: 'criteria["trigger.s"].pattern: no pattern is given for the operator regex',
  });
});

test('looking for a long text in a longer one takes linear time', () => {
  const [a, b] = ['a'.repeat(500_000), `${'a'.repeat(125_000)}b${'a'.repeat(125_000)}`];
  for (const type of ['contains', 'icontains', 'incontains'] as const) {
    expect(verdict({ 'trigger.a': { type, pattern: '{{ trigger.b }}' } }, { a, b })).toEqual({
      matched: type === 'incontains',
    });
  }
});

test('an expression that ruins other engines ends, and so does a path that multiplies', () => {
  const text = `${'a'.repeat(5000)}!`;
  expect(verdict({ 'trigger.s': { type: 'regex', pattern: '^(a+)+$' } }, { s: text })).toEqual({ matched: false });
  const wide = { l: Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => [1])) };
  expect(verdict({ 'trigger..[*]..[*]..[*]..[*]..[*]': { type: 'exists' } }, wide)).toEqual({
    error: 'criteria["trigger..[*]..[*]..[*]..[*]..[*]"], exists: more than 250000 steps',
  });
  expect(verdict({ [`${'('.repeat(500)}trigger${')'.repeat(500)}`]: { type: 'exists' } })).toHaveProperty('invalid');
});
