// cli/pack-config-draft.test.ts — single keys are set and unset, and all that was not named stays as it is, to the last digit.
import { expect, test, vi } from 'vitest';
import { type Answer, reply } from './api-server.setup.ts';
import { type Draft, shownValues, without, withReference, withValue } from './pack-config-draft.ts';
import type { ConfigSchemas } from './pack-config-schema.ts';
import { cluster, PACK_PATH, packOf } from './pack-config.setup.ts';

vi.setConfig({ testTimeout: 60_000 }); // each run is a process of its own

const draft = (values: Draft['values']): Draft => ({ values, secrets: new Map(), references: new Map() });
const VALUES = { regions: ['a', 'b'], host: 'h', none: null, port: 1, main: { zone: 'z' } };

test.each([
  ['regions.0', 'regions.0: regions is a list, of which no single item can be set or unset; set the whole list, '],
  ['regions.7.name', 'regions.7.name: regions is a list, '],
  ['host.name', 'host.name: host is a single value, which has no keys; set the whole, host={...}, or unset it first'],
  ['main.zone.id', 'main.zone.id: main.zone is a single value, '],
])('%s is refused, since there are no keys above it', (key, told) => {
  const path = key.split('.');
  expect(() => withValue(draft(VALUES), path, 'x', {})).toThrow(told);
  expect(() => withReference(draft(VALUES), path, { name: 's', key: 'k' })).toThrow(told);
});

test('what is not there is not unset, and an item of a list is refused', () => {
  for (const key of ['host.name', 'regions.2', 'main.size', 'none.a', 'other.a'])
    expect(without(draft(VALUES), key.split('.')).values).toEqual(VALUES);
  expect(() => without(draft(VALUES), ['regions', '1'])).toThrow('regions.1: regions is a list');
  expect(without(draft(VALUES), ['main', 'zone']).values).toEqual({ ...VALUES, main: {} });
  expect(withValue(draft(VALUES), ['none', 'a'], 1, {}).values).toEqual({ ...VALUES, none: { a: 1 } });
});

test('a reference is shown where the operator puts it', () => {
  const references = new Map([['host.name', { name: 's', key: 'k' }]]);
  expect(shownValues({ ...draft({ host: 'h' }), references }, {})).toEqual({ host: { name: '@secret:s/k' } });
});

const ACCOUNT = '1234567890123456789';
const SCHEMAS: ConfigSchemas = { account: { type: 'integer' }, host: { type: 'string' } };

/** The Pack with an account that JavaScript's numbers do not hold, and the text of the patch. */
async function exactly(schemas: ConfigSchemas, config: object) {
  let text = '';
  const get: Answer = (_, response) =>
    response.end(JSON.stringify(packOf(schemas, config)).replaceAll('"ACCOUNT"', ACCOUNT));
  const patch: Answer = (request, response, body) => {
    text = body;
    reply({})(request, response, body);
  };
  const { squall } = await cluster({ [`GET ${PACK_PATH}`]: get, [`PATCH ${PACK_PATH}`]: patch });
  return { squall, patched: () => text.slice(text.indexOf('},') + 2) };
}

test('a long integer that nobody named stays as it is, beside the key that changes and in it', async () => {
  const values = { account: 'ACCOUNT', main: { id: 'ACCOUNT', zone: 'z' }, 'a/b~c': 1 };
  const { squall, patched } = await exactly({}, { values });
  const shown = await squall('pack', 'config', 'redis', '--show');
  expect(shown.out).toBe(`account: ${ACCOUNT}\nmain:\n  id: ${ACCOUNT}\n  zone: z\na/b~c: 1\n`);
  expect((await squall('pack', 'config', 'redis', '--show', '-o', 'json')).out).toContain(`"account": ${ACCOUNT},`);
  expect(await squall('pack', 'config', 'redis', '--set', 'main.zone=y', 'a/b~c=2')).toMatchObject({ code: 0 });
  expect(patched()).toBe(
    `{"op":"add","path":"/spec/config/values/main","value":{"id":${ACCOUNT},"zone":"y"}},{"op":"add","path":"/spec/config/values/a~1b~0c","value":2}]`,
  );
});

test('one that is set has all its digits, whether the Pack has a configuration or not', async () => {
  const next = '1234567890123456788';
  const { squall, patched } = await exactly(SCHEMAS, { values: { account: 'ACCOUNT' } });
  const set = await squall('pack', 'config', 'redis', '--set', `account=${next}`);
  expect(set).toMatchObject({ code: 0, err: '' });
  expect(patched()).toBe(`{"op":"add","path":"/spec/config/values/account","value":${next}}]`);
  const empty = await exactly(SCHEMAS, { values: null, valuesFrom: [] });
  await empty.squall('pack', 'config', 'redis', '--set', `account=${ACCOUNT}`);
  expect(empty.patched()).toBe(`{"op":"add","path":"/spec/config/values","value":{"account":${ACCOUNT}}}]`);
});

test('the exit code says that the command line is wrong, and nothing is sent', async () => {
  const { squall, patched } = await exactly({}, { values: { regions: ['a', 'b', 'c'] } });
  for (const words of [
    ['--unset', 'regions.0'],
    ['--set', 'regions.0.host=x'],
  ])
    expect(await squall('pack', 'config', 'redis', ...words)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^squall: regions\.0\S*: regions is a list/),
    });
  const text = await squall('pack', 'config', 'redis', '--set', 'color=#ff0000', 'greeting=hello # world');
  expect(text.code).toBe(0);
  expect(patched()).toBe(
    '{"op":"add","path":"/spec/config/values/color","value":"#ff0000"},{"op":"add","path":"/spec/config/values/greeting","value":"hello # world"}]',
  );
});
