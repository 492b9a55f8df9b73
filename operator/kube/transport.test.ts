// operator/kube/transport.test.ts — calls against a real HTTP server: connections, deadlines, retries, torn streams.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Call } from './call.ts';
import { AmbiguousError, StatusError, statusOf } from './errors.ts';
import { loadTransport, type Transport, type TransportOptions } from './transport.ts';

type Answer = (request: IncomingMessage & { text: string }, response: ServerResponse) => void;

let server: Server;
let folder: string;
let connections = 0;
let answer: Answer;
const seen: { method: string; url: string; headers: IncomingMessage['headers']; text: string }[] = [];
const transports: Transport[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'squall-transport-'));
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, headers, text });
      answer(Object.assign(request, { text }), response);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
});
afterEach(async () => {
  for (const transport of transports.splice(0)) await transport.close();
  server.closeAllConnections();
  seen.length = 0;
  connections = 0;
});
afterAll(async () => {
  await new Promise((closed) => server.close(closed));
  await rm(folder, { recursive: true });
});

async function kubeconfig(url: string): Promise<string> {
  const file = join(folder, 'kubeconfig');
  const config = {
    clusters: [{ name: 'c', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 'sesame' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'home' } }],
    'current-context': 'x',
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}
async function open(options: TransportOptions = {}, url?: string) {
  const { port } = server.address() as AddressInfo;
  const transport = await loadTransport({
    kubeconfig: await kubeconfig(url ?? `http://127.0.0.1:${port}`),
    ...options,
  });
  transports.push(transport);
  return transport;
}
const send = (response: ServerResponse, code: number, body: unknown, headers: Record<string, string> = {}) => {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};
const status = (code: number, reason: string, message: string, details?: object) => ({
  kind: 'Status',
  apiVersion: 'v1',
  code,
  reason,
  message,
  details,
});
/** Plays the answers in order; the last one for ever. */
const play = (...answers: Answer[]): Answer => {
  let n = 0;
  return (request, response) => (answers[Math.min(n++, answers.length - 1)] ?? reset)(request, response);
};
const reset: Answer = (request) => {
  request.socket.resetAndDestroy();
};
const object = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'm', namespace: 'a', uid: 'u', resourceVersion: '1' },
};
const ok: Answer = (_request, response) => send(response, 200, object);
const refuse =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    send(response, code, status(code, 'Reason', `said ${code}`), headers);
const MAPS = '/api/v1/namespaces/a/configmaps';
const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

test('1 000 calls share a connection, and as many as are under way at once', async () => {
  answer = ok;
  const api = await open();
  for (let i = 0; i < 1_000; i++) await api.get(`${MAPS}/m`);
  expect(connections).toBeLessThanOrEqual(2); // the pool may open a second before the first is free again
  await Promise.all(Array.from({ length: 200 }, () => api.get(`${MAPS}/m`)));
  expect(connections).toBeLessThanOrEqual(32);
});

test('says who is calling, and in which namespace it is at home', async () => {
  answer = ok;
  const api = await open({ version: '1.2.3' });
  expect(await api.get(`${MAPS}/m`)).toEqual(object);
  expect(seen[0]).toMatchObject({ headers: { 'user-agent': 'squall/1.2.3', authorization: 'Bearer sesame' } });
  expect(api.namespace).toBe('home');
});

test('an address with a path keeps it', async () => {
  answer = ok;
  const { port } = server.address() as AddressInfo;
  const api = await open({}, `http://127.0.0.1:${port}/k8s/clusters/c1/`);
  await api.get(`${MAPS}/m`);
  expect(seen[0]?.url).toBe(`/k8s/clusters/c1${MAPS}/m`);
});

