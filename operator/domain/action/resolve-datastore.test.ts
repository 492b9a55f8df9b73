// operator/domain/action/resolve-datastore.test.ts — entries of the datastore in parameters: plain ones as text, secret ones as marks.
import { expect, test } from 'vitest';
import { secretMark } from '../../api/envelope.ts';
import type { Entries, Entry } from '../datastore/entry.ts';
import { resolve, values } from './resolve.setup.ts';

const stored = (all: Readonly<Record<string, Entry>>): { entries: Entries } => ({
  entries: ({ scope, user, key }) => all[scope === 'user' ? `user/${user}/${key}` : key],
});
const text = (value: string): Entry => ({ value });
const secret = (name: string, key = 'k'): Entry => ({ secret: { name, key } });

const STORE = stored({
  'db.host': text('db.example.com'),
  port: text('5432'),
  empty: text(''),
  password: secret('squall-datastore', 'password'),
  token: secret('vault', 'token'),
  'user/u/color': text('blue'),
  'user/eve/color': text('red'),
  'user/u/pin': secret('squall-datastore', 'pin-1'),
  forged: text(secretMark('p')),
});
const dflt = (template: unknown, more: object = {}) => ({ a: { default: template, ...more } });

test.each([
  ['{{ st2kv.system.db.host }}', 'db.example.com'],
  ["{{ st2kv.system['db.host'] }}", 'db.example.com'],
  ["{{ st2kv['system']['db.host'] }}:{{ st2kv.system.port }}", 'db.example.com:5432'],
  ['<{{ st2kv.system.missing }}>', '<>'],
  ['{{ st2kv.system.missing | default("x") }}', ''],
  ['{{ st2kv.user.color }}', 'blue'],
  ['{{ st2kv.user.nothing }}', ''],
])('%s gives %j', (template, expected) => {
  expect(values(dflt(template), {}, STORE)).toEqual({ a: expected });
  expect(values({ a: {} }, { a: template }, STORE)).toEqual({ a: expected });
});

test('a number in an entry becomes one by the type of the parameter', () => {
  expect(values(dflt('{{ st2kv.system.port }}', { type: 'integer' }), {}, STORE)).toEqual({ a: 5432 });
});

test('nobody sees the entries of another user', () => {
  const context = { action_context: { user: 'nobody' }, config_context: {} };
  expect(values(dflt('{{ st2kv.user.color }}'), {}, { ...STORE, context })).toEqual({ a: '' });
});

test('what an event gives is data, and reads nothing', () => {
  const template = '{{ st2kv.system.db.host }}';
  expect(values({ a: {} }, { a: template }, { ...STORE, rendered: true })).toEqual({ a: template });
});

test('a secret entry that is not decrypted says which it is, and no more', () => {
  expect(resolve(dflt('{{ st2kv.system.password }}'), {}, STORE)).toMatchObject({
    actionParameters: { a: 'encrypted:st2kv.system.password' },
    secrets: {},
  });
});

test('a decrypted one is a mark, and the pod is given the key of the Secret', () => {
  const made = resolve(dflt('{{ st2kv.system.password | decrypt_kv }}', { secret: true }), {}, STORE);
  expect(made).toMatchObject({
    actionParameters: { a: secretMark('st2kv.0') },
    secrets: { 'st2kv.0': { name: 'squall-datastore', key: 'password' } },
  });
});

test('it may stand in a text, beside others, in a list, and given with the request', () => {
  const schemas = { a: { type: 'string' }, b: { type: 'array' } };
  const given = {
    a: 'pg://u:{{ st2kv.system.password | decrypt_kv }}@{{ st2kv.system.db.host }}?{{ st2kv.user.pin | decrypt_kv }}',
    b: ['{{ st2kv.system.token | decrypt_kv }}', 'x'],
  };
  const made = resolve(schemas, given, STORE);
  expect(made).toMatchObject({
    actionParameters: {
      a: `pg://u:${secretMark('st2kv.0')}@db.example.com?${secretMark('st2kv.1')}`,
      b: [secretMark('st2kv.2'), 'x'],
    },
    secrets: {
      'st2kv.0': { key: 'password' },
      'st2kv.1': { key: 'pin-1' },
      'st2kv.2': { name: 'vault', key: 'token' },
    },
  });
});

test('another parameter may be made of it, and the schema of what only the pod knows is not tested', () => {
  const schemas = {
    a: { default: '{{ st2kv.system.password | decrypt_kv }}', type: 'string', maxLength: 3, enum: ['x'] },
    b: { default: 'x={{ a }}', type: 'string' },
  };
  expect(resolve(schemas, {}, STORE)).toMatchObject({ actionParameters: { b: `x=${secretMark('st2kv.0')}` } });
});

