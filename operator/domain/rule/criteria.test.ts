// operator/domain/rule/criteria.test.ts — which payloads pass, which fail, and which put the rule at fault.
import { expect, test } from 'vitest';
import type { Criterion } from '../../api/rule.ts';
import { compileCriteria, evaluateCriteria } from './criteria.ts';

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
  'dot.ted': 5,
  headers: { 'X-Github-Event': 'push' },
};
const verdict = (criteria: Record<string, Criterion>, payload: unknown = PAYLOAD) => {
  try {
    return evaluateCriteria(compileCriteria(criteria), payload);
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
  ['trigger.s', 'regex', 'e.t', true],
  ['trigger.s', 'regex', '^e', false],
  ['trigger.s', 'regex', '(?i)TEXT', true],
  ['trigger.s', 'regex', '^text\\Z', true],
  ['trigger.umlaut', 'regex', '^\\w+$', true],
  ['trigger.lines', 'regex', 'two$', true],
  ['trigger.lines', 'regex', 'one$', false],
  ['trigger.lines', 'regex', 'one.two', false],
  ['trigger.missing', 'regex', 'x', 'error'],
  ['trigger.a', 'regex', '1', 'error'],
  ['trigger.s', 'regex', '[', 'invalid'],
  ['trigger.s', 'regex', '(?<=t)e', 'invalid'],
  ['trigger.s', 'equals', undefined, 'invalid'],
])('%s %s %j → %s', (key, type, pattern, expected) => {
  expect(one(key, type, pattern)).toBe(expected);
});

test.each<[string, unknown]>([
  ['trigger.d.k', 'v'],
  ['trigger.d.deep.l[1].z', 2],
  ['trigger.l[-1].n', 'b'],
  ['trigger.l[*].n', 'a'],
  ['trigger.d["x-y"]', 1],
  ["trigger.d['x-y']", 1],
  ["trigger.'dot.ted'", 5],
  ['trigger["dot.ted"]', 5],
  ['trigger.headers.X-Github-Event', 'push'],
  ['$.trigger.a', 1],
  ['trigger.a#2', 1],
  ['trigger.a # second look', 1],
])('key %s finds %j', (key, value) => {
  expect(one(key, 'equals', value)).toBe(true);
});

test.each(['', 'trigger.', 'trigger..n', 'trigger.l[0:2]', 'trigger.l[', '[0]', '#1', 'trigger.a b'])(
  'key %j is refused',
  (key) => {
    expect(one(key, 'exists')).toBe('invalid');
  },
);

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
  ['JSON that is put together counts', 'trigger.l', '[{{ trigger.l[0] }}, {"n": "b"}]', true],
  ['mixed with text it is text', 'trigger.s', "te{{ 'xt' }}", true],
  ['what the payload lacks is an error', 'trigger.s', '{{ trigger.nope }}', 'error'],
])('a pattern is rendered first: %s', (_, key, pattern, expected) => {
  expect(one(key, 'equals', pattern)).toBe(expected);
});

test('an empty payload passes no criterion, but a rule without criteria takes it', () => {
  for (const payload of [{}, [], null, undefined]) {
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

test('errors name the criterion', () => {
  expect(verdict({ 'trigger.a': { type: 'regex', pattern: 'x' } })).toEqual({
    error: 'criteria["trigger.a"], regex: the value is a number, regex needs text',
  });
  expect(verdict({ 'trigger.s': { type: 'regex', pattern: '(?=x)' } })).toHaveProperty(
    'invalid',
    expect.stringContaining('criteria["trigger.s"]: "(?=x)" is not a valid expression; lookaround is not available'),
  );
});

test('an expression that ruins other engines ends', () => {
  const text = `${'a'.repeat(5000)}!`;
  expect(verdict({ 'trigger.s': { type: 'regex', pattern: '^(a+)+$' } }, { s: text })).toEqual({ matched: false });
});
