// operator/kube/transport.test.ts — calls against a real HTTP server: connections, verbs, texts, and what is told of each call.
import { expect, test } from 'vitest';
import type { Call } from './call.ts';
import { AmbiguousError } from './errors.ts';
import { failureOf, MAPS, object, ok, play, refuse, send, serve } from './transport.setup.ts';

const scene = serve();

test('1 000 calls share a connection, and as many as are under way at once', async () => {
  scene.answer = ok;
  const api = await scene.open();
  for (let i = 0; i < 1_000; i++) await api.get(`${MAPS}/m`);
  expect(scene.connections).toBeLessThanOrEqual(2); // the pool may open a second before the first is free again
  await Promise.all(Array.from({ length: 200 }, () => api.get(`${MAPS}/m`)));
  expect(scene.connections).toBeLessThanOrEqual(32);
});

test('says who is calling, and in which namespace it is at home', async () => {
  scene.answer = ok;
  const api = await scene.open({ version: '1.2.3' });
  expect(await api.get(`${MAPS}/m`)).toEqual(object);
  expect(scene.seen[0]).toMatchObject({ headers: { 'user-agent': 'squall/1.2.3', authorization: 'Bearer sesame' } });
  expect(api.namespace).toBe('home');
});

test('an address with a path keeps it', async () => {
  scene.answer = ok;
  const { port } = scene.address();
  const api = await scene.open({}, `http://127.0.0.1:${port}/k8s/clusters/c1/`);
  await api.get(`${MAPS}/m`);
  expect(scene.seen[0]?.url).toBe(`/k8s/clusters/c1${MAPS}/m`);
});

test('each verb asks as the API server wants it', async () => {
  scene.answer = ok;
  const api = await scene.open();
  await api.create(MAPS, { x: 1 });
  await api.apply(`${MAPS}/m`, { x: 1 }, { fieldManager: 'squall' });
  await api.replace(`${MAPS}/m`, { x: 1 });
  await api.replaceStatus(`${MAPS}/m`, { metadata: { resourceVersion: '7' }, status: { x: 1 } });
  await api.mergePatch(`${MAPS}/m`, { x: null });
  await api.delete(`${MAPS}/m`, { uid: 'u', resourceVersion: '7' });
  await api.page(MAPS, { limit: '5', labelSelector: 'a=b' });
  expect(scene.seen.map(({ method, url, headers }) => `${method} ${url} ${headers['content-type'] ?? '-'}`)).toEqual([
    `POST ${MAPS} application/json`,
    `PATCH ${MAPS}/m?fieldManager=squall&force=true application/apply-patch+yaml`,
    `PUT ${MAPS}/m application/json`,
    `PATCH ${MAPS}/m/status application/json-patch+json`,
    `PATCH ${MAPS}/m application/merge-patch+json`,
    `DELETE ${MAPS}/m application/json`,
    `GET ${MAPS}?limit=5&labelSelector=a%3Db -`,
  ]);
  expect(JSON.parse(scene.seen[3]?.text ?? '')).toEqual([
    { op: 'add', path: '/metadata/resourceVersion', value: '7' },
    { op: 'add', path: '/status', value: { x: 1 } },
  ]);
  expect(JSON.parse(scene.seen[5]?.text ?? '')).toMatchObject({
    propagationPolicy: 'Background',
    preconditions: { uid: 'u', resourceVersion: '7' },
  });
});

test('a delete is answered by the object that goes, or by nothing when it is gone', async () => {
  scene.answer = play(ok, (_request, response) => send(response, 200, { kind: 'Status', status: 'Success' }));
  const api = await scene.open();
  expect(await api.delete(`${MAPS}/m`)).toEqual(object);
  expect(await api.delete(`${MAPS}/m`)).toBeUndefined();
});

test('text is cut at the limit', async () => {
  scene.answer = (_request, response) => response.end('x'.repeat(5_000_000));
  const api = await scene.open();
  expect(await api.text('/log', { tailLines: '5' }, { limitBytes: 1_000 })).toHaveLength(1_000);
  expect(await api.text('/log')).toHaveLength(1_048_576);
});

test('the end of a text is its end, also of one that is larger than the limit of others', async () => {
  scene.answer = (_request, response) => response.end(`${'x'.repeat(5_000_000)}the end`);
  const cuts: string[] = [];
  const api = await scene.open();
  const tail = { limitBytes: 10_000_000, tailBytes: 9, onCut: () => cuts.push('cut') };
  expect(await api.text('/log', {}, tail)).toBe('xxthe end');
  expect(cuts).toEqual([]);
  expect(await api.text('/log', {}, { ...tail, limitBytes: 5_000_003 })).toBe('xxxxxxthe');
  expect(cuts).toEqual(['cut']);
});

test('the end of a text that stalls is what came until the deadline', async () => {
  scene.answer = (_request, response) => {
    response.writeHead(200).write('last words');
  };
  const cuts: string[] = [];
  const tail = { tailBytes: 5, deadlineMs: 300, onCut: () => cuts.push('cut') };
  expect(await (await scene.open()).text('/log', {}, tail)).toBe('words');
  expect(cuts).toEqual(['cut']);
});

test('every request is observed, with kind, verb, code', async () => {
  scene.answer = play(refuse(429, { 'retry-after': '0' }), ok);
  const calls: (Call & { code: number })[] = [];
  const api = await scene.open({ onCall: (call) => calls.push(call) });
  await api.replaceStatus('/apis/squall.dev/v1alpha1/namespaces/a/executions/e', {
    metadata: { resourceVersion: '1' },
  });
  const facts = { verb: 'replaceStatus', method: 'PATCH', kind: 'executions', namespace: 'a', name: 'e' };
  expect(calls).toMatchObject([
    { ...facts, code: 429 },
    { ...facts, code: 200 },
  ]);
});

test('faults are injected around changes only; a fault after the call loses its answer', async () => {
  scene.answer = ok;
  const points: string[] = [];
  const api = await scene.open({
    fault: (point, { verb }) => {
      points.push(`${point} ${verb}`);
      if (point === 'after' && verb === 'delete') throw new Error('cut');
    },
  });
  await api.get(`${MAPS}/m`);
  await api.create(MAPS, {});
  expect(await failureOf(api.delete(`${MAPS}/m`))).toBeInstanceOf(AmbiguousError);
  expect(points).toEqual(['before create', 'after create', 'before delete', 'after delete']);
  expect(scene.seen.map(({ method }) => method)).toEqual(['GET', 'POST', 'DELETE']);
});
