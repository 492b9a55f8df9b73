// operator/kube/observe.test.ts — calls and stores become metrics.
import { expect, test } from 'vitest';
import { createMetrics, metricsText } from '../telemetry/metrics.ts';
import { countCalls, showStores } from './observe.ts';
import { KIND } from './paths.ts';
import { Store } from './store.ts';

test('writes are counted by kind and verb; reads and reviews are only timed', async () => {
  const metrics = createMetrics({ version: 'test' });
  const onCall = countCalls(metrics);
  const call = { path: '/x', namespace: 'a', name: undefined, code: 200, ms: 20 };
  onCall({ ...call, verb: 'create', method: 'POST', kind: 'jobs' });
  onCall({ ...call, verb: 'create', method: 'POST', kind: 'jobs', code: 0 });
  onCall({ ...call, verb: 'create', method: 'POST', kind: 'tokenreviews' });
  onCall({ ...call, verb: 'watch', method: 'GET', kind: 'jobs' });
  const { values } = await metrics.apiWrites.get();
  expect(values).toMatchObject([{ labels: { kind: 'jobs', verb: 'create' }, value: 2 }]);
  expect(await metricsText(metrics)).toContain('squall_api_seconds_count{verb="watch"} 1');
});

test('stores show how many objects they hold and how long ago the API server was heard of', async () => {
  const metrics = createMetrics({ version: 'test' });
  const store = new Store({ kind: KIND.job, project: (raw) => raw });
  showStores(metrics, [store]);
  expect(await metricsText(metrics)).toContain('squall_watch_age_seconds{kind="jobs"} +Inf');
  const listing = store.listing();
  listing.add([{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', uid: 'u', resourceVersion: '1' } }]);
  listing.commit('1');
  const text = await metricsText(metrics);
  expect(text).toContain('squall_store_objects{kind="jobs"} 1');
  expect(text).toMatch(/squall_watch_age_seconds\{kind="jobs"\} \d/);
});

test('of two stores of a kind all objects count, and none hides that the other is silent', async () => {
  const metrics = createMetrics({ version: 'test' });
  const [silent, heard] = [0, 1].map(() => new Store({ kind: KIND.configMap, project: (raw) => raw }));
  if (!silent || !heard) throw new Error('there are no stores');
  showStores(metrics, [silent, heard]);
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', uid: 'u', resourceVersion: '1' } };
  silent.put(object);
  heard.put(object);
  heard.alive();
  const text = await metricsText(metrics);
  expect(text).toContain('squall_store_objects{kind="configmaps"} 2');
  expect(text).toContain('squall_watch_age_seconds{kind="configmaps"} +Inf');
});
