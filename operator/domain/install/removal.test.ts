// operator/domain/install/removal.test.ts — a deleted Pack: what goes at once, and what waits for its Executions.
import { expect, test } from 'vitest';
import type { Execution } from '../../api/kinds.ts';
import { condition, installed, kinds, later, NOW, pack, seen } from './install.setup.ts';
import { planPack } from './plan.ts';

test('a deleted Pack takes its rules at once, and the rest when what ran before has ended', () => {
  const owner = [{ apiVersion: 'v1', kind: 'Pack', name: 'shop', uid: 'pack-uid', controller: true }];
  const there = ['Action', 'Rule'].map((kind) => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: `shop.${kind}`, uid: kind, resourceVersion: '1', ownerReferences: owner },
  }));
  const self = pack({ status: installed(), metadata: { deletionTimestamp: later(10).toISOString() } });
  const running = (at: Date) =>
    ({ metadata: { name: 'x', creationTimestamp: at.toISOString() } }) as unknown as Execution;
  const waiting = planPack(seen({ self, there, live: [running(NOW)] }), later(20));
  expect(kinds(waiting.writes)).toEqual(['delete Rule']);
  expect(condition(waiting.status, 'Ready')).toMatchObject({ status: 'False', reason: 'Removing' });
  const free = planPack(seen({ self, there, live: [running(later(15))] }), later(20));
  expect(kinds(free.writes)).toEqual(['delete Rule', 'delete Action', 'finalizers']);
});
