// cli/pack-config.test.ts — configurations: explained, taken from the command line, and written to the cluster.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { reply } from './api-server.setup.ts';
import { explainText } from './pack-config-explain.ts';
import type { ConfigSchemas } from './pack-config-schema.ts';
import { cluster, MAP_PATH, PACK_PATH, packOf, SCHEMAS } from './pack-config.setup.ts';

vi.setConfig({ testTimeout: 60_000 }); // each run is a process of its own

test('the schema is explained with what is inside', () => {
  const screen = { out: () => undefined, err: () => undefined, colour: false };
  expect(explainText(screen, SCHEMAS)).toContain(
    '  host  <string>  -required-\n      Where it is.\n  port  <integer>  default: 6379\n',
  );
  expect(explainText(screen, SCHEMAS)).toContain(
    '  profiles  <object>\n    *  <object>\n      user  <string>\n      password  <string>  -secret-\n',
  );
});

const pack = (config?: object) => packOf(SCHEMAS, config);

test('--set, --unset and --from-file change the Pack as it is, and secrets go to a Secret', async () => {
  const shared = { path: 'mode', configMapKeyRef: { name: 'squall-configs', key: 'mode' } };
  const hostToo = { ...shared, path: 'host' };
  const before = { values: { host: 'old', tls: true, extra: { a: 1, b: 2 } }, valuesFrom: [shared, hostToo] };
  const { squall, written } = await cluster({ [`GET ${PACK_PATH}`]: reply(pack(before)) });
  const file = join(squall.kubeconfig, '..', 'values.yaml');
  writeFileSync(file, 'token: abc\nport: 1\n');
  const { code, out, err } = await squall(
    'pack',
    'config',
    'redis',
    '--from-file',
    file,
    '--unset',
    'tls',
    'extra.a',
    '--set',
    'host=new',
    'regions=a,b',
    'profiles.main.password=@secret:db/pass',
  );
  expect([err, code]).toEqual(['', 0]);
  expect(out).toBe('Configuration of pack redis saved to Pack redis, spec.config, token to a Secret.\n');
  expect(written).toEqual({
    'POST /api/v1/namespaces/team/secrets': {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'squall-config-redis', namespace: 'team' },
      data: { token: 'YWJj' },
    },
    [`PATCH ${PACK_PATH}`]: [
      { op: 'test', path: '/metadata/resourceVersion', value: '7' },
      { op: 'remove', path: '/spec/config/values/tls' },
      { op: 'add', path: '/spec/config/values/extra', value: { b: 2 } },
      { op: 'add', path: '/spec/config/values/port', value: 1 },
      { op: 'add', path: '/spec/config/values/host', value: 'new' },
      { op: 'add', path: '/spec/config/values/regions', value: ['a', 'b'] },
      {
        op: 'add',
        path: '/spec/config/valuesFrom',
        value: [
          shared,
          { path: 'profiles.main.password', secretKeyRef: { name: 'db', key: 'pass' } },
          { path: 'token', secretKeyRef: { name: 'squall-config-redis', key: 'token' } },
        ],
      },
    ],
  });
});

test('what does not fit is told, and not saved; a secret on the command line is refused', async () => {
  const { squall, written } = await cluster({ [`GET ${PACK_PATH}`]: reply(pack()) });
  const wrong = await squall('pack', 'config', 'redis', '--set', 'mode=odd');
  expect(wrong.code).toBe(1);
  expect(wrong.err).toMatch(/^Failed validating attribute "mode" in config for pack "redis" \(not saved yet\): .*odd/m);
  expect(wrong.err).toMatch(/attribute "host"/);
  const secret = await squall('pack', 'config', 'redis', '--set', 'token=abc');
  expect(secret).toMatchObject({ code: 2, err: expect.stringContaining('token=@secret:NAME/KEY') });
  const type = await squall('pack', 'config', 'redis', '--set', 'port=x');
  expect(type).toMatchObject({ code: 2, err: 'squall: port: "x" is no integer: write a number\n' });
  expect(written).toEqual({});
});

test('without the Pack the ConfigMap is written, comments stay, and --show masks secrets', async () => {
  const text = '# by hand\nport: 1 # here\nhost: old\n';
  const map = { metadata: { resourceVersion: '3' }, data: { 'redis.yaml': text } };
  const { squall, written } = await cluster({ [`GET ${MAP_PATH}/squall-configs`]: reply(map) });
  const saved = await squall('pack', 'config', 'redis', '--set', 'port=2', 'mode=fast', '--unset', 'host');
  expect(saved.out).toBe('Configuration of pack redis saved to ConfigMap squall-configs, key redis.yaml.\n');
  expect(written).toEqual({
    [`PATCH ${MAP_PATH}/squall-configs`]: {
      metadata: { resourceVersion: '3' },
      data: { 'redis.yaml': '# by hand\nport: 2 # here\nmode: fast\n' },
    },
  });
  const both = await cluster({
    [`GET ${PACK_PATH}`]: reply(pack({ values: { port: 9, token: 'clear' } })),
    [`GET ${MAP_PATH}/squall-configs`]: reply(map),
  });
  expect((await both.squall('pack', 'config', 'redis', '--show')).out).toBe('port: 9\nhost: old\ntoken: "********"\n');
  const silent = await both.squall('pack', 'config', 'redis');
  expect(silent).toMatchObject({ code: 2, err: expect.stringContaining('there is no terminal to ask on') });
});

