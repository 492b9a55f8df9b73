// operator/domain/expression/functions/st2/functions.test.ts — StackStorm's functions, and the datastore in expressions.
import { describe, expect, test } from 'vitest';
import { evaluating } from '../../evaluation.ts';
import { compileTemplate } from '../../jinja/template.ts';
import type { Plain, Value } from '../../python/values.ts';
import { callOf, type Call, type Datastore, type Scope } from '../call.ts';
import { kvScopes, st2kv } from '../kv.ts';
import { ST2_FUNCTIONS, WORKFLOW_FUNCTIONS } from './table.ts';

const STORED: Readonly<Record<string, string>> = {
  'system num': '7',
  'system grp.sub': 'nested',
  'system odd-key': 'odd',
  'user bob token': 'secret',
};
const datastore: Datastore = {
  read: (scope, user, name) => STORED[scope === 'system' ? `system ${name}` : `user ${user} ${name}`],
};
const scope: Scope = { context: { st2: { user: 'bob' } }, datastore };

const within = <T>(run: () => T): T => evaluating({ nowMs: 0, seed: 1 }, run);
const called = (name: string, ...args: readonly Value[]): Value =>
  within(() => ST2_FUNCTIONS.get(name)?.(callOf(...args), scope) ?? null);
const rendered = (expression: string): string => {
  const context: Plain = { st2kv: kvScopes(datastore, 'bob') };
  return within(() => compileTemplate(`{{ ${expression} }}`).render({ context, datastore }));
};

describe('functions', () => {
  test.each<[string, readonly Value[], Value]>([
    ['version_compare', ['1.10.0', '1.9.9'], 1],
    ['version_compare', ['1.0.0-alpha.1', '1.0.0-alpha.beta'], -1],
    ['version_compare', ['1.0.0-rc.1', '1.0.0'], -1],
    ['version_equal', ['1.2.3+a', '1.2.3+b'], true],
    ['version_compare', ['1.2.3', [1, 2]], 1],
    ['version_match', ['1.2.3', '!=1.2.4'], true],
    ['version_match', ['1.2.3', '1.2.3'], true],
    ['version_bump_minor', ['1.2.3-rc.1+b'], '1.3.0'],
    ['version_strip_patch', ['1.2.3'], '1.2'],
    ['regex_substring', ['aXbY', '([A-Z])', 1], 'Y'],
    ['regex_replace', ['ab', '(a)(b)', '\\2\\1'], 'ba'],
    ['regex_match', [123, '12'], true],
    ['to_human_time_from_seconds', [4_543_232], '21d14h0m32s'],
    ['to_human_time_from_seconds', [-3], '-3μs'],
    ['to_human_time_from_seconds', [0.5], '0.5μs'],
    ['json_escape', ['a"b"'], 'a\\"b\\'],
    ['use_none', [null], '%*****__%NONE%__*****%'],
    ['basename', ['/a/b//c.txt'], 'c.txt'],
    ['dirname', ['/a/b//c.txt'], '/a/b'],
    ['dirname', ['//c'], '//'],
    ['to_json_string', [{ b: 1, a: [1] }], '{"b": 1,"a": [1]}'],
  ])('%s(%j) is %j', (name, args, result) => {
    expect(called(name, ...args)).toEqual(result);
  });

  test.each<[string, readonly Value[], string, string]>([
    ['version_compare', ['v1.2.3', '1.0.0'], 'ValueError', 'v1.2.3 is not valid SemVer string'],
    ['version_compare', ['1.2.3', 5], 'TypeError', "but got <class 'int'>"],
    ['version_match', ['1.2.3', '^1'], 'ValueError', "You provided: '^1'"],
    ['regex_match', ['a', '['], 'error', 'unterminated character set at position 0'],
    ['regex_match', ['a', 5], 'TypeError', 'first argument must be string or compiled pattern'],
    ['regex_substring', ['a', 'b'], 'IndexError', 'list index out of range'],
    ['to_human_time_from_seconds', ['5'], 'AssertionError', ''],
    ['basename', [5], 'TypeError', 'expected str, bytes or os.PathLike object, not int'],
    ['from_json_string', ['{'], 'JSONDecodeError', 'unexpected end of data: line 1 column 2 (char 1)'],
    ['decrypt_kv', [5], 'TypeError', 'Ciphertext needs to either be a string/unicode or bytes'],
  ])('%s(%j) raises %s', (name, args, type, message) => {
    expect(() => called(name, ...args)).toThrow(
      expect.objectContaining({ type, message: expect.stringContaining(message) as string }),
    );
  });

  test('workflows have all but two', () => {
    expect([...ST2_FUNCTIONS.keys()].filter((name) => !WORKFLOW_FUNCTIONS.has(name))).toEqual([
      'to_complex',
      'decrypt_kv',
    ]);
  });
});

describe('lookups in templates', () => {
  test.each([
    ['st2kv.system.num', '7'],
    ['st2kv.system.num | int + 1', '8'],
    ['st2kv.system.nope | int(5)', '5'],
    ['st2kv.user.token', 'secret'],
    ['st2kv.user.token | int', '0'],
    ['st2kv.system.grp.sub', 'nested'],
    ["st2kv.system['odd-key']", 'odd'],
    ["'[' ~ st2kv.system.nope ~ ']'", '[]'],
    ['st2kv.system.nope is defined', 'True'],
    ["st2kv.system.nope | default('x')", ''],
    ["'t' if st2kv.system.nope else 'f'", 't'],
    ["st2kv.system.num == '7'", 'False'],
    ["st2kv.system.num | string == '7'", 'True'],
  ])('%s → %j', (expression, text) => {
    expect(rendered(expression)).toBe(text);
  });

  test('decrypting what is not there names it', () => {
    expect(() => rendered('st2kv.system.nope | decrypt_kv')).toThrow(
      'Referenced datastore item "st2kv.system.nope" doesn\'t exist or it contains an empty string',
    );
  });
});

describe('st2kv() of workflows', () => {
  const call = (given: Call, at: Scope = scope) => within(() => st2kv(given, at));
  test('system entries have their prefix, others are the user’s', () => {
    expect(call(callOf('system.num'))).toBe('7');
    expect(call(callOf('token'))).toBe('secret');
    expect(call({ args: ['system.nope'], named: new Map([['default', 5]]) })).toBe(5);
  });
  test.each<[Call, Scope, string, string]>([
    [callOf(), scope, 'TypeError', "st2kv_() missing 1 required positional argument: 'key'"],
    [callOf(5), scope, 'TypeError', 'Given key is not typeof string.'],
    [{ args: ['a'], named: new Map([['decrypt', 1]]) }, scope, 'TypeError', 'Decrypt parameter is not typeof bool.'],
    [
      callOf('host'),
      scope,
      'ExpressionEvaluationException',
      'The key "bob:host" does not exist in the StackStorm datastore.',
    ],
    [callOf('a'), { context: {} }, 'KeyError', 'Could not get user from context.'],
  ])('%#: a bad call raises', (given, at, type, message) => {
    expect(() => call(given, at)).toThrow(
      expect.objectContaining({ type, message: expect.stringContaining(message) as string }),
    );
  });
});
