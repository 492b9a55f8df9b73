// operator/domain/pack/config-check.test.ts — configurations against their schema: StackStorm's sentences, and no secret in any of them.
import { expect, test } from 'vitest';
import type { Schemas } from '../action/runner-parameters.ts';
import { checkConfig } from './config-check.ts';

const SCHEMA: Schemas = {
  endpoint: { type: 'string', required: true },
  token: { type: 'string', secret: true, required: true },
  port: { type: 'integer', default: 443, required: true },
  mode: { type: 'string', enum: ['fast', 'slow'] },
  any: {},
  profiles: {
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: { user: { type: 'string' }, password: { type: 'string', secret: true, minLength: 8 } },
    },
  },
};
const good = { endpoint: 'e', token: 't' };
const told = (values: Readonly<Record<string, unknown>>, elsewhere: readonly string[] = []) =>
  checkConfig(SCHEMA, values, { pack: 'acme', placeOf: () => 'spec.config', elsewhere }).map(({ message }) => message);
const failed = (key: string) => `Failed validating attribute "${key}" in config for pack "acme" (spec.config): `;

test.each([
  ['what it needs', good],
  ['unknown keys', { ...good, other: [1] }],
  ['null for what is optional', { ...good, profiles: null, port: null }],
  ['anything where nothing is said', { ...good, any: [1] }],
  ['texts with templates', { ...good, endpoint: '{{ st2kv.system.x }}' }],
])('%s is fine', (_, values) => {
  expect(told(values)).toEqual([]);
});

test('a required key that is missing', () => {
  expect(told({ token: 't' })).toEqual([`${failed('endpoint')}'endpoint' is a required property`]);
});

test('all that is wrong, not only the first', () => {
  expect(told({ mode: 'slower' })).toEqual([
    `${failed('endpoint')}'endpoint' is a required property`,
    `${failed('token')}'token' is a required property`,
    expect.stringContaining(`${failed('mode')}'slower' is not one of`),
  ]);
});

test('a template is the text that it is', () => {
  expect(told({ ...good, port: '{{ st2kv.system.port }}' })).toEqual([
    expect.stringContaining(`${failed('port')}'{{ st2kv.system.port }}' is not of type`),
  ]);
});

test.each([
  ['a secret', { ...good, token: 12345678 }, 'token'],
  ['one inside', { ...good, profiles: { main: { password: 'geheim' } } }, 'profiles.main.password'],
  ['all that may have one in it', { ...good, profiles: ['geheim'] }, 'profiles'],
])('%s is not shown', (_, values, key) => {
  const messages = told(values);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toContain(failed(key));
  expect(messages[0]).not.toMatch(/geheim|12345678/);
});

test('decrypt_kv is not for secrets', () => {
  const token = '{{ st2kv.system.t | decrypt_kv }}';
  expect(told({ ...good, token }).join()).toMatch(
    /Values specified as "secret: True" in config schema are automatically/,
  );
  expect(told({ ...good, endpoint: token, unknown: token })).toEqual([]);
});

test('what stands elsewhere is neither missing nor looked at', () => {
  expect(told({ endpoint: 'e' }, ['token'])).toEqual([]);
  expect(told({ endpoint: 'e', token: 5 }, ['token'])).toEqual([]);
  expect(told({ endpoint: 'e' }, ['tok'])).toHaveLength(1);
});

test('references to other keys are followed', () => {
  const schemas: Schemas = {
    one: { type: 'object', patternProperties: { '^\\w+$': { $ref: '#/properties/two' } } },
    two: { type: 'string' },
  };
  const faults = checkConfig(schemas, { one: { a: 'x', b: 1 } }, { pack: 'acme', placeOf: () => 'c' });
  expect(faults).toMatchObject([{ key: 'one.b' }]);
  expect(faults[0]?.message).toMatch(/is not of type 'string'/);
});
