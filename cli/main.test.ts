// cli/main.test.ts — the program as a process against an HTTP server that answers as an API server does.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { type Answer, failure, reply, serve } from './api-server.setup.ts';

const API = '/apis/squall.dev/v1alpha1';
const MINE = `${API}/namespaces/team/executions`;

vi.setConfig({ testTimeout: 60_000 }); // each run is a process of its own

const execution = (name: string, status?: object, more?: object) => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'Execution',
  metadata: {
    name,
    namespace: 'team',
    uid: `uid-${name}`,
    resourceVersion: '1',
    creationTimestamp: '2026-01-31T12:00:00Z',
  },
  spec: { request: { action: 'team.greet', parameters: { count: 1 }, ...more }, control: 'run' },
  ...(status && { status }),
});
const greet = {
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'Action',
  metadata: { name: 'team.greet', namespace: 'team', uid: 'a', resourceVersion: '1' },
  spec: {
    runner: 'local-shell-script',
    script: '#!/bin/sh',
    parameters: { count: { type: 'integer' }, password: { type: 'string', secret: true } },
  },
};

/** An API server with Action team.greet whose Executions end with `status` at once, seen by the watch. */
function ending(status: object) {
  const created: { metadata: { name: string }; spec: { request: Record<string, unknown> } }[] = [];
  const routes: Record<string, Answer> = {
    [`GET ${API}/namespaces/team/actions/team.greet`]: reply(greet),
    'POST /apis/authentication.k8s.io/v1/selfsubjectreviews': reply({ status: { userInfo: { username: 'jane' } } }),
    [`POST ${MINE}`]: (_, response, body) => {
      const object = JSON.parse(body);
      created.push(object);
      reply({ ...object, metadata: { ...object.metadata, uid: 'u', resourceVersion: '1' } }, 201)(_, response, body);
    },
    [`GET ${MINE}`]: (_, response) => {
      const last = created.at(-1);
      const object = { ...last, metadata: { ...last?.metadata, uid: 'u', resourceVersion: '2' }, status };
      response.writeHead(200).end(`${JSON.stringify({ type: 'MODIFIED', object })}\n`);
    },
    'GET /api/v1/namespaces/team/pods': reply({ items: [] }),
  };
  return { created, routes };
}

test('the exit code of run is that of the execution', async () => {
  const squall = await serve(ending({ phase: 'Failed', reason: 'ActionFailed', result: { return_code: 42 } }).routes);
  expect((await squall('run', 'team.greet', 'count=2')).code).toBe(42);
});

test('run asks for what was typed, in the name of the user, and prints the result', async () => {
  const { created, routes } = ending({
    phase: 'Succeeded',
    duration: '1.5s',
    result: { return_code: 0, stdout: 'hello' },
  });
  const squall = await serve(routes);
  const { out, code } = await squall(
    'run',
    'team.greet',
    'count=2',
    'password=@secret:db/pass',
    '--trace-tag',
    'story',
  );
  expect(code).toBe(0);
  expect(created[0]?.metadata.name).toMatch(/^team-greet-[0-9a-f]{10}$/);
  expect(created[0]?.spec.request).toEqual({
    action: 'team.greet',
    parameters: { count: 2, password: { valueFrom: { secretKeyRef: { name: 'db', key: 'pass' } } } },
    context: { user: 'jane', trace: { id: expect.any(String), tag: 'story' } },
  });
  expect(out).toContain('status: Succeeded (1.5s elapsed)\n');
  expect(out).toContain('result:\n  return_code: 0\n  stdout: hello\n');
});

test('-o json prints one JSON document and nothing else', async () => {
  const squall = await serve(ending({ phase: 'Succeeded', result: { stdout: 'x' } }).routes);
  const { out, err } = await squall('run', 'team.greet', '-o', 'json');
  expect(JSON.parse(out).status.result).toEqual({ stdout: 'x' });
  expect(err).toBe('');
});

test('--async prints the name and does not wait', async () => {
  const { created, routes } = ending({ phase: 'Running' });
  const squall = await serve(routes);
  const { out, code } = await squall('run', '--async', 'team.greet');
  expect([out, code]).toEqual([`${created[0]?.metadata.name}\n`, 0]);
});

/** A pod with a mesh's container beside that of the action. */
const podThatIs = (state: string) => ({
  metadata: { name: 'p', uid: 'p', creationTimestamp: '2026-01-31T12:00:00Z' },
  spec: { containers: [{ name: 'mesh' }, { name: 'action' }] },
  status: {
    containerStatuses: [
      { name: 'mesh', state: { running: {} } },
      { name: 'action', state: { [state]: {} } },
    ],
  },
});

