// cli/pack-search.test.ts — packs of an index: at an address, in a file, in ConfigMaps, and where the chart names it.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { failure, reply, serve } from './api-server.setup.ts';

vi.setConfig({ testTimeout: 60_000 }); // each run is a process of its own

const redis = {
  name: 'redis',
  ref: 'redis',
  description: 'Talks to Redis\nservers.',
  version: '1.2.0',
  versions: ['1.2.0', '1.1.0'],
  author: 'Jane',
  keywords: ['cache'],
  repo_url: 'https://git.example.org/stackstorm-redis',
  content: { actions: { count: 4, resources: ['get'] }, sensors: { count: 0 } },
};
const other = { name: 'memo', version: '0.1.0', author: 'Jim', keywords: ['cache'], repo_url: 'https://x/memo' };
const INDEX = { packs: { memo: other, redis } };
const PACK = '/apis/squall.dev/v1alpha1/namespaces/team/packs/redis';

/** An address that answers with the index. */
async function served(value: unknown): Promise<string> {
  const server = createServer((_, response) => response.end(JSON.stringify(value)));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/index.json`;
}

test('search finds packs by name before keyword, in a file and at an address', async () => {
  const squall = await serve({});
  const file = join(squall.kubeconfig, '..', 'index.json');
  writeFileSync(file, JSON.stringify(INDEX));
  const { out, code } = await squall('pack', 'search', 'redis', '--index', file);
  expect([out, code]).toEqual([
    'NAME    VERSION   AUTHOR   DESCRIPTION\nredis   1.2.0     Jane     Talks to Redis servers.\n',
    0,
  ]);
  const url = await served(INDEX);
  expect((await squall('pack', 'search', 'cache', '--index', url, '-o', 'name')).out).toBe('memo\nredis\n');
  const nothing = await squall('pack', 'search', 'zzz', '--index', url);
  expect(nothing).toEqual({ code: 0, out: '', err: 'No pack of the index has "zzz" in it.\n' });
});

test('without --index: the ConfigMap of the namespace, then what the chart has given to the operator', async () => {
  const url = await served({ packs: { redis: { ...redis, version: '9.0.0' }, memo: other } });
  const env = [{ name: 'SQUALL_PACK_INDEXES', value: `${url},http://127.0.0.1:1/index.json` }];
  const operator = {
    metadata: { name: 'squall', namespace: 'ops' },
    spec: { template: { spec: { containers: [{ image: 'squall:1', env }] } } },
  };
  const squall = await serve({
    'GET /apis/apps/v1/deployments': reply({ items: [operator], metadata: {} }),
    'GET /api/v1/namespaces/team/configmaps/squall-pack-index': reply({
      data: { 'index.json': JSON.stringify({ packs: { redis } }) },
    }),
  });
  const { out, err } = await squall('pack', 'search', 'cache');
  expect(out).toMatch(/^redis +1\.2\.0 /m);
  expect(out).toMatch(/^memo +0\.1\.0 /m);
  expect(err).toMatch(/^warning: index http:\/\/127\.0\.0\.1:1\/index\.json: .*ECONNREFUSED.*\n$/);
  const none = await serve({});
  expect(await none('pack', 'search', 'x')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^squall: index of packs: there is none; name one with --index URL/),
  });
  expect((await none('pack', 'show', 'x')).err).toMatch(
    /^squall: Pack x: it is not in namespace team; index of packs: there is none/,
  );
  const guarded = await serve({
    'GET /api/v1/namespaces/team/configmaps/squall-pack-index': failure(403, 'Forbidden', 'forbidden'),
  });
  expect((await guarded('pack', 'search', 'x')).err).toMatch(
    /^squall: index of packs: you may not read ConfigMap team\/squall-pack-index, and no other can be seen; name one/,
  );
});

test('show has what is installed and what the index knows; unknown names and versions are told as StackStorm does', async () => {
  const url = await served(INDEX);
  const squall = await serve({});
  const { out, err } = await squall('pack', 'show', 'redis', '--index', url);
  expect(out).toContain('version: 1.2.0\nversions:\n  - 1.2.0\n  - 1.1.0\n');
  expect(out).toContain('content: 4 actions\n');
  expect(err).toBe('It is not installed in namespace team: squall pack install redis\n');
  expect(await squall('pack', 'show', 'redi', '--index', url)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^squall: No record of the "redi" pack in the index\..*redis/),
  });
  expect((await squall('pack', 'show', 'redis=3.0.0', '--index', url)).err).toBe(
    'squall: pack redis: the index has no version "3.0.0". Available versions are: 1.2.0, 1.1.0.\n',
  );
  const installed = {
    metadata: { name: 'redis', namespace: 'team' },
    spec: { from: 'redis' },
    status: { ref: 'redis', version: '1.1.0' },
  };
  const both = await serve({ [`GET ${PACK}`]: reply(installed) });
  const shown = (await both('pack', 'show', 'redis', '--index', url)).out;
  expect(shown).toMatch(/^ref: redis\nversion: 1\.1\.0\n/);
  expect(shown).toContain('in the index:\n  name: redis\n');
  const offline = await both('pack', 'show', 'redis', '--index', 'http://127.0.0.1:1/');
  expect(offline).toMatchObject({ code: 0, err: expect.stringMatching(/^warning: No results from the index: tried/) });
});