test('each verb asks as the API server wants it', async () => {
  answer = ok;
  const api = await open();
  await api.create(MAPS, { x: 1 });
  await api.apply(`${MAPS}/m`, { x: 1 }, { fieldManager: 'squall' });
  await api.replace(`${MAPS}/m`, { x: 1 });
  await api.replaceStatus(`${MAPS}/m`, { metadata: { resourceVersion: '7' }, status: { x: 1 } });
  await api.mergePatch(`${MAPS}/m`, { x: null });
  await api.delete(`${MAPS}/m`, { uid: 'u' });
  await api.page(MAPS, { limit: '5', labelSelector: 'a=b' });
  expect(seen.map(({ method, url, headers }) => `${method} ${url} ${headers['content-type'] ?? '-'}`)).toEqual([
    `POST ${MAPS} application/json`,
    `PATCH ${MAPS}/m?fieldManager=squall&force=true application/apply-patch+yaml`,
    `PUT ${MAPS}/m application/json`,
    `PATCH ${MAPS}/m/status application/json-patch+json`,
    `PATCH ${MAPS}/m application/merge-patch+json`,
    `DELETE ${MAPS}/m application/json`,
    `GET ${MAPS}?limit=5&labelSelector=a%3Db -`,
  ]);
  expect(JSON.parse(seen[3]?.text ?? '')).toEqual([
    { op: 'add', path: '/metadata/resourceVersion', value: '7' },
    { op: 'add', path: '/status', value: { x: 1 } },
  ]);
  expect(JSON.parse(seen[5]?.text ?? '')).toMatchObject({
    propagationPolicy: 'Background',
    preconditions: { uid: 'u' },
  });
});

test('a delete is answered by the object that goes, or by nothing when it is gone', async () => {
  answer = play(ok, (_request, response) => send(response, 200, { kind: 'Status', status: 'Success' }));
  const api = await open();
  expect(await api.delete(`${MAPS}/m`)).toEqual(object);
  expect(await api.delete(`${MAPS}/m`)).toBeUndefined();
});

test('text is cut at the limit', async () => {
  answer = (_request, response) => response.end('x'.repeat(5_000_000));
  const api = await open();
  expect(await api.text('/log', { tailLines: '5' }, { limitBytes: 1_000 })).toHaveLength(1_000);
  expect(await api.text('/log')).toHaveLength(1_048_576);
});

test('the end of a text is its end, also of one that is larger than the limit of others', async () => {
  answer = (_request, response) => response.end(`${'x'.repeat(5_000_000)}the end`);
  const cuts: string[] = [];
  const api = await open();
  const tail = { limitBytes: 10_000_000, tailBytes: 9, onCut: () => cuts.push('cut') };
  expect(await api.text('/log', {}, tail)).toBe('xxthe end');
  expect(cuts).toEqual([]);
  expect(await api.text('/log', {}, { ...tail, limitBytes: 5_000_003 })).toBe('xxxxxxthe');
  expect(cuts).toEqual(['cut']);
});

test('the end of a text that stalls is what came until the deadline', async () => {
  answer = (_request, response) => {
    response.writeHead(200).write('last words');
  };
  const cuts: string[] = [];
  const tail = { tailBytes: 5, deadlineMs: 300, onCut: () => cuts.push('cut') };
  expect(await (await open()).text('/log', {}, tail)).toBe('words');
  expect(cuts).toEqual(['cut']);
});

describe('a refusal', () => {
  test('carries what the Status says', async () => {
    const details = {
      name: 'm',
      kind: 'configmaps',
      causes: [{ field: 'spec.x', reason: 'FieldValueInvalid', message: 'no' }],
    };
    answer = (_request, response) => send(response, 422, status(422, 'Invalid', 'm is invalid', details));
    const error = await failureOf((await open()).create(MAPS, {}));
    expect(error).toBeInstanceOf(StatusError);
    expect(error).toMatchObject({ code: 422, reason: 'Invalid', details, message: `POST ${MAPS}: 422 m is invalid` });
    expect(seen).toHaveLength(1);
  });
  test('by something that is no API server is told as it is', async () => {
    answer = (_request, response) => response.writeHead(404).end('<h1>nothing here</h1>');
    const error = await failureOf((await open()).get(`${MAPS}/m`));
    expect(error).toMatchObject({ code: 404, reason: '', message: `GET ${MAPS}/m: 404 <h1>nothing here</h1>` });
  });
  test('with 401 reads the credentials again, once', async () => {
    answer = play(refuse(401), ok);
    await (await open()).create(MAPS, {});
    answer = refuse(401);
    seen.length = 0;
    expect(await failureOf((await open()).create(MAPS, {}))).toMatchObject({ code: 401 });
    expect(seen).toHaveLength(2);
  });
});

