// operator/domain/action/resolve-checks.test.ts — parameters are converted to their types and checked by their schemas.
import { describe, expect, test } from 'vitest';
import { resolve, values } from './resolve.setup.ts';

describe('casts', () => {
  test.each<[string, unknown, unknown]>([
    ['integer', ' 12 ', 12],
    ['integer', 1.9, 1],
    ['integer', true, 1],
    ['number', '3', 3],
    ['number', '1e3', 1000],
    ['boolean', 'FALSE', false],
    ['boolean', 'true', true],
    ['array', '[1, "a"]', [1, 'a']],
    ['array', "['a', 1]", ['a', 1]],
    ['array', '(1, 2,)', [1, 2]],
    ['object', "{'k': None, 'l': [True]}", { k: null, l: [true] }],
    ['string', 'x', 'x'],
    ['string', '%*****__%NONE%__*****%', null],
  ])('%s from %j', (type, given, expected) => {
    expect(values({ a: { type } }, { a: given })).toEqual({ a: expected });
  });
  test.each<[string, unknown, string]>([
    ['integer', 'abc', "invalid literal for int() with base 10: 'abc'"],
    ['integer', '1.5', 'invalid literal'],
    ['integer', '', 'invalid literal'],
    ['integer', [], "not 'list'"],
    ['number', 'x', 'could not convert string to float'],
    ['number', '1e999', 'could not convert'],
    ['boolean', 'yes', 'malformed node or string'],
    ['boolean', '', 'invalid syntax'],
    ['array', 'a, b', 'malformed'],
    ['array', "['a'", "'[' was never closed"],
    ['string', 5, 'must either be a string or None. Got "int"'],
    ['string', [1], 'Got "list"'],
  ])('%s from %j is refused', (type, given, message) => {
    const made = resolve({ a: { type } }, { a: given });
    expect(made).toMatchObject({ ok: false, reason: 'ParametersInvalid', message: expect.stringContaining(message) });
    expect(made).toMatchObject({ message: expect.stringMatching(/^parameters\.a: .*Give a value of type/) });
  });
});

describe('validation', () => {
  const object = {
    type: 'object',
    properties: { n: { type: 'integer', required: true }, d: { default: 1 } },
    additionalProperties: false,
  };
  test.each<[string, object, object, string]>([
    ['missing', { x: { required: true } }, {}, "parameters: 'x' is a required property; give parameters.x"],
    ['null for required', { x: { required: true } }, { x: null }, "'x' is a required property"],
    ['unknown', {}, { x: 1 }, "Additional properties are not allowed ('x' was unexpected); remove parameters.x"],
    ['unknown null', {}, { x: null }, "'x' was unexpected"],
    ['type', { x: { type: 'array' } }, { x: { a: 1 } }, "parameters.x: {'a': 1} is not of type 'array', 'null'"],
    ['enum', { x: { enum: ['a', 'b'] } }, { x: 'c' }, "'c' is not one of ['a', 'b']"],
    ['pattern', { x: { pattern: '^b' } }, { x: 'a' }, "'a' does not match '^b'"],
    [
      'two patterns',
      { w: { pattern: 'a' }, x: { pattern: '^b' } },
      { w: 'a', x: 'a' },
      "parameters.x: 'a' does not match '^b'",
    ],
    ['minimum', { x: { minimum: 2 } }, { x: 1 }, '1 is less than the minimum of 2'],
    [
      'exclusive',
      { x: { minimum: 2, exclusiveMinimum: true } },
      { x: 2 },
      '2 is less than or equal to the minimum of 2',
    ],
    ['maximum', { x: { maximum: 2 } }, { x: 3 }, '3 is greater than the maximum of 2'],
    ['timeout', {}, { timeout: 0 }, 'parameters.timeout: 0 is less than the minimum of 1'],
    ['short', { x: { minLength: 2 } }, { x: 'a' }, "'a' is too short; give at least 2"],
    ['long', { x: { maxLength: 1 } }, { x: 'ab' }, 'is too long'],
    ['multiple', { x: { multipleOf: 2 } }, { x: 3 }, '3 is not a multiple of 2'],
    [
      'twice',
      { x: { uniqueItems: true } },
      {
        x: [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      },
      'has non-unique elements',
    ],
    [
      'anyOf',
      { x: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
      { x: 1.5 },
      'not valid under any of the given schemas',
    ],
    ['inside', { x: object }, { x: {} }, "parameters.x: 'n' is a required property"],
    [
      'deep inside',
      { x: { type: 'array', items: object } },
      { x: [{ n: 1 }, { n: 'z' }] },
      "parameters.x[1].n: 'z' is not of type 'integer'",
    ],
    ['constructor is not there', { constructor: { required: true } }, {}, "'constructor' is a required property"],
    ['__proto__', {}, JSON.parse('{"__proto__": {"x": 1}}') as object, "'__proto__' was unexpected"],
    [
      'too deep',
      { x: {} },
      { x: JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`) as unknown },
      'nested deeper than 64',
    ],
  ])('%s', (_, schemas, given, message) => {
    expect(resolve(schemas, given)).toMatchObject({
      ok: false,
      reason: 'ParametersInvalid',
      message: expect.stringContaining(message),
    });
  });
  test.each<[string, object, object]>([
    ['null for optional', { x: { type: 'string' } }, { x: null }],
    ['absent with an enum', { x: { enum: ['a'] } }, {}],
    ['required with a default', { x: { required: true, default: 1 } }, {}],
    ['required and empty', { x: { type: 'string', required: true } }, { x: '' }],
    ['nested null', { x: { type: 'object', properties: { a: { type: 'string' } } } }, { x: { a: null } }],
    ['any', { x: { items: { type: 'any' } } }, { x: [1] }],
    ['nested default', { x: { type: 'object', properties: { a: { required: true, default: 1 } } } }, { x: {} }],
    ['null in anyOf', { x: { anyOf: [{ type: 'string' }] } }, { x: null }],
    ['a format is not checked', { x: { type: 'array', items: { format: 'email' } } }, { x: ['no'] }],
    [
      'a property called id, required or $ref is data',
      { x: { type: 'object', properties: { id: {}, required: {} } } },
      { x: { id: 1, $ref: '#' } },
    ],
  ])('%s passes', (_, schemas, given) => {
    expect(resolve(schemas, given)).toMatchObject({ ok: true });
  });
  test('a hostile expression takes no time', () => {
    expect(resolve({ x: { pattern: '^(a+)+$' } }, { x: `${'a'.repeat(50_000)}b` })).toMatchObject({ ok: false });
  });
  test('two schemas with the same id do not collide', () => {
    expect(resolve({ x: { id: 'http://a', type: 'string' } }, { x: 'a' }).ok).toBe(true);
    expect(resolve({ x: { id: 'http://a', type: 'integer' } }, { x: 1 }).ok).toBe(true);
  });
  test('immutable parameters cannot be overridden and always have their default', () => {
    const schemas = { a: { immutable: true, default: 'x' }, b: { immutable: true, default: 1 } };
    expect(values(schemas, {})).toEqual({ a: 'x', b: 1 });
    expect(resolve(schemas, { a: 1, b: 2 })).toMatchObject({
      reason: 'ParametersInvalid',
      message: expect.stringContaining("Override of immutable parameter(s) ['a', 'b'] is unsupported."),
    });
  });
  test('more schemas than are kept', () => {
    for (let i = 0; i < 520; i++) expect(resolve({ [`x${i}`]: { type: 'string' } }, {}).ok).toBe(true);
  }, 60_000);
});
