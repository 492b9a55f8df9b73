// operator/http/live-executions.test.ts — who is counted as live, and who is refused when there are too many.
import { expect, test } from 'vitest';
import { Execution, type Execution as ExecutionObject } from '../api/kinds.ts';
import { Store } from '../kube/store.ts';
import { countLive, crowded } from './live-executions.ts';

const live = (counts: Readonly<Record<string, number>>) => ({
  total: () => Object.values(counts).reduce((sum, count) => sum + count, 0),
  of: (namespace: string) => counts[namespace] ?? 0,
  namespaces: () => Object.keys(counts).length,
});

test('each namespace is counted, from what is there and as it changes', () => {
  const store = new Store<ExecutionObject>({ kind: Execution, project: (raw) => raw as ExecutionObject });
  let version = 0;
  const put = (namespace: string, name: string, phase?: string) =>
    store.put({
      apiVersion: 'squall.dev/v1alpha1',
      kind: 'Execution',
      metadata: { namespace, name, uid: `${namespace}/${name}`, resourceVersion: `${++version}` },
      ...(phase === undefined ? {} : { status: { phase } }),
    });
  put('a', 'old');
  const counted = countLive(store);
  const seen = () => [counted.total(), counted.of('a'), counted.of('b'), counted.namespaces()];
  expect(seen()).toEqual([1, 1, 0, 1]);
  put('a', 'one');
  put('b', 'one', 'Running');
  expect(seen()).toEqual([3, 2, 1, 2]);
  put('a', 'one', 'Running');
  expect(seen()).toEqual([3, 2, 1, 2]);
  put('b', 'one', 'Succeeded');
  expect(seen()).toEqual([2, 2, 0, 1]);
  store.remove({ metadata: { namespace: 'b', name: 'one' } });
  store.remove({ metadata: { namespace: 'a', name: 'one' } });
  expect(seen()).toEqual([1, 1, 0, 1]);
});

test.each([
  { what: 'below the limit nobody is refused', counts: { a: 99 }, of: 'a', refused: false },
  { what: 'one alone has all of it', counts: { a: 100 }, of: 'a', refused: true },
  { what: 'a newcomer gets in', counts: { a: 100 }, of: 'b', refused: false },
  { what: 'it gets half', counts: { a: 100, b: 49 }, of: 'b', refused: false },
  { what: 'and no more', counts: { a: 100, b: 50 }, of: 'b', refused: true },
  { what: 'a third gets a third', counts: { a: 100, b: 50, c: 32 }, of: 'c', refused: false },
  { what: 'and no more either', counts: { a: 100, b: 50, c: 33 }, of: 'c', refused: true },
  { what: 'twice the limit is the end for a newcomer too', counts: { a: 100, b: 100 }, of: 'c', refused: true },
])('$what', ({ counts, of, refused }) => {
  expect(crowded(live(counts), of, 100) !== undefined).toBe(refused);
});

test('a limit smaller than the number of namespaces leaves each its one', () => {
  const counts = { a: 1, b: 1, c: 1 };
  expect(crowded(live(counts), 'd', 2)).toBeUndefined();
  expect(crowded(live(counts), 'a', 2)).toBeDefined();
});

test('the refusal names the namespace, its count, its share and the option', () => {
  expect(crowded(live({ a: 90, b: 20 }), 'a', 100)).toBe(
    'Namespace a has 90 executions under way and its share is 50: 110 are under way in all, the limit is 100 (config.liveExecutionsMax), and 2 namespaces share it; send the event again later',
  );
});