describe('a read', () => {
  test.each([429, 500, 502, 503, 504])('answered by %i is tried again, twice', async (code) => {
    const api = await open();
    answer = play(refuse(code), refuse(code), ok);
    expect(await api.get(`${MAPS}/m`)).toEqual(object);
    answer = refuse(code);
    seen.length = 0;
    expect(await failureOf(api.get(`${MAPS}/m`))).toMatchObject({ code });
    expect(seen).toHaveLength(3);
  });
  test('whose connection is lost is tried again', async () => {
    answer = play(
      reset,
      (_request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"half":');
        setTimeout(() => response.destroy(), 10);
      },
      ok,
    );
    expect(await (await open()).get(`${MAPS}/m`)).toEqual(object);
  });
  test('answered by 400, 403, 404, 409, 410 is not tried again', async () => {
    const api = await open();
    for (const code of [400, 403, 404, 409, 410]) {
      answer = refuse(code);
      expect(await failureOf(api.get(`${MAPS}/m`))).toMatchObject({ code });
    }
    expect(seen).toHaveLength(5);
  });
});

describe('a change', () => {
  test('answered by 429, or by 503 with Retry-After, was not applied and is tried again', async () => {
    const api = await open();
    for (const code of [429, 503]) {
      answer = play(refuse(code, { 'retry-after': '0' }), refuse(code, { 'retry-after': '1' }), ok);
      seen.length = 0;
      await api.create(MAPS, {});
      expect(seen).toHaveLength(3);
    }
  });
  test('whose Retry-After is beyond the deadline is refused at once', async () => {
    answer = refuse(429, { 'retry-after': '60' });
    const error = await failureOf((await open()).create(MAPS, {}, { deadlineMs: 5_000 }));
    expect(error).toMatchObject({ code: 429, retryAfterMs: 60_000 });
    expect(seen).toHaveLength(1);
  });
  test.each([500, 502, 503, 504])(
    'answered by %i is in doubt: never sent twice, the answer is its cause',
    async (code) => {
      answer = refuse(code);
      const error = await failureOf((await open()).create(MAPS, {}));
      expect(error).toBeInstanceOf(AmbiguousError);
      expect(statusOf(error)?.code).toBe(code);
      expect(seen).toHaveLength(1);
    },
  );
  test('whose connection is lost is in doubt', async () => {
    answer = reset;
    const error = await failureOf((await open()).mergePatch(`${MAPS}/m`, {}));
    expect(error).toBeInstanceOf(AmbiguousError);
    expect(String(error)).toMatch(/PATCH .*configmaps\/m: .*; it may have been applied$/);
    expect(seen).toHaveLength(1);
  });
  test('that nobody listens to was not applied, and is tried again until the deadline', async () => {
    const calls: number[] = [];
    const api = await open({ onCall: ({ code }) => calls.push(code) }, 'http://127.0.0.1:1');
    const error = await failureOf(api.create(MAPS, {}, { deadlineMs: 1_000 }));
    expect(error).not.toBeInstanceOf(AmbiguousError);
    expect(String(error)).toContain(`POST ${MAPS}: ECONNREFUSED`);
    expect(calls.length).toBeGreaterThan(2);
  });
  test('of a review is a question, and asked again', async () => {
    answer = play(refuse(500), ok);
    await (await open()).create('/apis/authentication.k8s.io/v1/tokenreviews', {});
    expect(seen).toHaveLength(2);
  });
});

