// operator/domain/install/config.test.ts — a pack's configuration: where its values come from, which counts, and what is told of a wrong one.
import { expect, test } from 'vitest';
import type { Pack } from '../../api/kinds.ts';
import type { PackStatus } from '../../api/pack.ts';
import { parseObject } from '../result/exact-json.ts';
import { type ConfigMap, configurationOf } from './config.ts';
import { pack, seen } from './install.setup.ts';
import { judgeConfig } from './registered-status.ts';

const SCHEMA = {
  host: { type: 'string', required: true },
  port: { type: 'integer', default: 443 },
  token: { type: 'string', secret: true },
  main: {
    type: 'object',
    properties: { zone: { type: 'string', required: true }, size: { type: 'integer', default: 1 } },
  },
};
const configured = (config: object | undefined, status: PackStatus = { ref: 'shop', configSchema: SCHEMA }): Pack =>
  pack({ spec: config === undefined ? {} : { config }, status });
const file = (text: string, key = 'shop.yaml'): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'squall-configs', namespace: 'demo', uid: 'c', resourceVersion: '1' },
  data: { [key]: text },
});
const judged = (self: Pack, configs?: ConfigMap) => judgeConfig(seen({ self, configs }), self.status ?? {});

test('values of the Pack count before those of the file, key by key; Secrets stay references', () => {
  const valuesFrom = [{ path: 'token', secretKeyRef: { name: 'till', key: 't' } }];
  const self = configured({ values: { port: 8080 }, valuesFrom });
  const { config, faults } = configurationOf(self, file('host: db.example.org\nport: 1\n'));
  expect(faults).toEqual([]);
  expect(config).toEqual({
    pack: 'shop',
    schema: SCHEMA,
    values: { host: 'db.example.org', port: 8080 },
    references: [{ path: 'token', secret: { name: 'till', key: 't' } }],
  });
});

test('single values come from keys of the ConfigMap too: before all others, as what the schema wants', () => {
  const from = (path: string, key: string) => ({ path, configMapKeyRef: { name: 'squall-configs', key } });
  const data = { 'shop.yaml': 'host: h\nport: 1\n', db: 'db.example.org', port: '5432', zone: '7', list: '[' };
  const configs = { ...file(''), data };
  const of = (...valuesFrom: object[]) => configurationOf(configured({ values: { port: 2 }, valuesFrom }), configs);
  expect(of(from('host', 'db'), from('port', 'port'), from('main.zone', 'zone'))).toMatchObject({
    config: { values: { host: 'db.example.org', port: 5432, main: { zone: '7' } }, references: [] },
    faults: [],
  });
  expect(of(from('host', 'nope')).faults).toEqual([
    'spec.config.valuesFrom: ConfigMap squall-configs has no key "nope" for "host"; add it, or take the reference out',
  ]);
  expect(of(from('port', 'list')).faults).toEqual([
    `Failed validating attribute "port" in config for pack "shop" (Pack shop, spec.config): '[' is not of type 'integer'`,
  ]);
});

test('a long integer of the Pack has all its digits, as one of the file has', () => {
  const text = '{"spec":{"config":{"values":{"port":1234567890123456789}}}}';
  const self = { ...configured({}), ...(parseObject(text) as Pick<Pack, 'spec'>) };
  const { config, faults } = configurationOf(self, file('host: h\nsize: 1234567890123456789\n'));
  const long = 1234567890123456789n;
  expect([config.values, faults]).toEqual([{ host: 'h', port: long, size: long }, []]);
});

test('it is accepted when it fits: unknown keys, templates, and defaults for what is absent', () => {
  const values = { host: '{{ st2kv.system.host }}', colour: 'red', main: { zone: 'a' } };
  expect(judged(configured({ values }))).toMatchObject({ status: 'True', reason: 'ConfigAccepted' });
});

test('a required key that is nowhere makes it invalid, also one that is inside', () => {
  expect(judged(configured(undefined))).toEqual({
    status: 'False',
    reason: 'ConfigInvalid',
    message: `Failed validating attribute "host" in config for pack "shop" (Pack shop, spec.config): 'host' is a required property`,
  });
  const inside = judged(configured({ values: { host: 'h', main: {} } }));
  expect(inside).toMatchObject({ status: 'False', message: expect.stringContaining('"main.zone"') });
});

test('a secret that is written down is told, without it; a template and a reference are none', () => {
  const message = (config: object) => judged(configured({ ...config })).message;
  expect(message({ values: { host: 'h', token: 'abc' } })).toBe(
    'It fits its schema. In clear text, for all who may read it: token. Keep secrets in a Secret and name it in spec.config.valuesFrom',
  );
  expect(message({ values: { host: 'h', token: '{{ st2kv.system.t }}' } })).toBe('It fits its schema.');
  const valuesFrom = [{ path: 'token', secretKeyRef: { name: 'till', key: 't' } }];
  expect(message({ values: { host: 'h' }, valuesFrom })).toBe('It fits its schema.');
});

test('the place of a wrong value is told, and no secret', () => {
  const values = { host: 'h', token: 12_345 };
  const { message } = judged(configured({ values }));
  expect(message).toContain('(Pack shop, spec.config)');
  expect(message).not.toContain('12345');
  const both = judged(configured({ values: { port: 'x' } }), file('host: 5\nport: 1\n')).message;
  expect(both).toContain('attribute "host" in config for pack "shop" (ConfigMap squall-configs, shop.yaml)');
  expect(both).toContain('attribute "port" in config for pack "shop" (Pack shop, spec.config)');
});

test.each([
  ['no YAML', 'host: [', /^ConfigMap squall-configs, shop\.yaml:1:8: /],
  ['no mapping', '- host\n', /^ConfigMap squall-configs, shop\.yaml: it must be a mapping/],
])('a file that is %s is told with its place', (_, text, message) => {
  expect(judged(configured({ values: { host: 'h' } }), file(text)).message).toMatch(message);
});

test('it may be there before the pack: nothing is wrong with it until a schema says so', () => {
  const before = pack({ spec: { config: { values: { port: 'x' } } } });
  expect(configurationOf(before, file('hosts: 1\n'))).toMatchObject({
    config: { pack: 'shop', values: { hosts: 1, port: 'x' } },
    faults: [],
  });
  expect(judged(configured({ values: { host: 'h', port: 'x' } })).status).toBe('False');
});

test('the file is named after the exact name of the pack', () => {
  const self = pack({ metadata: { name: 'big-shop' }, spec: { ref: 'big_shop' }, status: { ref: 'big_shop' } });
  expect(configurationOf(self, file('host: h\n', 'big_shop.yaml')).config).toMatchObject({
    pack: 'big_shop',
    values: { host: 'h' },
  });
});