test('the log is shown once, over a broken connection, before the result', async () => {
  const { routes } = ending({ phase: 'Succeeded', result: { return_code: 0 } });
  const log = ['2026-01-31T12:00:00.1Z one\n', '2026-01-31T12:00:00.2Z two\n', '2026-01-31T12:00:00.3Z three\n'];
  let reads = 0;
  const squall = await serve({
    ...routes,
    'GET /api/v1/namespaces/team/pods': reply({ items: [podThatIs('running')] }),
    'GET /api/v1/namespaces/team/pods/p': (...all) => reply(podThatIs('terminated'))(...all),
    'GET /api/v1/namespaces/team/pods/p/log': (request, response) => {
      reads += 1;
      response.writeHead(200);
      if (reads > 1) return void response.end(log.join(''));
      expect(request.url).not.toContain('sinceTime');
      response.write(log.slice(0, 2).join(''), () => setTimeout(() => response.destroy(), 50));
    },
  });
  const { err } = await squall('run', 'team.greet');
  expect(reads).toBe(2);
  expect(err.split('\n').slice(1)).toEqual(['one', 'two', 'three', '']);
});

test('after the end the log is read as long as it has lines, and not waited for when it is silent', async () => {
  const { routes } = ending({ phase: 'Succeeded', result: { return_code: 0 } });
  const lines = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];
  const asked: (() => void)[] = [];
  const squall = await serve({
    ...routes,
    'GET /api/v1/namespaces/team/pods': reply({ items: [podThatIs('running')] }),
    // It never ends: that its container has ended comes to be known later than its result.
    'GET /api/v1/namespaces/team/pods/p/log': async (_, response) => {
      asked.forEach((hasAsked) => hasAsked());
      response.writeHead(200);
      for (const [at, line] of lines.entries()) {
        if (at > 0) await sleep(400);
        response.write(`2026-01-31T12:00:00.${at + 1}Z ${line}\n`);
      }
    },
    [`GET ${MINE}`]: async (...all) => {
      await new Promise<void>((hasAsked) => asked.push(hasAsked));
      routes[`GET ${MINE}`]?.(...all);
    },
  });
  expect((await squall('run', '--tail', 'team.greet')).out.split('\n').slice(0, -2)).toEqual(lines);
  const { out, code } = await squall('run', 'team.greet');
  expect([out.includes('return_code: 0'), code]).toEqual([true, 0]);
});

test('errors name object and remedy, without a stack trace', async () => {
  const squall = await serve({
    [`GET ${API}/namespaces/team/actions`]: reply({ items: [], metadata: {} }),
    [`GET ${API}/namespaces/team/workflows`]: reply({ items: [], metadata: {} }),
    [`GET ${MINE}`]: failure(403, 'Forbidden', 'executions is forbidden: User "jane" cannot list'),
  });
  const unknown = await squall('run', 'team.nothing');
  expect(unknown).toMatchObject({ code: 1, out: '' });
  expect(unknown.err).toBe(
    'squall: Action team.nothing: there is none in namespace team, nor a Workflow; see "kubectl get actions,workflows -n team"\n',
  );
  const forbidden = await squall('execution', 'list');
  expect(forbidden.err).toMatch(
    /^squall: list Executions: executions is forbidden.*; ask whoever looks after the cluster for this right\n$/,
  );
  const plain = readFileSync(squall.kubeconfig, 'utf8').replace('"insecure-skip-tls-verify":true', '"a":1');
  writeFileSync(squall.kubeconfig, plain);
  expect((await squall('execution', 'list')).err).toMatch(
    /^squall: kubeconfig: cluster "test": its server http:\/\/127\.0\.0\.1:\d+ has no TLS; .* insecure-skip-tls-verify: true\n$/,
  );
});

test('a command line that cannot be understood exits with 2', async () => {
  const squall = await serve(ending({ phase: 'Succeeded' }).routes);
  for (const words of [
    [],
    ['dance'],
    ['run'],
    ['run', 'team.greet', 'count=many'],
    ['execution', 'list', '--status', 'odd'],
  ]) {
    expect([words, (await squall(...words)).code]).toEqual([words, 2]);
  }
});

