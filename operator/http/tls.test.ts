// operator/http/tls.test.ts — the serving certificate: made once, shared, renewed in time, changed while serving.
import { connect, type TLSSocket } from 'node:tls';
import { expect, test, vi } from 'vitest';
import { action, execution, settings, T0 } from '../domain/execution/builders.setup.ts';
import { jobFor } from '../domain/job/job.ts';
import { withCa } from '../domain/job/settings.ts';
import { ScriptedTransport } from '../kube/scripted.ts';
import { createLog } from '../telemetry/log.ts';
import { readCertificate } from './certificate.ts';
import { createCa, createLeaf } from './certificates.ts';
import { buildServer } from './server.ts';
import { ensureServing, followServing, type Serving, serviceNames, type TlsOptions } from './tls.ts';

const DAY_MS = 86_400_000;
const START = new Date('2026-01-01T00:00:00Z');
const log = createLog({ level: 'silent' });
const options = (transport: ScriptedTransport, days = 0, names = ['squall.squall.svc', '127.0.0.1']): TlsOptions => ({
  transport,
  namespace: 'squall',
  secret: 'squall-tls',
  names,
  log,
  now: () => new Date(START.getTime() + days * DAY_MS),
});

test('replicas that start at once serve the same certificate', async () => {
  const transport = new ScriptedTransport();
  const all = await Promise.all([1, 2, 3].map(() => ensureServing(options(transport))));
  expect(new Set(all.map(({ cert }) => cert)).size).toBe(1);
  expect(transport.object('/api/v1/namespaces/squall/secrets/squall-tls')).toMatchObject({ type: 'kubernetes.io/tls' });
});

test('the certificate is renewed after two thirds of its life, under the same CA', async () => {
  const transport = new ScriptedTransport();
  const first = await ensureServing(options(transport));
  expect((await ensureServing(options(transport, 59))).cert).toBe(first.cert);
  const second = await ensureServing(options(transport, 61));
  expect(second.cert).not.toBe(first.cert);
  expect(second.ca).toBe(first.ca);
  expect(readCertificate(second.cert).notAfter.getTime()).toBeGreaterThan(
    readCertificate(first.cert).notAfter.getTime(),
  );
});

test('a new CA joins the old one, which stays trusted while it lives', async () => {
  const transport = new ScriptedTransport();
  const first = await ensureServing(options(transport));
  const later = await ensureServing(options(transport, 2500));
  expect(later.ca.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  expect(later.ca).toContain(first.ca);
  const last = await ensureServing(options(transport, 4000));
  expect(last.ca).not.toContain(first.ca);
});

test('another name, or a Secret that somebody emptied, gives another certificate', async () => {
  const transport = new ScriptedTransport();
  const first = await ensureServing(options(transport));
  const renamed = await ensureServing(options(transport, 0, ['new.squall.svc']));
  expect([renamed.ca === first.ca, readCertificate(renamed.cert).names]).toEqual([true, ['new.squall.svc']]);
  transport.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'squall-tls', namespace: 'squall' }, data: {} });
  expect((await ensureServing(options(transport))).ca).not.toBe(first.ca);
});

const PATH = '/api/v1/namespaces/squall/secrets/squall-tls';
const dataOf = (transport: ScriptedTransport) =>
  (transport.object(PATH) as unknown as { data: Record<string, string> } | undefined)?.data;
const putData = (transport: ScriptedTransport, data: Readonly<Record<string, string>>) =>
  transport.put({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'squall-tls', namespace: 'squall' },
    type: 'kubernetes.io/tls',
    data,
  });

/** Follows the Secret of `transport`; `check` makes its next look due. */
async function follow(transport: ScriptedTransport) {
  const first = await ensureServing(options(transport));
  const stop = new AbortController();
  const served: Serving[] = [];
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const current = followServing(first, {
    ...options(transport),
    stop: stop.signal,
    onChange: (next) => served.push(next),
  });
  return {
    first,
    current,
    served,
    check: () => vi.advanceTimersByTime(600_000),
    [Symbol.dispose]: () => {
      stop.abort();
      vi.useRealTimers();
    },
  };
}

