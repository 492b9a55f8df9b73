// operator/domain/action/resolve.test.ts
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { secretMark } from '../../api/envelope.ts';
import { action as build, container } from '../execution/builders.setup.ts';
import { type ParametersRequest, resolveParameters } from './resolve.ts';

const world = { nowMs: Date.UTC(2024, 0, 1), seed: 7 };
const resolve = (parameters: object, given: object, rest: Partial<ParametersRequest> = {}, spec: object = {}) =>
  resolveParameters(build({ runner: 'local-shell-script', script: 'x', parameters, ...spec }).spec, {
    ref: 'p.a',
    parameters: given as Record<string, unknown>,
    rendered: false,
    context: { action_context: { user: 'u' }, config_context: {} },
    world,
    ...rest,
  });
const values = (parameters: object, given: object, rest: Partial<ParametersRequest> = {}) => {
  const made = resolve(parameters, given, rest);
  return made.ok ? made.actionParameters : made;
};
const secret = { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };

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
    const datastore = { read: (scope: string, user: string, name: string) => `${scope}/${user}/${name}` };
    expect(values({ a: { default: '{{ st2kv.user.k }}' } }, {}, { datastore })).toEqual({ a: 'user/u/k' });
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

describe('secrets', () => {
  const schemas = { token: { type: 'string', secret: true, required: true }, cmd2: { default: 'curl {{ token }}' } };
  test('stand as marks, in templates too', () => {
    expect(resolve(schemas, { token: secret })).toMatchObject({
      ok: true,
      actionParameters: { token: secretMark('token'), cmd2: `curl ${secretMark('token')}` },
      secrets: { token: { name: 's', key: 'k' } },
    });
  });
  test.each<[string, object, unknown]>([
    [
      'beside text, twice',
      { default: 'a {{ token }} b {{ token }}' },
      `a ${secretMark('token')} b ${secretMark('token')}`,
    ],
    ['joined', { default: "{{ 'x:' ~ token }}" }, `x:${secretMark('token')}`],
    ['added', { default: "{{ 'x:' + token + '!' }}" }, `x:${secretMark('token')}!`],
    ['formatted', { default: "{{ '%s:%s' % ('u', token) }}" }, `u:${secretMark('token')}`],
    ['joined with others', { default: "{{ ['u', token] | join(':') }}" }, `u:${secretMark('token')}`],
    ['given on', { default: "{{ token | default('x') }}" }, secretMark('token')],
    ['after a choice', { default: "{{ token if token else 'x' }}" }, secretMark('token')],
    ['kept in a variable', { default: '{% set t = token %}{{ t }}' }, secretMark('token')],
    ['after a test for one', { default: '{% if token %}-p {{ token }}{% endif %}' }, `-p ${secretMark('token')}`],
    ['by another parameter', { default: '{{ cmd2 }}!' }, `curl ${secretMark('token')}!`],
    [
      'inside of lists',
      { default: ['{{token}}', 'x {{ token }}', { k: 1 }] },
      [secretMark('token'), `x ${secretMark('token')}`, { k: 1 }],
    ],
    ['inside of converted text', { type: 'object', default: '{"pw": "{{ token }}"}' }, { pw: secretMark('token') }],
    [
      'beside chance and time',
      { default: '{{ [1, 2, 3] | random }}{{ token }}' },
      expect.stringContaining(secretMark('token')),
    ],
  ])('%s', (_, x, expected) => {
    const made = resolve({ ...schemas, x }, { token: secret });
    expect(made).toMatchObject({ ok: true, actionParameters: { x: expected } });
  });
  test.each<[string, object]>([
    ['a filter', { default: '{{ token | upper }}' }],
    ['its length', { default: '{{ token | length }}' }],
    ['a comparison of its length', { default: '{{ (token | length) > 6 }}' }],
    ['a slice', { default: '{{ token[3:7] }}' }],
    ['a cut', { default: '{{ token | truncate(5) }}' }],
    ['a trim', { default: '{{ token | trim }}' }],
    ['quotes', { default: '{{ token | tojson }}' }],
    ['HTML', { default: '{{ token | e }}' }],
    ['a list as text', { default: '{{ [token] }}' }],
    ['a replacement', { default: "{{ token | replace('<', '') }}" }],
    ['by another parameter', { default: '{{ cmd2 | upper }}' }],
    ['a conversion', { type: 'integer', default: '{{ token }}' }],
    ['a comparison', { default: "{{ 'yes' if token == 'x' else 'no' }}" }],
    ['a comparison, mirrored', { default: "{{ 'yes' if 'x' != token else 'no' }}" }],
    ['an order', { default: "{{ token < 'x' }}" }],
    ['a part', { default: "{{ 'a' in token }}" }],
    ['part of a text', { default: "{{ token in 'abc' }}" }],
    ['one of a list', { default: "{{ token in ['a', 'b'] }}" }],
    ['a key of a dict', { default: "{{ {'a': 1}.get(token, 2) }}" }],
    ['an item of a dict', { default: "{{ {'a': 1}[token] }}" }],
    ['a method', { default: "{{ token.startswith('x') }}" }],
    ['an int with a default', { default: '{{ token | int(0) }}' }],
    ['a float with a default', { default: '{{ token | float(0) }}' }],
    ['a test for its type', { default: '{{ token is string }}' }],
    ['a test for equality', { default: "{{ token is eq 'x' }}" }],
    ['a choice among equals', { default: "{{ [token] | select('eq', 'x') | list | length }}" }],
    ['its characters', { default: '{% for c in token %}x{% endfor %}' }],
    ['a match', { default: "{{ token | regex_match('a') }}" }],
  ])('a template that changes one is refused: %s', (_, x) => {
    const made = resolve({ ...schemas, x }, { token: secret });
    expect(made).toMatchObject({ ok: false, message: expect.stringMatching(/^parameters\.x: /) });
    expect(JSON.stringify(made)).not.toMatch(/[\ue000-\uf8ff]|ue000/);
  });
  test.each(['icon \ue001', '\ue000', '\ue000\ue001\ue002\uf8ff', '\\ue001'])(
    'data may have any character: %j',
    (msg) => {
      const made = resolve({ ...schemas, msg: {}, x: { default: '{{ msg }}{{ token }}' } }, { token: secret, msg });
      expect(made).toMatchObject({ ok: true, actionParameters: { msg, x: `${msg}${secretMark('token')}` } });
      const byDefault = resolve({ ...schemas, msg: { default: msg } }, { token: secret });
      expect(byDefault).toMatchObject({ ok: true, actionParameters: { msg } });
    },
  );
  test('the remedy is told', () => {
    expect(resolve({ ...schemas, x: { default: '{{ token | upper }}' } }, { token: secret })).toMatchObject({
      reason: 'RenderFailed',
      message: expect.stringContaining('write {{ name }} of the secret without filters'),
    });
  });
  test('of any type, their content is not checked here', () => {
    expect(resolve({ n: { type: 'integer', secret: true, minimum: 3 } }, { n: secret }).ok).toBe(true);
  });
  test('in clear text end it, and the message has no secret', () => {
    const made = resolve(schemas, { token: 'hunter2' });
    expect(made).toMatchObject({ reason: 'SecretInline' });
    expect(JSON.stringify(made)).not.toContain('hunter2');
    const nested = resolve({ o: { type: 'object', properties: { pw: { secret: true } } } }, { o: { pw: 'hunter2' } });
    expect(nested).toMatchObject({ reason: 'SecretInline', message: expect.stringContaining('parameters.o.pw') });
    expect(JSON.stringify(nested)).not.toContain('hunter2');
  });
  test('are required like others', () => {
    expect(resolve(schemas, { token: null })).toMatchObject({ reason: 'ParametersInvalid' });
  });
  test.each([[{ x: `a${secretMark('token')}` }], [{ x: [{ [secretMark('token')]: 1 }] }]])(
    'a forged mark is refused: %j',
    (given) => {
      expect(resolve({ ...schemas, x: {} }, { token: secret, ...given }, { rendered: true })).toMatchObject({
        reason: 'ParametersInvalid',
      });
    },
  );
});

test('a container has no parameters but its own', () => {
  const made = resolveParameters(container({ parameters: { a: { default: 1 } } }).spec, {
    ref: 'p.a',
    parameters: {},
    rendered: false,
    context: {},
    world,
  });
  expect(made).toEqual({ ok: true, runnerParameters: {}, actionParameters: { a: 1 }, secrets: {} });
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
