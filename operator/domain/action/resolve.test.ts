// operator/domain/action/resolve.test.ts — parameters get their defaults, are rendered in the right order, and nothing is thrown.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { action as build, container } from '../execution/builders.setup.ts';
import { resolve, values, world } from './resolve.setup.ts';
import { resolveParameters } from './resolve.ts';

describe('defaults and order', () => {
  test('null and absent take the default; what has none is null', () => {
    expect(values({ a: { default: 1 }, b: { default: 2 }, c: {} }, { a: null })).toEqual({ a: 1, b: 2, c: null });
  });
  test('given ones first, then defaults, templated defaults last', () => {
    const made = values({ t: { default: '{{ z }}' }, d: { default: 'd' }, z: {}, y: {} }, { z: 'z', y: 'y' });
    expect(Object.keys(made)).toEqual(['z', 'y', 'd', 't']);
  });
  test("the runner's parameters are kept apart, with the action's defaults over them", () => {
    expect(resolve({ timeout: { default: 120 }, x: {} }, { x: 'v', env: { A: 'b' } })).toMatchObject({
      runnerParameters: { timeout: 120, env: { A: 'b' }, kwarg_op: '--', sudo: false, cwd: null },
      actionParameters: { x: 'v' },
    });
    expect(resolve({}, {}, {}, { timeoutSeconds: 7 })).toMatchObject({ runnerParameters: { timeout: 7 } });
    expect(resolve({}, {})).toMatchObject({ runnerParameters: { timeout: 60 } });
  });
});

describe('templates', () => {
  test('parameters name each other in any order, before they are cast', () => {
    const schemas = {
      cmd: { type: 'string', default: 'cp {{ args }} {{ n }}' },
      args: { default: '{{ a }} {{ b }}' },
      a: {},
      b: {},
      n: { type: 'integer' },
    };
    expect(values(schemas, { a: 'x', b: 'y', n: '3' })).toMatchObject({ cmd: 'cp x y 3', n: 3 });
  });
  test('a default that is none is a text; one that names nothing is rendered only where it is needed', () => {
    const format = "docker ps --format '{{.Names}}'";
    expect(values({ cmd: { type: 'string', immutable: true, default: format } }, {})).toEqual({ cmd: format });
    expect(values({ to: { default: '/tmp/{{ branch }}' } }, { to: '/srv' })).toEqual({ to: '/srv' });
    expect(resolve({ to: { default: '/tmp/{{ branch }}' } }, {})).toMatchObject({ reason: 'RenderFailed' });
  });
  test('contexts', () => {
    expect(values({ who: { default: '{{ action_context.user }}' } }, {})).toEqual({ who: 'u' });
  });
  test('exact names keep their type inside lists', () => {
    expect(values({ l: { type: 'array' }, n: { default: 4 } }, { l: ['{{n}}'] })).toEqual({ l: [4], n: 4 });
  });
  test('values of events are data', () => {
    expect(values({ a: {} }, { a: '{{ nope }} {% x %}' }, { rendered: true })).toEqual({ a: '{{ nope }} {% x %}' });
  });
  test('rendered text is not rendered again', () => {
    expect(values({ a: { default: '{{ b }}' }, b: {} }, { b: '{{ c }}' }, { rendered: true })).toMatchObject({
      a: '{{ c }}',
    });
  });
  test.each<[string, object, object, RegExp]>([
    ['unknown', { a: { default: '{{ nope }}' } }, {}, /Dependency unsatisfied in variable "nope"/],
    ['itself', { a: { default: '{{ a }}' } }, {}, /Cyclic dependency found in the following variables: a\. Likely/],
    ['a cycle', { a: { default: '{{ b }}' }, b: { default: '{{ a }}' } }, {}, /following variables: a, b\./],
    [
      'undefined',
      {},
      { cwd: '{{ config_context.x }}' },
      /^parameters\.cwd: Failed to render parameter "cwd": 'dict object' has no attribute 'x'/,
    ],
    ['an unknown filter', {}, { cwd: '{{ config_context | upcase }}' }, /^parameters\.cwd: .*No filter named 'upcase'/],
    ['a prototype', {}, { cwd: '{{ constructor }}' }, /variable "constructor"/],
  ])('%s fails', (_, schemas, given, message) => {
    const made = resolve(schemas, given);
    expect(made).toMatchObject({ ok: false, reason: 'RenderFailed' });
    expect(made.ok ? '' : made.message).toMatch(message);
  });
});

