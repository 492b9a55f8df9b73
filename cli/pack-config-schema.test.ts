// cli/pack-config-schema.test.ts — which part of a schema applies where, and what of a configuration is secret.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { reply } from './api-server.setup.ts';
import { explainText } from './pack-config-explain.ts';
import { type ConfigSchemas, holdsSecret, insideOf, masked, schemaAt } from './pack-config-schema.ts';
import { cluster, PACK_PATH, packOf } from './pack-config.setup.ts';

vi.setConfig({ testTimeout: 60_000 }); // each run is a process of its own

const TEXT = { type: 'string' } as const;
const SECRET = { type: 'string', secret: true } as const;
const CREDS: ConfigSchemas = {
  creds: { type: 'object', patternProperties: { _user$: TEXT, _password$: SECRET }, additionalProperties: TEXT },
};

describe('what applies to a key', () => {
  test('of patterns those that it fits, and other keys only where none does', () => {
    expect(schemaAt(CREDS, ['creds', 'db_user'])).toEqual(TEXT);
    expect(schemaAt(CREDS, ['creds', 'db_password'])).toEqual(SECRET);
    const creds = { patternProperties: { _user$: TEXT }, additionalProperties: SECRET };
    expect([insideOf(creds, 'db_user'), insideOf(creds, 'db_password')]).toEqual([TEXT, SECRET]);
  });

  test('of a list each item has its own, those beyond have the additional one', () => {
    const pair = { type: 'array', items: [TEXT, SECRET], additionalItems: { type: 'integer' } };
    expect(['0', '1', '2', '7'].map((at) => insideOf(pair, at))).toEqual([
      TEXT,
      SECRET,
      { type: 'integer' },
      { type: 'integer' },
    ]);
    expect(insideOf({ items: [TEXT] }, '1')).toEqual({});
    expect(insideOf({ items: SECRET }, '123456789')).toEqual(SECRET);
  });

  test('it is secret when any says so, the outer one too, and when nobody can tell', () => {
    const [off, on] = [{ secret: false }, { secret: true }];
    expect(insideOf({ properties: { a_key: TEXT }, patternProperties: { key$: on } }, 'a_key').secret).toBe(true);
    expect(insideOf({ patternProperties: { key$: on, '^a': off } }, 'a_key').secret).toBe(true);
    expect(schemaAt({ all: { ...on, properties: { one: TEXT } } }, ['all', 'one'])).toEqual(SECRET);
    expect(insideOf({ patternProperties: { '(': TEXT } }, 'a').secret).toBe(true);
    expect([CREDS['creds'] ?? {}, { items: [TEXT, on] }, { items: TEXT }].map(holdsSecret)).toEqual([
      true,
      true,
      false,
    ]);
  });
});

test('what is shown has stars for secrets, in defaults too', () => {
  const schemas = { ...CREDS, pair: { items: [TEXT, SECRET], default: ['ann', 'hunter2'] } };
  const values = { creds: { db_user: 'ann', db_password: 'hunter2' }, pair: ['ann', 'hunter2'] };
  expect(masked(values, { properties: schemas })).toEqual({
    creds: { db_user: 'ann', db_password: '********' },
    pair: ['ann', '********'],
  });
  const screen = { out: () => undefined, err: () => undefined, colour: false };
  expect(explainText(screen, schemas)).toContain('default: ["ann","********"]');
});

test('secrets that a pattern names are masked, refused on the command line, and go to the Secret', async () => {
  const config = { values: { creds: { db_user: 'ann', db_password: 'hunter2' } } };
  const { squall, written } = await cluster({ [`GET ${PACK_PATH}`]: reply(packOf(CREDS, config)) });
  const shown = await squall('pack', 'config', 'redis', '--show');
  expect(shown.out).toBe('creds:\n  db_user: ann\n  db_password: "********"\n');
  for (const word of ['creds.db_password=pa55', 'creds={db_password: pa55}']) {
    const refused = await squall('pack', 'config', 'redis', '--set', word);
    expect(refused).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^squall: --set creds.db_password: it is secret/),
    });
  }
  expect(written).toEqual({});
  const file = join(squall.kubeconfig, '..', 'values.yaml');
  writeFileSync(file, 'creds: {db_user: bob, db_password: pa55}\n');
  expect(await squall('pack', 'config', 'redis', '--from-file', file)).toMatchObject({ code: 0, err: '' });
  expect(written['POST /api/v1/namespaces/team/secrets']).toMatchObject({ data: { 'creds.db_password': 'cGE1NQ==' } });
  expect(written[`PATCH ${PACK_PATH}`]).toMatchObject([
    { op: 'test' },
    { path: '/spec/config/values/creds', value: { db_user: 'bob' } },
    { path: '/spec/config/valuesFrom', value: [{ path: 'creds.db_password' }] },
  ]);
});
