// operator/domain/rule/groups.test.ts — groups of conditions: how they join, what a member at fault does, where mistakes are.
import { expect, test } from 'vitest';
import { Match } from '../../api/rule.ts';
import type { Value } from '../expression/python/values.ts';
import { compileTest } from './compile.ts';
import { subjectOf } from './criteria.ts';

const WORLD = { nowMs: 0, seed: 0 };
const run = (match: unknown, payload: unknown = { a: 1, b: 'x' }, criteria = {}) => {
  try {
    return compileTest({ criteria, match: Match.parse(match) })(
      subjectOf('trigger', payload as Value, undefined),
      WORLD,
    );
  } catch (error) {
    return { invalid: (error as Error).message };
  }
};
const is = (key: string, pattern: unknown) => ({ key: `trigger.${key}`, type: 'equals', pattern });
const [yes, no] = [is('a', 1), is('a', 2)];
const broken = { key: 'trigger.nope', type: 'contains', pattern: 'x' };

test.each<[unknown, boolean]>([
  [{ all: [yes, is('b', 'x')] }, true],
  [{ all: [yes, no] }, false],
  [{ any: [no, yes] }, true],
  [{ any: [no, no] }, false],
  [{ not: no }, true],
  [{ not: yes }, false],
  [{ all: [yes], any: [no, yes], not: no, cel: 'trigger.a == 1' }, true],
  [{ all: [yes], cel: 'trigger.a == 2' }, false],
  [{ any: [{ all: [yes, { not: { ...no, cel: 'true' } }] }] }, true],
  [{ any: [{ ...yes, cel: 'trigger.b == "y"' }] }, false],
  [{ any: [broken, yes] }, true],
])('%j: %s', (match, matched) => {
  expect(run(match)).toEqual({ matched });
});

test('criteria and groups must both hold; an empty payload is for the groups to judge', () => {
  const criteria = { 'trigger.b': { type: 'equals', pattern: 'y' } };
  expect(run({ all: [yes] }, undefined, criteria)).toEqual({ matched: false });
  expect(run({ cel: '!has(trigger.a)' }, {})).toEqual({ matched: true });
});

test('a member at fault is told unless another one decides, also inside of not', () => {
  const error = expect.stringMatching(/^match\.(any\[0\]|not)\.key, contains: argument of type 'NoneType'/);
  expect(run({ any: [broken, no] })).toEqual({ error });
  expect(run({ not: broken })).toEqual({ error });
});

test('a search that is at fault inside of not is no match', () => {
  const pattern = { 'item.n': { type: 'regex', pattern: 'x' } };
  const search = { key: 'trigger.l', type: 'search', condition: 'any', pattern };
  expect(run({ not: search }, { l: [{ n: 'y' }] })).toEqual({ matched: true });
  expect(run({ not: search }, { l: [{ n: 5 }] })).toHaveProperty('error');
});

test.each<[unknown, string]>([
  [
    { any: [{ key: 'trigger.a', type: 'equal', pattern: 1 }] },
    'match.any[0].type: Invalid operator: equal. Did you mean "equals"?',
  ],
  [{ all: [yes, { key: 'trigger.a' }] }, 'match.all[1].type: no operator is given'],
  [
    { all: [{ any: [{ type: 'exists' }] }] },
    'match.all[0].any[0].key: say of which value, for example trigger.body.status',
  ],
  [{ not: { key: 'trigger[', type: 'exists' } }, 'match.not.key: column 9: the path ends where more of it is expected'],
  [{ not: { key: 'trigger.a', type: 'gt' } }, 'match.not.pattern: no pattern is given for the operator gt'],
  [{ any: [{ cel: 'trigger.a +' }] }, 'match.any[0].cel: column 12: Unexpected token: EOF'],
  [{ any: [{}] }, 'match.any[0]: it is empty; give key and type, cel, all, any or not'],
  [{}, 'match: it is empty; give key and type, cel, all, any or not'],
])('%j is refused', (match, message) => {
  expect(run(match)).toEqual({ invalid: message });
});
