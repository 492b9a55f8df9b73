// operator/domain/pack/config.test.ts
import { expect, test } from 'vitest';
import { evaluating } from '../expression/evaluation.ts';
import type { Plain } from '../expression/python/values.ts';
import { resolveConfig } from './config.ts';

const stored: Readonly<Record<string, string>> = {
  'system::host': 'h1',
  'user:bob:token': 'bobs',
  'system::empty': '',
};
const datastore = {
  read: (scope: string, user: string, name: string) => stored[`${scope}:${scope === 'user' ? user : ''}:${name}`],
};
const config = (values: Plain, schema: Plain = {}) =>
  evaluating({ nowMs: 0, seed: 0 }, () => resolveConfig({ pack: 'p', schema, values, user: 'bob', datastore }));

test.each<[string, Plain, Plain, Plain]>([
  [
    'lookups are texts',
    { a: 'x-{{ st2kv.system.host }}', b: ['{{ st2kv.user.token }}', 1] },
    {},
    { a: 'x-h1', b: ['bobs', 1] },
  ],
  ['nothing becomes null', { a: '{{ st2kv.system.nope }}', b: '{{ st2kv.system.empty }}' }, {}, { a: null, b: null }],
  [
    'defaults are for what is absent, as they are',
    { a: null },
    { a: { default: 1 }, b: { default: '{{ x }}' } },
    { a: null, b: '{{ x }}' },
  ],
  [
    'objects are made for their defaults',
    {},
    { o: { type: 'object', properties: { p: { default: 443 } } } },
    { o: { p: 443 } },
  ],
  [
    'the schema of a key: its own, by pattern, of the rest',
    { o: { a: {}, k1: {}, z: {} } },
    {
      o: {
        type: 'object',
        properties: { a: { type: 'object', properties: { d: { default: 'own' } } } },
        patternProperties: { '^k': { type: 'object', properties: { d: { default: 'pattern' } } } },
        additionalProperties: { type: 'object', properties: { d: { default: 'rest' } } },
      },
    },
    { o: { a: { d: 'own' }, k1: { d: 'pattern' }, z: { d: 'rest' } } },
  ],
  [
    'items by place, then the others',
    { l: [{}, {}, {}] },
    {
      l: {
        type: 'array',
        items: [{ type: 'object', properties: { d: { default: 1 } } }],
        additionalItems: { type: 'object', properties: { d: { default: 2 } } },
      },
    },
    { l: [{ d: 1 }, { d: 2 }, { d: 2 }] },
  ],
  ['__proto__ is a key', JSON.parse('{"__proto__": 1}') as Plain, {}, JSON.parse('{"__proto__": 1}') as Plain],
])('%s', (_, values, schema, expected) => {
  expect(config(values, schema)).toEqual(expected);
});

test('what cannot be rendered names key, value and pack', () => {
  expect(() => config({ a: { b: ['{{ nope }}'] } })).toThrow(
    expect.objectContaining({
      type: 'RuntimeError',
      message: expect.stringMatching(
        /^Failed to render dynamic configuration value for key "a\.b\.0" with value "\{\{ nope \}\}" for pack "p" config: UndefinedError 'nope' is undefined/,
      ),
    }),
  );
});

test('a secret needs the key', () => {
  expect(() => config({ a: '{{ st2kv.system.host }}' }, { a: { secret: true } })).toThrow(/no key to decrypt/);
});
