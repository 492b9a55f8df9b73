// operator/kube/run-loop.test.ts — the loop: what it looks at and when, what it tries again, and that what goes wrong with one object stays with it.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { KubeObject } from '../api/meta.ts';
import type { Plan } from '../domain/plan.ts';
import { job, path, phaseOf, scene, startLoop, toy, type ToyStatus } from './reconcile.setup.ts';
import type { Observed } from './reconcile.ts';
import { type Key, keyOf } from './store.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the loop', () => {
  test('works on all that is there, on what comes, and on what other kinds point to', async () => {
    const looks: Key[] = [];
    const built = scene(
      ({ self }) => {
        looks.push(keyOf(self));
        return {};
      },
      toy('x'),
      toy('y'),
    );
    const { end } = startLoop(built);
    await vi.advanceTimersByTimeAsync(1);
    built.store.put(built.api.put(toy('z')));
    built.jobs.put(built.api.put({ ...job, metadata: { ...job.metadata, labels: { toy: 'x' } } }));
    await vi.advanceTimersByTimeAsync(1);
    await end();
    expect(looks).toEqual(['a/x', 'a/y', 'a/z', 'a/x']);
  });

  test('a plan that throws poisons only its own object: logged, counted, backed off, and healed by a change', async () => {
    const plan = ({ self }: Observed): Plan<ToyStatus> => {
      if (self.spec === 'poison') throw new Error('cannot plan this');
      return { status: { phase: 'Done' } };
    };
    const built = scene(plan, toy('bad', { spec: 'poison' }), toy('good'));
    const { linesWith, metrics, end } = startLoop(built);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([phaseOf(built.api, 'good'), phaseOf(built.api, 'bad')]).toEqual(['Done', undefined]);
    const told = linesWith('a/bad');
    expect(told[0]).toMatchObject({
      level: 'warn',
      msg: 'reconciliation is tried again',
      err: { message: 'cannot plan this' },
    });
    expect(told.length).toBeGreaterThan(4);
    expect(told.length).toBeLessThan(16);
    expect((await metrics.reconcileErrors.get()).values).toMatchObject([
      { value: told.length, labels: { controller: 'toy' } },
    ]);
    built.store.put(built.api.put(toy('bad', { spec: 'fine' })));
    await vi.advanceTimersByTimeAsync(1);
    expect(phaseOf(built.api, 'bad')).toBe('Done');
    await end();
  });

  test('a look that fails is repeated, a conflict quietly', async () => {
    const built = scene(() => ({ status: { phase: 'Done' } }), toy('x'));
    built.api.fail({ verb: 'replaceStatus' }, { code: 409, reason: 'Conflict' }, 'resetAfterApply');
    const { linesWith, end } = startLoop(built);
    const warnings = () => linesWith('"warn"');
    await vi.advanceTimersByTimeAsync(40);
    expect(warnings()).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(120);
    expect(phaseOf(built.api, 'x')).toBe('Done');
    expect(warnings()).toHaveLength(1);
    built.store.put(built.api.object(path('x')) as KubeObject);
    const before = built.api.writes().length;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(built.api.writes().length).toBe(before); // in doubt: it was applied, the store shows it, no more to do
    await end();
  });

  test('looks again when the plan asks for it', async () => {
    const times: string[] = [];
    const built = scene((_observed, at) => {
      times.push(at.toISOString());
      return times.length < 3 ? { requeueAfterMs: 60_000 } : {};
    }, toy('x'));
    const { end } = startLoop(built);
    await vi.advanceTimersByTimeAsync(600_000);
    await end();
    expect(times).toHaveLength(3);
  });

  test('stops at once when told to, also before it began', async () => {
    const looks = vi.fn<() => Plan<ToyStatus>>(() => ({}));
    const built = scene(looks, toy('x'));
    const { end } = startLoop(built);
    await end();
    const before = looks.mock.calls.length;
    built.store.put(built.api.put(toy('y')));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(looks.mock.calls.length).toBe(before);
  });
});