describe('as in StackStorm', () => {
  test('the same execution always renders the same', () => {
    const schemas = { x: { default: '{{ range(1000) | random }}' } };
    expect(values(schemas, {})).toEqual(values(schemas, {}));
    const others = [1, 2, 3, 4, 5].map((seed) => JSON.stringify(values(schemas, {}, { world: { nowMs: 0, seed } })));
    expect(new Set(others).size).toBeGreaterThan(1);
  });
  test('a text that only looks like a template is kept', () => {
    expect(values({ a: {} }, { a: "docker ps --format '{{.Names}}'" })).toEqual({
      a: "docker ps --format '{{.Names}}'",
    });
  });
  test('a given template stands against a default that is one', () => {
    const schemas = { a: { type: 'array', default: ['{{ n }}'] }, n: { default: 1 }, m: { default: 2 } };
    expect(values(schemas, { a: ['{{m}}'] })).toMatchObject({ a: [2] });
  });
  test('null for an enum is no choice, an absent value is none', () => {
    expect(resolve({ x: { enum: ['a'] } }, { x: null })).toMatchObject({
      message: expect.stringContaining('None is not one of'),
    });
    expect(resolve({ x: { enum: ['a'] } }, {}).ok).toBe(true);
  });
  test('a lookup where there is no datastore gives nothing', () => {
    expect(values({ a: { default: 'x{{ st2kv.system.a.b }}' } }, {})).toEqual({ a: 'x' });
  });
  test('numbers keep all their digits, and are finite', () => {
    expect(values({ i: { type: 'integer' } }, { i: '123456789012345678901234567890' })).toEqual({
      i: '123456789012345678901234567890',
    });
    expect(resolve({ n: { type: 'number' } }, { n: 'inf' })).toMatchObject({
      reason: 'ParametersInvalid',
      message: expect.stringMatching(/^parameters\.n: .*JSON has finite numbers/),
    });
  });
  test('a bomb ends at its limit', () => {
    expect(resolve({ a: { default: "{{ 'x' * 10 ** 9 }}" } }, {})).toMatchObject({
      reason: 'RenderFailed',
      message: expect.stringContaining('Failed to render parameter "a": '),
    });
  });
});

test('a container has no parameters but its own', () => {
  const made = resolveParameters(container({ parameters: { a: { default: 1 } } }).spec, {
    ref: 'p.a',
    parameters: {},
    rendered: false,
    context: {},
    world,
  });
  expect(made).toEqual({ ok: true, runnerParameters: {}, actionParameters: { a: 1 }, secrets: {}, config: {} });
});

test('never throws, whatever schema and values are', () => {
  const json = fc.jsonValue() as fc.Arbitrary<unknown>;
  const words = [
    'type',
    'enum',
    'items',
    'properties',
    'anyOf',
    'required',
    'pattern',
    'default',
    'secret',
    'not',
    'dependencies',
    'minimum',
  ];
  const schema = fc.dictionary(
    fc.constantFrom(...words),
    fc.oneof(json, fc.constantFrom('string', 'integer', [{}], {})),
  );
  const spec = build({ runner: 'local-shell-script', script: 'x' }).spec;
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'cmd'), schema),
      fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'env'), json),
      (parameters, given) => {
        const made = resolveParameters(
          { ...spec, parameters: parameters as never },
          { ref: 'p.a', parameters: given, rendered: false, context: {}, world },
        );
        expect(typeof made.ok).toBe('boolean');
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});