test('what may be a slip is told, and a required value of a ConfigMap is there', async () => {
  const shared = { path: 'host', configMapKeyRef: { name: 'squall-configs', key: 'host' } };
  const token = { path: 'token', secretKeyRef: { name: 'redis', key: 'token' } };
  const { squall } = await cluster({ [`GET ${PACK_PATH}`]: reply(pack({ valuesFrom: [shared, token] })) });
  const saved = await squall('pack', 'config', 'redis', '--set', 'prot=1', '--unset', 'tls', 'token');
  expect(saved).toMatchObject({ code: 1, out: '' });
  expect(saved.err).toBe(
    `warning: prot: the schema of pack redis has no such key. Did you mean "port"?
warning: tls: it was not set
Failed validating attribute "token" in config for pack "redis" (not saved yet): 'token' is a required property
squall: nothing was saved; correct it, or add --force
`,
  );
  const early = await cluster({});
  expect(await early.squall('pack', 'config', 'redis', '--set', 'a=1')).toMatchObject({
    code: 0,
    err: 'warning: Pack redis is not installed yet; its configuration waits for it\n',
  });
  expect(await early.squall('pack', 'config', 'redis', '--explain')).toMatchObject({
    out: '',
    err: expect.stringMatching(/^squall: Pack redis: it is not there, so its keys are not known; install it/),
  });
  expect(await early.squall('pack', 'config', 'redis', '--show')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^squall: Pack redis: it is not in namespace team, and the ConfigMap squall-configs/),
  });
});

const KEYS: ConfigSchemas = {
  host: { type: 'string' },
  ssl: { type: 'boolean' },
  verify: { type: 'boolean' },
  port: { type: 'integer' },
  names: { type: 'object', additionalProperties: { type: 'string' } },
};
const mapOf = (text: string) => reply({ metadata: { resourceVersion: '3' }, data: { 'redis.yaml': text } });
const TO_MAP = ['--to', 'configmap'] as const;

test('a file is read as the operator reads it, and what is written is read back so', async () => {
  const text = 'ssl: yes # please\nverify: no\nport: 0x1F\n';
  const { squall, written } = await cluster({
    [`GET ${PACK_PATH}`]: reply(packOf(KEYS)),
    [`GET ${MAP_PATH}/squall-configs`]: mapOf(text),
  });
  expect((await squall('pack', 'config', 'redis', '--show')).out).toBe('ssl: true\nverify: false\nport: 31\n');
  const saved = await squall('pack', 'config', 'redis', ...TO_MAP, '--set', 'host=on', 'names.22:30=2024-01-01');
  expect(saved).toMatchObject({ code: 0, err: '' });
  expect(written[`PATCH ${MAP_PATH}/squall-configs`]).toMatchObject({
    data: { 'redis.yaml': `${text}host: "on"\nnames:\n  "22:30": "2024-01-01"\n` },
  });
  const file = join(squall.kubeconfig, '..', 'values.yaml');
  writeFileSync(file, 'ssl: off\nport: 22:30\n');
  const given = await squall('pack', 'config', 'redis', ...TO_MAP, '--from-file', file);
  expect(given.err).toMatch(/^warning: --from-file \S+values.yaml:2:7: 22:30 is read as a number of base 60; /);
  expect(written[`PATCH ${MAP_PATH}/squall-configs`]).toMatchObject({
    data: { 'redis.yaml': 'ssl: false # please\nverify: no\nport: 1350\n' },
  });
});

test('what the operator could not read is refused with its words, and nothing is sent', async () => {
  const bad = await cluster({
    [`GET ${PACK_PATH}`]: reply(packOf(KEYS)),
    [`GET ${MAP_PATH}/squall-configs`]: mapOf('port: 1\nsince: 2024-01-01\n'),
  });
  expect(await bad.squall('pack', 'config', 'redis', '--set', 'host=a')).toMatchObject({
    code: 1,
    err: 'squall: ConfigMap squall-configs, redis.yaml:2:8: 2024-01-01 is read as a date; put it in quotes if it is text: "2024-01-01"; correct it with kubectl edit\n',
  });
  const file = join(bad.squall.kubeconfig, '..', 'values.yaml');
  const good = await cluster({
    [`GET ${PACK_PATH}`]: reply(packOf(KEYS)),
    [`GET ${MAP_PATH}/squall-configs`]: mapOf('host: &h a\nnames: {b: *h}\n'),
  });
  writeFileSync(file, 'since: 2024-01-01\n');
  expect(await good.squall('pack', 'config', 'redis', '--from-file', file)).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /^squall: --from-file \S+values.yaml:1:8: 2024-01-01 is read as a date; put it in quotes/,
    ),
  });
  expect(await good.squall('pack', 'config', 'redis', ...TO_MAP, '--set', 'host=c')).toMatchObject({
    code: 1,
    err: 'squall: ConfigMap squall-configs, redis.yaml: names would be read otherwise than meant, since the file has aliases, << or tags; nothing was saved, change it with kubectl edit\n',
  });
  expect(await good.squall('pack', 'config', 'redis', '--set', 'other=22:30')).toMatchObject({
    code: 2,
    err: expect.stringMatching(
      /squall: other: 22:30 is read as a number of base 60; put it in quotes if it is text: "22:30"\n$/,
    ),
  });
  expect([bad.written, good.written]).toEqual([{}, {}]);
});
