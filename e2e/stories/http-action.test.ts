// e2e/stories/http-action.test.ts — core.http against a server in the cluster: what it sends, what it makes of the answer.
import { beforeAll, expect, test } from 'vitest';
import type { Execution } from '../../operator/api/kinds.ts';
import { apply, createExecution, ended, kubectl, ours, ready, stage } from '../harness.ts';
import { reached } from './reached.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('http');
const PASSWORD = 'correct-horse-battery';
const url = `http://echo.${namespace}.svc:8080`;

/** Tells what it was asked; the path says how. */
const SERVER = `
require('node:http').createServer((request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    const { method, url, headers } = request;
    if (url === '/slow') return;
    if (url === '/moved') return response.writeHead(302, { Location: '/there' }).end();
    response.writeHead(url === '/missing' ? 404 : 200, { 'Content-Type': 'application/json', 'X-Served-By': 'echo' });
    response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(pieces).toString() }));
  });
}).listen(8080);
`.trim();

beforeAll(async () => {
  const container = {
    name: 'echo',
    image: stage.images.runnerNode,
    command: ['node', '-e', SERVER],
    readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
  await apply(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace, name: 'echo', labels: { app: 'echo' } },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 1,
        securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [container],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name: 'echo' },
      spec: { selector: { app: 'echo' }, ports: [{ port: 8080 }] },
    },
    { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name: 'vault' }, stringData: { password: PASSWORD } },
  );
  await kubectl(['-n', namespace, 'wait', '--for=condition=Ready', '--timeout=60s', 'pod/echo']);
  await reached(namespace, new URL(url).host);
});

interface Outcome {
  readonly phase: string;
  readonly message?: string;
  readonly result?: Readonly<Record<string, unknown>>;
}

async function ask(parameters: Readonly<Record<string, unknown>>, ref = 'core.http'): Promise<Outcome> {
  const execution: Pick<Execution, 'status'> = await ended(
    namespace,
    await createExecution(namespace, ref, parameters),
  );
  return execution.status as Outcome;
}

test('GET and POST have their answer as StackStorm gives it', async () => {
  expect(await ask({ url: `${url}/a`, params: { q: 'x y' }, headers: { 'X-Own': 'v' } })).toMatchObject({
    phase: 'Succeeded',
    result: {
      status_code: 200,
      parsed: true,
      headers: { 'X-Served-By': 'echo', 'Content-Type': 'application/json' },
      body: { method: 'GET', url: '/a?q=x+y', headers: { 'x-own': 'v', 'x-stanley-action': 'http' } },
    },
  });
  const json = { url, method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"n": [1, 2]}' };
  expect(await ask(json)).toMatchObject({
    phase: 'Succeeded',
    result: { body: { method: 'POST', body: '{"n": [1, 2]}' } },
  });
});

test('what is no success fails, with the answer; so do silence and absence', async () => {
  expect(await ask({ url: `${url}/missing` })).toMatchObject({
    phase: 'Failed',
    message: expect.stringContaining('HTTP 404'),
    result: { status_code: 404, body: { url: '/missing' } },
  });
  expect(await ask({ url: `${url}/moved` })).toMatchObject({ phase: 'Failed', result: { status_code: 302 } });
  expect(await ask({ url: `${url}/moved`, allow_redirects: true })).toMatchObject({
    phase: 'Succeeded',
    result: { body: { url: '/there' } },
  });
  expect(await ask({ url: `${url}/slow`, timeout: 2 })).toMatchObject({ phase: 'TimedOut' });
  expect(await ask({ url: `http://nobody.${namespace}.svc/` })).toMatchObject({
    phase: 'Failed',
    message: expect.stringContaining('not known in the pod'),
  });
});

test('a password is sent, and shows nowhere', async () => {
  const password = { valueFrom: { secretKeyRef: { name: 'vault', key: 'password' } } };
  expect(await ask({ url, username: 'ann', password })).toMatchObject({
    phase: 'Succeeded',
    result: { body: { headers: { authorization: expect.stringMatching(/^Basic \S*\*{8}/) } } },
  });
  const everything = await kubectl(['-n', namespace, 'get', 'executions,jobs,pods,events', '-o', 'yaml']);
  const log = await kubectl(['-n', stage.namespace, 'logs', 'deploy/squall', '--tail=2000']);
  const encoded = Buffer.from(`ann:${PASSWORD}`).toString('base64').slice(8, -4);
  for (const place of [everything, log]) for (const told of [PASSWORD, encoded]) expect(place).not.toContain(told);
});

test('an action of one’s own asks with what it fixes', async () => {
  await apply(
    ours('Action', namespace, 'ops.order', {
      runner: 'http-request',
      parameters: {
        sku: { type: 'string', required: true },
        url: { default: `${url}/orders/{{ sku }}`, immutable: true },
        method: { type: 'string', default: 'PUT', immutable: true },
        headers: { default: { 'Content-Type': 'application/json' }, immutable: true },
        body: { type: 'object', default: { item: '{{ sku }}' } },
      },
    }),
  );
  await ready(namespace, 'action/ops.order');
  expect(await ask({ sku: 'book' }, 'ops.order')).toMatchObject({
    phase: 'Succeeded',
    result: { body: { method: 'PUT', url: '/orders/book', body: '{"item":"book"}' } },
  });
});
