// operator/kube/lease.test.ts — one leader, that knows when it no longer is.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NotLeaderError } from './errors.ts';
import { Lease, type LeaseOptions } from './lease.ts';
import { ScriptedTransport } from './scripted.ts';
import { microTime } from './time.ts';

const PATH = '/apis/coordination.k8s.io/v1/namespaces/squall/leases/squall-operator';
interface Spec {
  readonly holderIdentity: string;
  readonly leaseTransitions: number;
  readonly renewTime: string;
  readonly acquireTime: string;
}
const specOf = (api: ScriptedTransport) => api.object(PATH)?.spec as Spec | undefined;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

function candidate(api: ScriptedTransport, identity: string, options: Partial<LeaseOptions> = {}) {
  const onLost = vi.fn<(reason: string) => void>();
  const lease = new Lease({
    transport: api,
    namespace: 'squall',
    name: 'squall-operator',
    identity,
    onLost,
    ...options,
  });
  const stop = new AbortController();
  const acquired = vi.fn<() => void>();
  const refused = vi.fn<(reason: unknown) => void>();
  void lease.acquire(stop.signal).then(acquired, refused);
  return { lease, onLost, stop, acquired, refused };
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('times have six digits of fraction', () => {
  expect(microTime(new Date('2026-01-01T00:00:00.123Z'))).toBe('2026-01-01T00:00:00.123000Z');
});

test('the first takes the Lease, the second waits while it is renewed', async () => {
  const api = new ScriptedTransport();
  const a = candidate(api, 'a');
  const b = candidate(api, 'b');
  await pass(60_000);
  expect([a.acquired.mock.calls.length, b.acquired.mock.calls.length]).toEqual([1, 0]);
  expect([a.lease.held(), b.lease.held()]).toEqual([true, false]);
  expect(specOf(api)).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 });
  expect(specOf(api)?.renewTime).toMatch(/\.\d{6}Z$/);
  expect(() => b.lease.fence()).toThrow(NotLeaderError);
  expect(() => a.lease.fence()).not.toThrow();
  await a.lease.release();
});

test('a clean stop lets another take over at once', async () => {
  const api = new ScriptedTransport();
  const a = candidate(api, 'a');
  await pass(5_000);
  const b = candidate(api, 'b');
  await pass(1);
  await a.lease.release();
  expect(a.lease.held()).toBe(false);
  await pass(2_500);
  expect(specOf(api)).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  expect(a.onLost).not.toHaveBeenCalled();
  await b.lease.release();
});

test('a holder that no longer renews is replaced after its Lease has run out, not before', async () => {
  const api = new ScriptedTransport();
  const a = candidate(api, 'a', { retryMs: 3_600_000 });
  await pass(1);
  const b = candidate(api, 'b');
  await pass(14_000);
  expect([a.acquired.mock.calls.length, b.acquired.mock.calls.length]).toEqual([1, 0]);
  await pass(4_000);
  expect(specOf(api)?.holderIdentity).toBe('b');
  expect([a.lease.held(), b.lease.held()]).toEqual([false, true]);
  await b.lease.release();
});

test('wall clocks do not matter: a Lease with a time of long ago or ahead is judged by when it changes', async () => {
  for (const renewTime of ['2001-01-01T00:00:00.000000Z', '2099-01-01T00:00:00.000000Z']) {
    const api = new ScriptedTransport();
    const { apiVersion, kind } = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
    const spec = { holderIdentity: 'other', leaseDurationSeconds: 15, renewTime };
    api.put({ apiVersion, kind, metadata: { name: 'squall-operator', namespace: 'squall' }, spec });
    const a = candidate(api, 'a');
    await pass(14_000);
    expect(a.acquired).not.toHaveBeenCalled();
    await pass(4_000);
    expect(a.acquired).toHaveBeenCalled();
    await a.lease.release();
  }
});

test('a restarted container of the same pod takes its own Lease at once', async () => {
  const api = new ScriptedTransport();
  const a = candidate(api, 'pod-0/uid');
  await pass(1);
  expect(a.acquired).toHaveBeenCalled();
  const acquireTime = specOf(api)?.acquireTime;
  const again = candidate(api, 'pod-0/uid');
  await pass(1);
  expect(again.acquired).toHaveBeenCalled();
  expect(specOf(api)).toMatchObject({ leaseTransitions: 0, acquireTime });
  await again.lease.release();
  await a.lease.release().catch(() => {});
});

test('a holder that cannot renew holds back its writes, and then says that it lost, before others may take over', async () => {
  const api = new ScriptedTransport();
  const a = candidate(api, 'a');
  await pass(1);
  api.fail({ path: 'leases' }, ...Array.from({ length: 50 }, () => 'reset' as const));
  await pass(7_000);
  expect([a.lease.held(), a.onLost.mock.calls.length]).toEqual([true, 0]);
  await pass(4_500);
  expect(a.lease.held()).toBe(false);
  expect(() => a.lease.fence()).toThrow('write held back: a does not hold Lease squall/squall-operator');
  expect(a.onLost.mock.calls).toEqual([['lease not renewed for 10000 ms']]);
  await pass(60_000);
  expect(a.onLost).toHaveBeenCalledTimes(1);
});

test('a process that stood still does not write when it goes on', async () => {
  const api = new ScriptedTransport();
  const a = candidate(api, 'a');
  await pass(1);
  const hang = vi.spyOn(performance, 'now');
  const stoodStill = performance.now() + 11_000;
  hang.mockReturnValue(stoodStill);
  expect(a.lease.held()).toBe(false);
  hang.mockRestore();
  await a.lease.release();
});

test('a renewal whose answer was lost does not lose the Lease', async () => {
  const api = new ScriptedTransport();
  const a = candidate(api, 'a');
  await pass(1);
  api.fail({ verb: 'replace' }, 'resetAfterApply', { code: 500 }, 'resetAfterApply');
  await pass(60_000);
  expect([a.lease.held(), a.onLost.mock.calls.length]).toEqual([true, 0]);
  await a.lease.release();
});

test('a Lease that another has taken is lost at the next look', async () => {
  const api = new ScriptedTransport();
  const a = candidate(api, 'a');
  await pass(1);
  const stolen = api.object(PATH);
  if (!stolen) throw new Error('the lease is missing');
  api.put({ ...stolen, spec: { ...specOf(api), holderIdentity: 'thief' } });
  await pass(2_500);
  expect(a.onLost.mock.calls).toEqual([['lease taken by thief']]);
  expect(a.lease.held()).toBe(false);
});

test('waiting ends quietly with the reason of the stop', async () => {
  const api = new ScriptedTransport();
  const a = candidate(api, 'a');
  const b = candidate(api, 'b');
  await pass(1);
  b.stop.abort(new Error('stopping'));
  await pass(1);
  expect(b.refused.mock.calls).toEqual([[new Error('stopping')]]);
  await b.lease.release();
  expect(specOf(api)?.holderIdentity).toBe('a');
  await a.lease.release();
});

test('an API server that refuses is asked again', async () => {
  const api = new ScriptedTransport();
  api.fail({ path: 'leases' }, { code: 500 }, { code: 403 }, { code: 429 });
  const a = candidate(api, 'a');
  await pass(10_000);
  expect(a.lease.held()).toBe(true);
  await a.lease.release();
});