describe('the deadline', () => {
  const never: Answer = () => {};
  test('ends a read that gets no answer', async () => {
    answer = never;
    const error = await failureOf((await open()).get(`${MAPS}/m`, { deadlineMs: 200 }));
    expect(String(error)).toBe(`Error: GET ${MAPS}/m: no answer in 200 ms`);
  });
  test('ends one whose answer stops half way: a half-open connection', async () => {
    answer = (_request, response) => response.writeHead(200).write('{"half":');
    const error = await failureOf((await open({ deadlineMs: 200 })).get(`${MAPS}/m`));
    expect(String(error)).toContain('no answer in 200 ms');
  });
  test('leaves a change in doubt', async () => {
    answer = never;
    const error = await failureOf((await open()).create(MAPS, {}, { deadlineMs: 200 }));
    expect(error).toBeInstanceOf(AmbiguousError);
  });
  test("the caller's own signal ends a call with its reason", async () => {
    answer = never;
    const reason = new Error('stopping');
    expect(await failureOf((await open()).get(`${MAPS}/m`, { signal: AbortSignal.abort(reason) }))).toBe(reason);
  });
});

describe('a watch', () => {
  const event = (type: string, text: string) => `${JSON.stringify({ type, object: { ...object, data: { text } } })}\n`;
  async function follow(api: Transport, signal = AbortSignal.timeout(5_000)) {
    const read: string[] = [];
    let error: unknown;
    try {
      for await (const change of api.changes(MAPS, { resourceVersion: '5' }, signal)) read.push(change.type);
    } catch (caught) {
      error = caught;
    }
    return { read, error };
  }
  test('is cut anywhere and read whole', async () => {
    const bytes = Buffer.from(
      event('ADDED', 'Grüße 🎉') + event('MODIFIED', '漢字'.repeat(50_000)) + event('DELETED', ''),
    );
    answer = async (_request, response) => {
      response.writeHead(200);
      const steps = [0, 1, 5, bytes.indexOf(0xc3) + 1, bytes.indexOf(0xf0) + 2, 1_000, 100_001, bytes.length];
      for (const [i, to] of steps.entries()) {
        response.write(bytes.subarray(steps[i - 1] ?? 0, to));
        await new Promise((next) => setTimeout(next, 5));
      }
      response.end();
    };
    expect(await follow(await open())).toEqual({ read: ['ADDED', 'MODIFIED', 'DELETED'], error: undefined });
    expect(seen[0]?.url).toBe(`${MAPS}?resourceVersion=5&watch=true`);
  });
  test('whose last line is torn shows what came before, then fails', async () => {
    answer = (_request, response) => response.end(`${event('ADDED', 'x')}${event('MODIFIED', 'y').slice(0, -1)}`);
    const { read, error } = await follow(await open());
    expect(read).toEqual(['ADDED']);
    expect(String(error)).toContain('watch ended inside an event');
  });
  test('whose connection is reset fails, and does not end as if it were over', async () => {
    answer = (request, response) => {
      response.writeHead(200).write(event('ADDED', 'x'));
      setTimeout(() => request.socket.resetAndDestroy(), 20);
    };
    const { read, error } = await follow(await open());
    expect(read).toEqual(['ADDED']);
    expect(error).toBeInstanceOf(Error);
  });
  test('that is silent ends by its signal', async () => {
    answer = (_request, response) => response.writeHead(200).write(event('ADDED', 'x'));
    const { read, error } = await follow(await open(), AbortSignal.timeout(200));
    expect([read, (error as Error).name]).toEqual([['ADDED'], 'TimeoutError']);
  });
  test('that is refused says why', async () => {
    answer = refuse(410);
    expect((await follow(await open())).error).toMatchObject({ code: 410 });
  });
});

test('every request is observed, with kind, verb, code', async () => {
  answer = play(refuse(429, { 'retry-after': '0' }), ok);
  const calls: (Call & { code: number })[] = [];
  const api = await open({ onCall: (call) => calls.push(call) });
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
  answer = ok;
  const points: string[] = [];
  const api = await open({
    fault: (point, { verb }) => {
      points.push(`${point} ${verb}`);
      if (point === 'after' && verb === 'delete') throw new Error('cut');
    },
  });
  await api.get(`${MAPS}/m`);
  await api.create(MAPS, {});
  expect(await failureOf(api.delete(`${MAPS}/m`))).toBeInstanceOf(AmbiguousError);
  expect(points).toEqual(['before create', 'after create', 'before delete', 'after delete']);
  expect(seen.map(({ method }) => method)).toEqual(['GET', 'POST', 'DELETE']);
});
