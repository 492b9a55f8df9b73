// operator/domain/expression/functions/orquesta/table.test.ts — the functions of workflows: what they read of the context, and how they refuse.
import { expect, test } from 'vitest';
import { evaluating } from '../../evaluation.ts';
import { Tuple } from '../../python/collections.ts';
import type { Plain, Value } from '../../python/values.ts';
import { callOf } from '../call.ts';
import { CONTEXT_FUNCTIONS, ORQUESTA_FUNCTIONS } from './table.ts';

/** Route 2 came out of route 1, route 3 out of route 0. */
const context: Plain = {
  x: 1,
  __state: {
    tasks: { early__r0: 0, mid__r1: 1, late__r2: 2 },
    sequence: [{ status: 'succeeded' }, { status: 'failed' }, {}],
    routes: [[], ['a__t0'], ['a__t0', 'b__t0'], ['c__t0']],
  },
  __current_task: { id: 'late', route: 2, result: { out: 5 } },
  __current_item: { name: 'n' },
};

const call = (name: string, args: readonly Value[] = [], scope: Plain = context): Value => {
  const run = ORQUESTA_FUNCTIONS.get(name);
  if (!run) throw new Error(name);
  return evaluating({ nowMs: 0, seed: 1 }, () => run(callOf(...args), { context: scope }));
};

test.each<[string, readonly Value[], Value]>([
  ['ctx', ['x'], 1],
  ['ctx', [], { x: 1 }],
  ['ctx', [''], { x: 1 }],
  ['item', [], { name: 'n' }],
  ['item', ['name'], 'n'],
  ['result', [], { out: 5 }],
  ['task_status', ['late'], 'null'],
  ['task_status', ['mid'], 'failed'],
  ['task_status', ['early'], 'succeeded'],
  ['task_status', ['mid', 3], 'null'],
  ['task_status', ['nosuch'], 'null'],
  ['succeeded', [], false],
  ['failed', [], false],
  ['completed', [], false],
  ['json', ['{"a": [1, 2.5]}'], { a: [1, 2.5] }],
  ['zip', [[1, 2], null, 'ab'], [new Tuple([1, null, 'a']), new Tuple([2, null, 'b'])]],
  ['zip', [[1]], [1]],
  ['zip', [], []],
])('%s%o gives %o', (name, args, result) => {
  expect(call(name, args)).toEqual(result);
});

test.each([
  ['ctx', ['nosuch'], 'VariableUndefinedError', 'The variable "nosuch" is undefined.'],
  ['ctx', ['__state'], 'VariableInaccessibleError', 'The variable "__state" is for internal use and inaccessible.'],
  ['item', ['nam'], 'ExpressionEvaluationException', 'Item does not have key "nam". Did you mean "name"?'],
  ['ctx', ['a', 'b'], 'TypeError', 'ctx_() takes from 0 to 1 positional arguments but 2 were given'],
  ['json', [5], 'TypeError', 'Given object is not typeof string.'],
  ['zip', [5, 6], 'TypeError', "'int' object is not iterable"],
])('%s%o is refused', (name, args, type, message) => {
  expect(() => call(name, args)).toThrow(expect.objectContaining({ type, message }));
});

test('outside of a task there is none', () => {
  expect(() => call('result', [], {})).toThrow('The current task is not set in the context.');
  expect(() => call('succeeded', [], {})).toThrow('The current task is not set in the context.');
  expect(call('task_status', ['early'], {})).toBe('null');
});

test('StackStorm’s functions are there under all their names, those of templates are not', () => {
  const names = [
    'json_dump',
    'json_parse',
    'yaml_dump',
    'yaml_parse',
    'st2kv',
    'regex_match',
    'version_match',
    'use_none',
  ];
  expect(names.filter((name) => !ORQUESTA_FUNCTIONS.has(name))).toEqual([]);
  expect(['to_complex', 'decrypt_kv'].filter((name) => ORQUESTA_FUNCTIONS.has(name))).toEqual([]);
  expect([...CONTEXT_FUNCTIONS].filter((name) => !ORQUESTA_FUNCTIONS.has(name))).toEqual([]);
});
