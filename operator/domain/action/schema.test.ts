// operator/domain/action/schema.test.ts
import { describe, expect, test } from 'vitest';
import { evaluating } from '../expression/evaluation.ts';
import { Float, type Plain, type Value } from '../expression/python/values.ts';
import { faultIn, faultOfSchema, validate } from './schema.ts';

const check = (value: Value, schema: object, settings = {}) =>
  evaluating({ nowMs: 0, seed: 0 }, () => validate(value, schema as Plain, settings));
const about = (schema: object) => ({ type: 'object', properties: { a: schema } });

describe('as StackStorm validates', () => {
  test.each<[string, object, Value, Value]>([
    ['null for what is optional', { type: 'string' }, { a: null }, { a: null }],
    ['a default for null', { type: 'string', default: 'd' }, { a: null }, { a: 'd' }],
    ['a default for what is absent', { default: 'd' }, {}, { a: 'd' }],
    ['a default of null', { type: 'string', default: null }, {}, { a: null }],
    [
      'defaults inside of defaults',
      { type: 'object', default: {}, properties: { b: { type: 'integer', default: 1 } } },
      {},
      { a: { b: 1 } },
    ],
    [
      'defaults of items',
      { type: 'array', items: { type: 'object', properties: { b: { type: 'integer', default: 1 } } } },
      { a: [{}, { b: 2 }] },
      { a: [{ b: 1 }, { b: 2 }] },
    ],
    ['a large int', { type: 'integer' }, { a: 2n ** 70n }, { a: 2n ** 70n }],
    ['characters outside of the basic plane', { type: 'string', maxLength: 1 }, { a: '😀' }, { a: '😀' }],
    ['true is not 1', { type: 'array', uniqueItems: true }, { a: [1, true] }, { a: [1, true] }],
  ])('%s', (_, schema, value, expected) => {
    expect(check(value, about(schema))).toEqual(expected);
  });

  test.each<[string, object, Value, string]>([
    ['an integral float', { type: 'integer' }, { a: new Float(5) }, "5.0 is not of type 'integer', 'null'"],
    ['no type means string', { description: 'x' }, { a: 5 }, "5 is not of type 'string', 'null'"],
    ['true for 1', { enum: [1], required: true }, { a: true }, 'True is not one of [1]'],
    [
      'the innermost branch',
      { anyOf: [{ type: 'array', items: { type: 'integer' } }] },
      { a: ['x'] },
      "'x' is not of type 'integer'",
    ],
    [
      'equal floats',
      { type: 'array', uniqueItems: true },
      { a: [1, new Float(1)] },
      '[1, 1.0] has non-unique elements',
    ],
    [
      'several that are unexpected',
      { type: 'object', additionalProperties: false },
      { a: { y: 1, x: 2 } },
      "Additional properties are not allowed ('x', 'y' were unexpected)",
    ],
    [
      'neither pattern',
      { type: 'object', patternProperties: { '^k': {} }, additionalProperties: false },
      { a: { x: 1 } },
      "'x' does not match any of the regexes: '^k'",
    ],
    [
      '__proto__',
      { type: 'object', additionalProperties: false },
      JSON.parse('{"a": {"__proto__": 1}}') as Value,
      "Additional properties are not allowed ('__proto__' was unexpected)",
    ],
    ['a dependency', { type: 'object', dependencies: { x: ['y'] } }, { a: { x: 1 } }, "'y' is a dependency of 'x'"],
    [
      'exactly one',
      { oneOf: [{ type: 'integer' }, { type: 'number' }] },
      { a: 1 },
      "1 is valid under each of {'type': 'number'}, {'type': 'integer'}",
    ],
    ['a fraction of a fraction', { type: 'number', multipleOf: 0.5 }, { a: 0.75 }, '0.75 is not a multiple of 0.5'],
  ])('%s is a fault', (_, schema, value, message) => {
    expect(() => check(value, about(schema))).toThrow(expect.objectContaining({ type: 'ValidationError', message }));
  });

  test.each<[string, object, string, string]>([
    ['of a word', { minLength: -1 }, 'SchemaError', '-1 is less than the minimum of 0'],
    ['of a type', { type: 'any' }, 'SchemaError', "['any', 'null'] is not valid under any of the given schemas"],
    ['of a pattern', { pattern: '(' }, 'SchemaError', "'(' is not a 'regex'"],
    ['of required', { required: ['b'] }, 'SchemaError', "['b'] is not of type 'boolean'"],
    ['of a list of items', { type: 'array', items: [{}] }, 'AttributeError', "'list' object has no attribute 'get'"],
  ])('a fault of the schema: %s', (_, schema, type, message) => {
    expect(() => check({ a: null }, about(schema))).toThrow(expect.objectContaining({ type, message }));
  });

  test('without defaults nothing is filled in', () => {
    expect(check({}, about({ default: 1 }), { useDefault: false })).toEqual({});
  });
});

describe('limits', () => {
  test('many items, many branches, a deep value', () => {
    const items = Array.from({ length: 50_000 }, (_, i) => i);
    expect(faultIn({ a: { uniqueItems: true } }, { a: items }, 'p.a')).toBeUndefined();
    const branches = Array.from({ length: 200 }, () => ({ type: 'array', items: { type: 'string' } }));
    const fault = faultIn({ a: { anyOf: branches } }, { a: items }, 'p.a');
    expect(fault).toMatch(/^parameters: they could not be checked .*more than/);
    const deep = JSON.parse(`${'['.repeat(3000)}${']'.repeat(3000)}`) as unknown;
    expect(() => faultIn({ a: { enum: [deep] } }, { a: deep }, 'p.a')).toThrow(/^parameters\.a: nested deeper/);
    expect(faultIn({ a: { enum: [1] } }, { a: deep }, 'p.a')).toMatch(/could not be checked/);
  });
  test('a message shows little of a large value', () => {
    expect(faultIn({ a: { type: 'integer' } }, { a: 'x'.repeat(10_000) }, 'p.a')?.length).toBeLessThan(300);
  });
});

test.each<[object, RegExp | undefined]>([
  [{ type: 'array', items: { type: 'any', required: ['a'] } }, undefined],
  [
    { items: { exampel: 1 } },
    /^\.items: Additional properties are not allowed \('exampel' was unexpected\); remove \.items\.exampel$/,
  ],
  [{ exclusiveMinimum: true }, /^: 'minimum' is a dependency of 'exclusiveMinimum'/],
  [{ properties: { x: { minLength: 'a' } } }, /^\.properties\.x\.minLength: 'a' is not of type 'integer'/],
])('the schema %j of a parameter', (schema, message) => {
  const fault = faultOfSchema(schema as never);
  if (message) expect(fault).toMatch(message);
  else expect(fault).toBeUndefined();
});
