// operator/domain/pack/config-secrets.test.ts — where a configuration has secrets that somebody has written down in it.
import { expect, test } from 'vitest';
import { secretMark } from '../../api/envelope.ts';
import { secretPlaces } from './config-secrets.ts';

const secret = { type: 'string', secret: true };
const SCHEMA = {
  host: { type: 'string' },
  token: secret,
  profiles: { type: 'object', additionalProperties: { type: 'object', properties: { password: secret } } },
  keys: { type: 'array', items: secret },
  all: { type: 'object', secret: true },
};

test('what the schema calls secret, at any depth', () => {
  const config = {
    host: 'h',
    token: 'abc',
    profiles: { main: { user: 'u', password: 'p1' }, other: { password: 'p2' } },
    keys: ['k1', 'k2'],
    all: { a: ['x'] },
    unknown: { token: 'x' },
  };
  expect(secretPlaces(SCHEMA, config)).toEqual([
    ['token'],
    ['profiles', 'main', 'password'],
    ['profiles', 'other', 'password'],
    ['keys', 0],
    ['keys', 1],
    ['all'],
  ]);
});

test('neither what comes from a Secret nor what is not there', () => {
  expect(secretPlaces(SCHEMA, { token: secretMark('x'), keys: [], all: null })).toEqual([]);
  expect(secretPlaces({}, { token: 'abc' })).toEqual([]);
});

test('everything where it cannot be told', () => {
  let [config, schema]: [object, object] = [{}, { secret: true }];
  for (let depth = 0; depth < 5000; depth++) {
    config = { a: config };
    schema = { properties: { a: schema } };
  }
  expect(secretPlaces({ a: schema } as never, { a: config } as never)).toEqual([[]]);
});