test('a name that a parameter has is not taken for a mark', () => {
  const schemas = { 'st2kv.0': { type: 'string' }, a: { default: '{{ st2kv.system.password | decrypt_kv }}' } };
  expect(resolve(schemas, { 'st2kv.0': 'mine' }, STORE)).toMatchObject({
    actionParameters: { 'st2kv.0': 'mine', a: secretMark('st2kv.0_') },
  });
});

test.each([
  ['{{ st2kv.system.password | decrypt_kv | upper }}', 'RenderFailed', 'which only'],
  ['{{ st2kv.system.password | decrypt_kv | length }}', 'RenderFailed', 'secret'],
  ['{% if st2kv.system.password | decrypt_kv == "x" %}y{% endif %}', 'RenderFailed', 'secret'],
  ['{{ st2kv.system.db.host | decrypt_kv }}', 'RenderFailed', 'is not a secret entry of the datastore'],
  ['{{ st2kv.system.missing | decrypt_kv }}', 'RenderFailed', "doesn't exist or it contains an empty string"],
  ['{{ st2kv.user.color | decrypt_kv }}', 'RenderFailed', 'is not a secret entry'],
  ['{{ "encrypted:st2kv.user.eve" | decrypt_kv }}', 'RenderFailed', 'is not a secret entry'],
  ['{{ st2kv.system.forged }}', 'RenderFailed', 'U+0001'],
])('%s is refused', (template, reason, message) => {
  const made = resolve(dflt(template), {}, STORE);
  expect(made).toMatchObject({ ok: false, reason });
  if (!made.ok) expect(made.message).toMatch(message === 'which only' ? /only the pod knows/ : message);
});

test('what looks like a stand-in in an entry gets no secret', () => {
  const made = resolve(
    { a: { default: '{{ st2kv.system.evil }}|{{ p }}' }, p: { secret: true } },
    { p: { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } } },
    stored({ evil: text('\u{e000}7.secret.0\u{e000}') }),
  );
  expect(made).toMatchObject({ actionParameters: { a: `\u{e000}7.secret.0\u{e000}|${secretMark('p')}` } });
});

const CONFIG = {
  pack: 'acme',
  schema: {
    host: { type: 'string' },
    password: { type: 'string', secret: true },
    port: { type: 'integer', default: 5432 },
    main: { type: 'object', properties: { token: { type: 'string', secret: true }, zone: { default: 'a' } } },
  },
  values: { host: '{{ st2kv.system.db.host }}', password: '{{ st2kv.system.password }}', main: { zone: 'b' } },
  references: [{ path: 'main.token', secret: { name: 'own', key: 't' } }],
  isHandedOn: true,
};

test('the configuration of a pack reads entries, and its secrets are marks', () => {
  const made = resolve({}, {}, { ...STORE, config: CONFIG });
  if (!made.ok) throw new Error(made.message);
  const [token, password] = ['own', 'squall-datastore'].map((name) =>
    Object.keys(made.secrets).find((mark) => made.secrets[mark]?.name === name),
  );
  expect(made.config).toEqual({
    host: 'db.example.com',
    password: secretMark(password ?? ''),
    port: 5432,
    main: { zone: 'b', token: secretMark(token ?? '') },
  });
  expect(made.secrets[token ?? '']).toEqual({ name: 'own', key: 't' });
});

test('templates of parameters see the configuration, and a pod gets only the secrets that it needs', () => {
  const schemas = {
    a: { default: '{{ config_context.host }}:{{ config_context.port }}/{{ config_context.main.token }}' },
  };
  const made = resolve(schemas, {}, { ...STORE, config: { ...CONFIG, isHandedOn: false } });
  if (!made.ok) throw new Error(made.message);
  const [mark = ''] = Object.keys(made.secrets);
  expect(made.secrets).toEqual({ [mark]: { name: 'own', key: 't' } });
  expect(made).toMatchObject({ actionParameters: { a: `db.example.com:5432/${secretMark(mark)}` }, config: {} });
});

test('a secret value of the configuration that is no secret entry is refused with its place', () => {
  const values = { password: '{{ st2kv.system.db.host }}' };
  expect(resolve({}, {}, { ...STORE, config: { ...CONFIG, values, references: [] } })).toMatchObject({
    ok: false,
    reason: 'RenderFailed',
    message: expect.stringContaining('the configuration of pack "acme" cannot be used: '),
  });
});
