// operator/kube/reconcile.test.ts — one look: decide, then act in order; what fails or was decided on a stale copy changes nothing.
import { describe, expect, test, vi } from 'vitest';
import type { Plan } from '../domain/plan.ts';
import { createLog } from '../telemetry/log.ts';
import { isConflict } from './errors.ts';
import { job, path, scene, toy, type ToyStatus } from './reconcile.setup.ts';
import { reconcile } from './reconcile.ts';
import { ScriptedTransport } from './scripted.ts';

const now = new Date('2026-01-01T00:00:00Z');
const silent = createLog({ level: 'silent' });
const summary = (api: ScriptedTransport) =>
  api.writes().map(({ verb, path: where }) => `${verb} ${where.split('/').at(-1)}`);

describe('one look', () => {
  test('writes, then stores the status, then cleans up, then tells', async () => {
    const plan = (): Plan<ToyStatus> => ({
      writes: [{ do: 'create', object: job }],
      status: { phase: 'Done' },
      after: [{ do: 'delete', object: { ...job, metadata: { ...job.metadata, uid: 'uid-j', resourceVersion: '1' } } }],
      events: [{ type: 'Normal', reason: 'Done', message: 'x' }],
      requeueAfterMs: 5_000,
    });
    const { api, client, reconciler } = scene(plan, toy('x'));
    expect(await reconcile(reconciler, 'a/x', { client, log: silent, now })).toBe(5_000);
    expect(summary(api)).toEqual(['create jobs', 'replaceStatus x', 'delete j', 'create events']);
  });
  test('applies all that is to be applied before what comes after, and nothing more once one is refused', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `t${i}`);
    const plan = (): Plan<ToyStatus> => ({
      writes: names.map((name) => ({ do: 'apply', object: toy(name) })),
      status: { phase: 'Done' },
    });
    const { api, client, reconciler } = scene(plan, toy('x'));
    await reconcile(reconciler, 'a/x', { client, log: silent, now });
    expect(summary(api)).toEqual([...names.map((name) => `apply ${name}`), 'replaceStatus x']);
    const strange = (): Plan<ToyStatus> => ({
      writes: names.map((name, i) => ({
        do: 'apply',
        object: i === 3 ? { ...toy(name), kind: 'Strange' } : toy(name),
      })),
      status: { phase: 'Done' },
    });
    const other = scene(strange, toy('x'));
    await expect(reconcile(other.reconciler, 'a/x', { client: other.client, log: silent, now })).rejects.toThrow(
      'does not know the kind',
    );
    expect(summary(other.api)).not.toContain('replaceStatus x');
    expect(summary(other.api).length).toBeLessThan(names.length);
  });
  test('at what is gone does nothing', async () => {
    const plan = vi.fn<() => Plan<ToyStatus>>();
    const { client, reconciler } = scene(plan);
    expect(await reconcile(reconciler, 'a/none', { client, log: silent, now })).toBeUndefined();
    expect(plan).not.toHaveBeenCalled();
  });
  test('that decides the same status again writes nothing, but still cleans up', async () => {
    const after = [{ do: 'create', object: job }] as const;
    const plan = (): Plan<ToyStatus> => ({
      status: { note: undefined, phase: 'Done' },
      after,
      events: [{ type: 'Normal', reason: 'Done', message: 'x' }],
    });
    const { api, client, reconciler } = scene(plan, toy('x', { status: { phase: 'Done' } }));
    await reconcile(reconciler, 'a/x', { client, log: silent, now });
    expect(summary(api)).toEqual(['create jobs']);
  });
  test('whose write fails stores no status', async () => {
    const plan = (): Plan<ToyStatus> => ({ writes: [{ do: 'create', object: job }], status: { phase: 'Done' } });
    const { api, client, reconciler } = scene(plan, toy('x'));
    api.fail({ verb: 'create' }, { code: 403 });
    await expect(reconcile(reconciler, 'a/x', { client, log: silent, now })).rejects.toThrow();
    expect(summary(api)).toEqual(['create jobs']);
  });
  test('may set finalizers and status together', async () => {
    const plan = (): Plan<ToyStatus> => ({
      writes: [{ do: 'finalizers', set: ['squall.dev/x'] }],
      status: { phase: 'Held' },
    });
    const { api, client, reconciler } = scene(plan, toy('x'));
    await reconcile(reconciler, 'a/x', { client, log: silent, now });
    expect(api.object(path('x'))).toMatchObject({
      metadata: { finalizers: ['squall.dev/x'] },
      status: { phase: 'Held' },
    });
  });
  test('at a stale copy ends in a conflict and changes nothing', async () => {
    const { api, client, reconciler } = scene(() => ({ status: { phase: 'Mine' } }), toy('x'));
    api.put(toy('x', { status: { phase: 'Theirs' } }));
    expect(isConflict(await reconcile(reconciler, 'a/x', { client, log: silent, now }).catch((e: unknown) => e))).toBe(
      true,
    );
    expect(api.object(path('x'))).toMatchObject({ status: { phase: 'Theirs' } });
  });
});
