// operator/kube/reconcile.test.ts — look, decide, act; and what goes wrong with one object stays with it.
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Draft, Kind, KubeObject } from '../api/meta.ts';
import type { Plan } from '../domain/plan.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { Client } from './client.ts';
import { isConflict } from './errors.ts';
import { KIND } from './paths.ts';
import { type Observed, type Reconciler, reconcile, runLoop, watched } from './reconcile.ts';
import { ScriptedTransport } from './scripted.ts';
import { type Key, keyOf, Store } from './store.ts';

const TOY: Kind = { apiVersion: 'squall.dev/v1alpha1', kind: 'Toy', plural: 'toys' };
const path = (name: string, namespace = 'a') => `/apis/squall.dev/v1alpha1/namespaces/${namespace}/toys/${name}`;
const toy = (name: string, more: Partial<Draft> = {}, namespace = 'a'): Draft => ({
  apiVersion: TOY.apiVersion,
  kind: TOY.kind,
  metadata: { name, namespace },
  ...more,
});
interface ToyStatus {
  readonly phase: string;
  readonly note?: string | undefined;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function scene(plan: (observed: Observed, now: Date) => Plan<ToyStatus>, ...drafts: Draft[]) {
  const api = new ScriptedTransport([], [TOY]);
  const store = new Store({ kind: TOY, project: (raw) => raw });
  const jobs = new Store({ kind: KIND.job, project: (raw) => raw });
  for (const draft of drafts) store.put(api.put(draft));
  const client = new Client({
    transport: api,
    kinds: [TOY],
    stores: [store, jobs],
    fieldManager: 'squall',
    instance: 'pod-0',
  });
  const ownerOf = (job: KubeObject): Key[] => [`a/${job.metadata.labels?.['toy']}`];
  const reconciler: Reconciler<Observed, ToyStatus> = {
    name: 'toy',
    watches: [watched(store), watched(jobs, ownerOf)],
    observe: (key) => {
      const self = store.get(key);
      return self && { self };
    },
    plan,
  };
  return { api, store, jobs, client, reconciler };
}
const now = new Date('2026-01-01T00:00:00Z');
const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', namespace: 'a' } };
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

interface Line {
  readonly level: string;
  readonly key?: string;
  readonly msg: string;
  readonly err?: { readonly message: string };
}

describe('the loop', () => {
  function run(built: ReturnType<typeof scene>) {
    const printed: string[] = [];
    const destination = new Writable({
      write: (chunk, _encoding, done) => {
        printed.push(String(chunk));
        done();
      },
    });
    const linesWith = (text: string): readonly Line[] =>
      printed.filter((line) => line.includes(text)).map((line) => JSON.parse(line));
    const metrics = createMetrics({ version: 'test' });
    const stop = new AbortController();
    const log = createLog({ destination, level: 'debug' });
    const ended = runLoop(built.reconciler, { client: built.client, log, metrics, stop: stop.signal, workers: 2 });
    const end = async () => {
      stop.abort();
      await ended;
    };
    return { linesWith, metrics, end };
  }
  const phaseOf = (api: ScriptedTransport, name: string) =>
    (api.object(path(name))?.status as ToyStatus | undefined)?.phase;

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
    const { end } = run(built);
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
    const { linesWith, metrics, end } = run(built);
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
    const { linesWith, end } = run(built);
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
    const { linesWith, end } = run(built);
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
    const { linesWith, end } = run(built);
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

  test('looks again when the plan asks for it', async () => {
    const times: string[] = [];
    const built = scene((_observed, at) => {
      times.push(at.toISOString());
      return times.length < 3 ? { requeueAfterMs: 60_000 } : {};
    }, toy('x'));
    const { end } = run(built);
    await vi.advanceTimersByTimeAsync(600_000);
    await end();
    expect(times).toHaveLength(3);
  });

  test('stops at once when told to, also before it began', async () => {
    const looks = vi.fn<() => Plan<ToyStatus>>(() => ({}));
    const built = scene(looks, toy('x'));
    const { end } = run(built);
    await end();
    const before = looks.mock.calls.length;
    built.store.put(built.api.put(toy('y')));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(looks.mock.calls.length).toBe(before);
  });
});