test.each([
  ['deleted', (transport: ScriptedTransport) => transport.drop(PATH)],
  ['emptied', (transport: ScriptedTransport) => putData(transport, {})],
  [
    'given the key of another certificate',
    (transport: ScriptedTransport) => {
      const data = dataOf(transport) ?? {};
      putData(transport, { ...data, 'tls.key': data['ca.key'] ?? '' });
    },
  ],
])('a Secret that was %s is put back as it was, so that running pods can deliver', async (_what, damage) => {
  const transport = new ScriptedTransport();
  using following = await follow(transport);
  const before = dataOf(transport);
  damage(transport);
  expect(dataOf(transport)).not.toEqual(before);
  following.check();
  await vi.waitFor(() => expect(dataOf(transport)).toEqual(before));
  expect([following.current(), following.served]).toEqual([following.first, []]);
});

test('a Secret replaced by another valid one is served, and the next Job trusts its CA', async () => {
  const transport = new ScriptedTransport();
  using following = await follow(transport);
  const jobSettings = withCa(settings, () => following.current().ca);
  const caOfJob = () => {
    const made = jobFor(execution(), action(), 1, jobSettings, T0);
    return /"name":"SQUALL_CA","value":"([^"]*)"/.exec(JSON.stringify(made))?.[1]?.replaceAll(String.raw`\n`, '\n');
  };
  expect(caOfJob()).toBe(following.first.ca);
  const other = new ScriptedTransport();
  const replacement = await ensureServing(options(other));
  putData(transport, dataOf(other) ?? {});
  following.check();
  await vi.waitFor(() => expect(following.served).toEqual([replacement]));
  expect(following.current()).toEqual(replacement);
  expect(replacement.ca).not.toBe(following.first.ca);
  expect(caOfJob()).toBe(replacement.ca);
});

test('while the Secret cannot be read, what was served stays', async () => {
  const transport = new ScriptedTransport();
  using following = await follow(transport);
  transport.drop(PATH);
  transport.fail({ verb: 'get', path: 'squall-tls' }, { code: 500 });
  following.check();
  await vi.waitFor(() => expect(transport.calls.filter(({ verb }) => verb === 'get')).toHaveLength(2));
  expect(following.current()).toEqual(following.first);
  following.check();
  await vi.waitFor(() => expect(dataOf(transport)).toBeDefined());
  expect(following.current()).toEqual(following.first);
});

test('names follow from the URL of the Service', () => {
  expect(serviceNames('https://squall.ns.svc')).toEqual([
    'squall.ns.svc',
    'squall.ns.svc.cluster.local',
    'squall.ns',
    'squall',
    'localhost',
    '127.0.0.1',
  ]);
  expect(serviceNames('https://192.168.0.1:8443')).toEqual(['192.168.0.1', 'localhost', '127.0.0.1']);
});

test('a running server changes its certificate without dropping a connection', async () => {
  const ca = await createCa(new Date());
  const [one, two] = [
    await createLeaf(ca, ['127.0.0.1', 'one'], new Date()),
    await createLeaf(ca, ['127.0.0.1', 'two'], new Date()),
  ];
  const app = buildServer({ log, tls: one });
  app.get('/', () => ({ ok: true }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  const open = async (): Promise<TLSSocket> => {
    const socket = connect({ host: '127.0.0.1', port, ca: ca.cert });
    await new Promise((ready, fail) => socket.once('secureConnect', ready).once('error', fail));
    return socket;
  };
  const ask = async (socket: TLSSocket) => {
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    return String(await new Promise((got) => socket.once('data', got)));
  };
  const before = await open();
  (app.server as unknown as { setSecureContext(tls: object): void }).setSecureContext(two);
  const after = await open();
  expect(before.getPeerCertificate().subjectaltname).toContain('one');
  expect(after.getPeerCertificate().subjectaltname).toContain('two');
  expect([await ask(before), await ask(after)]).toEqual([
    expect.stringContaining('200 OK'),
    expect.stringContaining('200 OK'),
  ]);
  before.destroy();
  after.destroy();
  await app.close();
});
