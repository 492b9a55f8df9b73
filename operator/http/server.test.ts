// operator/http/server.test.ts — strangers who are slow, many or broken; and the plain port for probes.
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { buildHealthServer } from './health.ts';
import { buildServer } from './server.ts';

const log = createLog({ level: 'silent' });
/** Sends a text and waits until the server has ended the connection. */
async function send(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (part) => (answer += String(part))).on('error', () => {});
  socket.write(text);
  await new Promise((closed) => socket.once('close', closed));
  return answer;
}

test('who sends headers or a body for ever is cut off', async () => {
  const app = buildServer({ log, headersTimeoutMs: 300, requestTimeoutMs: 600 });
  app.post('/', () => ({}));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  const answers = await Promise.all([
    send(port, 'POST / HTTP/1.1\r\nHost: x\r\nX-Slow: '),
    send(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{'),
    send(port, 'nonsense\r\n\r\n'),
    send(port, `GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`),
  ]);
  expect(answers.map((answer) => /^HTTP\/1.1 (\d+)/.exec(answer)?.[1])).toEqual(['408', '408', '400', '431']);
  await app.close();
});

test('an error of our own is 500 without its text, and the request id comes back', async () => {
  const app = buildServer({ log });
  app.get('/', () => {
    throw new Error('secret detail');
  });
  const { statusCode, headers, body } = await app.inject({ url: '/', headers: { 'x-request-id': 'abc' } });
  expect([statusCode, headers['x-request-id'], body]).toEqual([500, 'abc', '{"faultstring":"Internal Server Error"}']);
});

test('probes tell what is wrong, and metrics are there', async () => {
  const metrics = createMetrics({ version: 'test' });
  let faults = ['the cache of rules is not complete yet'];
  const app = buildHealthServer({ log, metrics, unready: () => faults });
  const get = async (url: string) => {
    const { statusCode, body } = await app.inject({ url });
    return [statusCode, body];
  };
  expect(await get('/readyz')).toEqual([503, 'the cache of rules is not complete yet\n']);
  faults = [];
  expect(await get('/readyz')).toEqual([200, 'ok\n']);
  expect(await get('/healthz')).toEqual([200, 'ok\n']);
  metrics.eventsAccepted.inc();
  expect((await get('/metrics'))[1]).toContain('squall_events_accepted_total 1');
});
