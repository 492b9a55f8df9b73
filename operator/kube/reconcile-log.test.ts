// operator/kube/reconcile-log.test.ts — one object's story in the log of the loop: found by its uid, without what it was given and gave.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Plan } from '../domain/plan.ts';
import { job, scene, startLoop, toy, TOY, type ToyStatus } from './reconcile.setup.ts';
import type { Observed } from './reconcile.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the loop', () => {
  test("one object's story is found in the log by its uid, without what it was given and gave", async () => {
    const plan = ({ self }: Observed): Plan<object> => {
      const { phase } = (self.status ?? {}) as Partial<ToyStatus>;
      const { name, uid } = self.metadata;
      const ownerReferences = [{ apiVersion: TOY.apiVersion, kind: TOY.kind, name, uid, controller: true }];
      const mine = { ...job, metadata: { namespace: 'a', name: `j-${name}`, ownerReferences } };
      const writes = [{ do: 'create', object: mine }] as const;
      if (phase === undefined) {
        const status = { phase: 'Running', reason: 'Started', attempt: 1, result: 'hidden', note: 'hidden' };
        return { writes, status, requeueAfterMs: 10 };
      }
      if (phase === 'Running') return { writes, status: { phase: 'Done', reason: { no: 'hidden' } } };
      return { writes: [{ do: 'finalizers', set: [] }], after: [{ do: 'delete', object: self }] };
    };
    const built = scene(plan as never, toy('x', { spec: { parameters: 'hidden' } }), toy('y'));
    const { uid = '' } = built.store.get('a/x')?.metadata ?? {};
    const { linesWith, end } = startLoop(built);
    await vi.advanceTimersByTimeAsync(100);
    await end();
    const mine = { kind: 'Toy', namespace: 'a', name: 'x', uid };
    const child = { childKind: 'Job', childName: 'j-x' };
    const lines = linesWith(uid);
    const told = lines.filter(({ level }) => level === 'info');
    expect(told.map(({ msg }) => msg)).toEqual([
      'created',
      'status changed',
      'status changed',
      'finalizers set',
      'deleted',
    ]);
    expect(told).toMatchObject([
      { ...mine, ...child },
      { ...mine, phase: 'Running', reason: 'Started', attempt: 1 },
      { ...mine, phase: 'Done' },
      mine,
      mine,
    ]);
    expect(told[2]).not.toHaveProperty('reason');
    expect(told[4]).not.toHaveProperty('childKind');
    expect(lines.filter(({ msg }) => msg === 'looked').length).toBeGreaterThanOrEqual(3);
    expect(lines).toContainEqual(expect.objectContaining({ ...mine, ...child, level: 'debug', msg: 'exists already' }));
    expect(JSON.stringify(lines)).not.toContain('hidden');
  });

  test('a failed look and one at a stale copy are found by the uid too', async () => {
    const built = scene(() => ({ status: { phase: 'Done' } }), toy('x'));
    built.api.fail({ verb: 'replaceStatus' }, { code: 409, reason: 'Conflict' }, { code: 403 });
    const { linesWith, end } = startLoop(built);
    await vi.advanceTimersByTimeAsync(1_000);
    await end();
    const { uid = '' } = built.store.get('a/x')?.metadata ?? {};
    expect(linesWith(uid).map(({ msg }) => msg)).toEqual([
      'looked',
      'looked at a stale copy',
      'looked',
      'reconciliation is tried again',
      'looked',
      'status changed',
      'looked',
    ]);
  });
});