test('execution list shows roots, the newest last, and filters by status', async () => {
  const asked: string[] = [];
  const older = { ...execution('older', { phase: 'Failed', reason: 'ActionFailed', attempt: 2 }) };
  older.metadata.creationTimestamp = '2026-01-30T12:00:00Z';
  const squall = await serve({
    [`GET ${MINE}`]: (request, response, body) => {
      asked.push(new URL(request.url ?? '', 'http://x').searchParams.get('labelSelector') ?? '');
      reply({ items: [execution('newer', { phase: 'Succeeded', attempt: 1 }), older], metadata: {} })(
        request,
        response,
        body,
      );
    },
  });
  const names = (out: string) =>
    out
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/)[0]);
  expect(names((await squall('execution', 'list')).out)).toEqual(['NAME', 'older', 'newer']);
  expect(names((await squall('execution', 'list', '--status', 'failed', '--all')).out)).toEqual(['NAME', 'older']);
  expect(names((await squall('execution', 'list', '--last', '1', '--action', 'team.greet')).out)).toEqual([
    'NAME',
    'newer',
  ]);
  expect(asked).toEqual(['!squall.dev/parent', '', '!squall.dev/parent,squall.dev/action=team.greet']);
});

test('a re-run keeps the parameters, changes those that are given, and names what it repeats', async () => {
  const { created, routes } = ending({ phase: 'Succeeded' });
  const old = execution(
    'old',
    { phase: 'Failed' },
    { parameters: { count: 1, name: 'x' }, context: { trigger: {}, trace: { id: 't' } } },
  );
  const squall = await serve({ ...routes, [`GET ${MINE}/old`]: reply(old) });
  expect((await squall('execution', 're-run', 'old', 'count=7')).code).toBe(0);
  expect(created[0]?.spec.request).toEqual({
    action: 'team.greet',
    parameters: { count: 7, name: 'x' },
    context: { user: 'jane', trace: { id: 't' } },
    cause: { depth: 0, rerunOf: 'old' },
  });
});

test('cancel sets control and leaves an ended one alone', async () => {
  const patches: unknown[] = [];
  const squall = await serve({
    [`GET ${MINE}/on`]: reply(execution('on', { phase: 'Running' })),
    [`GET ${MINE}/off`]: reply(execution('off', { phase: 'Succeeded' })),
    [`PATCH ${MINE}/on`]: (request, response, body) => {
      patches.push(JSON.parse(body));
      reply({})(request, response, body);
    },
  });
  const { out, code } = await squall('execution', 'cancel', 'on', 'off');
  expect([out, code]).toEqual(['Execution on: cancel requested.\nExecution off has already ended: Succeeded.\n', 0]);
  expect(patches).toEqual([{ spec: { control: 'cancel' } }]);
});

test("a stored result is read through the API server with the user's token and checked against its digest", async () => {
  const text = '{"stdout":"large"}';
  const digestOf = (of: string) => `sha256:${createHash('sha256').update(of).digest('hex')}`;
  const operator = {
    metadata: { name: 'squall', namespace: 'ops' },
    spec: { template: { spec: { containers: [{ image: 'squall:1', env: [] }] } } },
  };
  const tokens: unknown[] = [];
  const squall = await serve({
    [`GET ${MINE}/big`]: reply(
      execution('big', { phase: 'Succeeded', resultRef: { digest: digestOf(text), bytes: 18 } }),
    ),
    [`GET ${MINE}/forged`]: reply(
      execution('forged', { phase: 'Succeeded', resultRef: { digest: digestOf('other'), bytes: 18 } }),
    ),
    'GET /apis/apps/v1/deployments': reply({ items: [operator], metadata: {} }),
    ...Object.fromEntries(
      ['big', 'forged'].map((name) => [
        `GET /api/v1/namespaces/ops/services/https:squall:443/proxy/ns/team/v1/executions/${name}/result`,
        ((request, response) => {
          tokens.push(request.headers['x-auth-token']);
          response.end(text);
        }) satisfies Answer,
      ]),
    ),
  });
  expect((await squall('execution', 'get', 'big')).out).toContain('result:\n  stdout: large\n');
  expect(tokens).toEqual(['the-token']);
  const forged = await squall('execution', 'get', 'forged');
  expect(forged.err).toContain('its digest is sha256:');
  expect(forged.out).not.toContain('large');
});

test('workflow inspect and graph need no cluster, only a file', async () => {
  const squall = await serve({});
  const file = 'e2e/bench/nowhere.yaml';
  expect(await squall('workflow', 'inspect', file)).toMatchObject({ code: 1, err: expect.stringContaining(file) });
  expect(await squall('workflow', 'inspect', 'package.json', '-o', 'json')).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^\[\n {2}\{\n {4}"type": "syntax"/),
  });
  expect((await squall('workflow', 'graph', 'x', '--format', 'png')).code).toBe(2);
});
