// operator/domain/datastore/entry.test.ts — names of objects, which object counts, what expires, and what expressions see.
import { expect, test } from 'vitest';
import type { KeyValue } from '../../api/kinds.ts';
import { KeyValueSpec } from '../../api/key-value.ts';
import { sha256 } from '../execution/builders.setup.ts';
import { entriesOf, idOf, indexOf, KEY_VALUE_INDEXES, objectNameOf, objectOf, objectsIn } from './entry.ts';
import { planKeyValue } from './judge.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const id = (key: string, user?: string) =>
  user === undefined ? ({ scope: 'system', user: '', key } as const) : ({ scope: 'user', user, key } as const);

const object = (name: string, spec: object, createdAt = '2026-01-01T00:00:00Z', more: object = {}): KeyValue => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'KeyValue',
  metadata: {
    name,
    namespace: 'n',
    uid: name,
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: createdAt,
    ...more,
  },
  spec: KeyValueSpec.parse({ value: 'v', ...spec }),
});
const source = (...all: readonly KeyValue[]) => ({
  by: (index: keyof typeof KEY_VALUE_INDEXES, value: string) =>
    all.filter((one) => KEY_VALUE_INDEXES[index](one).includes(value)),
});

test.each([
  [id('redis.host'), 'redis.host'],
  [id('a-b.c-1'), 'a-b.c-1'],
  [id('Redis.Host'), /^redis-host-[0-9a-f]{16}$/],
  [id('acme.Sensor:last_id'), /^acme-sensor-last-id-[0-9a-f]{16}$/],
  [id('.a'), /^a-[0-9a-f]{16}$/],
  [id('日本'), /^key-[0-9a-f]{16}$/],
  [id('x'.repeat(512)), /^x{60}-[0-9a-f]{16}$/],
  [id('redis.host', 'system:serviceaccount:n:a'), /^system-serviceaccount-n-a-redis-host-[0-9a-f]{16}$/],
])('%j is called %s', (which, name) => {
  expect(objectNameOf(which, sha256)).toMatch(typeof name === 'string' ? new RegExp(`^${name}$`) : name);
  expect(objectNameOf(which, sha256)).toMatch(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/);
});

test('what differs in anything has another name', () => {
  const all = [id('a b'), id('a_b'), id('A b'), id('a b', 'u'), id('b', 'u-a'), id('a-b', 'u'), id('a', 'b')];
  expect(new Set(all.map((one) => objectNameOf(one, sha256))).size).toBe(all.length);
  expect(new Set(all.map((one) => indexOf('n', one))).size).toBe(all.length);
});

test('of two objects the older one counts, until its time is over', () => {
  const old = object('z', { key: 'k', value: 'old', expiresAt: '2026-03-01T13:00:00+00:00' }, '2026-01-01T00:00:00Z');
  const young = object('a', { key: 'k', value: 'young' }, '2026-02-01T00:00:00Z');
  const all = source(old, young, object('other', { key: 'j' }));
  expect(objectOf(all, 'n', id('k'), NOW)).toBe(old);
  expect(objectOf(all, 'n', id('k'), new Date('2026-03-01T13:00:00Z'))).toBe(young);
  expect(objectOf(all, 'other', id('k'), NOW)).toBeUndefined();
  expect(objectsIn(all, 'n', NOW).map(({ metadata }) => metadata.name)).toEqual(['other', 'z']);
  const seen = planKeyValue({ self: young, namesakes: [old, young] }, NOW);
  expect(seen.status?.conditions).toMatchObject([
    {
      type: 'Ready',
      status: 'False',
      reason: 'RefTaken',
      message: expect.stringContaining('KeyValue "z" has the key "k"'),
    },
  ]);
  expect(planKeyValue({ self: old, namesakes: [old, young] }, NOW)).toMatchObject({
    status: { conditions: [{ status: 'True', reason: 'Accepted' }] },
    requeueAfterMs: 3_600_001,
  });
});

test('one whose time is over is deleted, and one that is being deleted is left alone', () => {
  const over = object('o', { key: 'k', expiresAt: '2026-03-01T12:00:00Z' });
  expect(planKeyValue({ self: over, namesakes: [over] }, NOW)).toEqual({
    // Somebody may be renewing it just now.
    writes: [
      {
        do: 'delete',
        object: { apiVersion: over.apiVersion, kind: 'KeyValue', metadata: over.metadata },
        ifUnchanged: true,
      },
    ],
  });
  const going = object('o', { key: 'k' }, undefined, { deletionTimestamp: '2026-03-01T11:00:00Z' });
  expect(planKeyValue({ self: going, namesakes: [going] }, NOW)).toEqual({});
  expect(objectOf(source(going), 'n', idOf(going), NOW)).toBeUndefined();
});

test('an end that is years away is looked at once a day', () => {
  const self = object('o', { key: 'k', expiresAt: '2030-01-01T00:00:00Z' });
  expect(planKeyValue({ self, namesakes: [self] }, NOW).requeueAfterMs).toBe(86_400_000);
});

test('expressions see values, and of secret ones the place', () => {
  const reference = { name: 's', key: 'k' };
  const all = source(
    object('a', { key: 'a', value: '' }),
    object('b', { key: 'b', value: undefined, valueFrom: { secretKeyRef: reference } }),
    object('c', { key: 'c', scope: 'user', user: 'u', value: 'c' }),
  );
  const entries = entriesOf(all, 'n', NOW);
  expect(entries(id('a'))).toEqual({ value: '' });
  expect(entries(id('b'))).toEqual({ secret: reference });
  expect(entries(id('c', 'u'))).toEqual({ value: 'c' });
  expect(entries(id('c'))).toBeUndefined();
});
