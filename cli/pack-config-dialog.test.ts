// cli/pack-config-dialog.test.ts — configurations that are asked for, key by key.
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { askOn } from './ask.ts';
import { askConfig } from './pack-config-dialog.ts';
import { type Draft, shownValues } from './pack-config-draft.ts';
import type { ConfigSchemas } from './pack-config-schema.ts';
import { SCHEMAS } from './pack-config.setup.ts';

const EMPTY: Draft = { values: {}, secrets: new Map(), references: new Map() };

async function asked(answers: readonly string[], current: Draft = EMPTY, schemas: ConfigSchemas = SCHEMAS) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let shown = '';
  output.on('data', (text) => (shown += text));
  const asking = askOn(input, output, false);
  onTestFinished(() => asking.close());
  input.end(answers.map((answer) => `${answer}\n`).join(''));
  const draft = await askConfig(asking, schemas, current, current);
  return { draft, shown };
}

test('every key is asked for by its type, wrong answers again, secrets are kept apart', async () => {
  const { draft, shown } = await asked(
    [
      ['', 'db.example.org', 'many', '6380', '1', 'yes', 's3cret', 'eu-1, us-2'],
      ['y', 'https://a', 'y', 'https://b', 'n'],
      ['y', 'main', 'admin', 'hunter2', ''],
    ].flat(),
  );
  expect(draft.values).toEqual({
    host: 'db.example.org',
    port: 6380,
    mode: 'fast',
    tls: true,
    regions: ['eu-1', 'us-2'],
    servers: [{ url: 'https://a' }, { url: 'https://b' }],
    profiles: { main: { user: 'admin' } },
  });
  expect([...draft.secrets]).toEqual([
    ['token', 's3cret'],
    ['profiles.main.password', 'hunter2'],
  ]);
  expect(shown).toContain('# Where it is.\nhost (string): ');
  expect(shown).toContain('host: it is required\n');
  expect(shown).toContain('port: "many" is no integer: write a number\n');
  expect(shown).toContain('  1) fast\n  2) safe\nmode (choice) [safe]: ');
  expect(JSON.stringify(shownValues(draft, SCHEMAS))).not.toMatch(/s3cret|hunter2/);
});

test('empty answers keep what is there; a template and a Secret are taken as such', async () => {
  const current: Draft = {
    values: { host: 'a', port: 1 },
    secrets: new Map(),
    references: new Map([['token', { name: 'mine', key: 'token' }]]),
  };
  const kept = await asked(['', '', '', '', '', '', 'n', 'n'], current);
  expect(kept.draft).toEqual(current);
  expect(kept.shown).toContain('token (string, secret) [********]: ');
  const { host, port, token } = SCHEMAS as Required<typeof SCHEMAS>;
  const changed = await asked(['@secret:other/key', '{{ st2kv.system.port }}', '{{ st2kv.system.t }}'], current, {
    host: host ?? {},
    port: port ?? {},
    token: token ?? {},
  });
  expect(changed.draft.values).toEqual({ port: '{{ st2kv.system.port }}', token: '{{ st2kv.system.t }}' });
  expect([...changed.draft.references]).toEqual([['host', { name: 'other', key: 'key' }]]);
});

test('choices that are numbers are written as they are, since their places would be numbers too', async () => {
  const { draft, shown } = await asked(['1', '7', '2'], EMPTY, {
    level: { type: 'integer', enum: [0, 1, 2] },
    retries: { enum: [2, 'many'] },
  });
  expect(draft.values).toEqual({ level: 1, retries: 2 });
  expect(shown).toContain('  0\n  1\n  2\nlevel (choice): ');
  expect(shown).toContain('retries: write one of 2, many\n');
});

test('who leaves saves nothing', async () => {
  await expect(asked(['db'])).rejects.toThrow('nothing was saved');
});

test('entries that patterns name are asked for as what they are, and what was typed unseen is not repeated', async () => {
  const schemas: ConfigSchemas = {
    creds: {
      patternProperties: { _user$: { type: 'string' }, _pin$: { type: 'integer', secret: true } },
      additionalProperties: false,
    },
  };
  const current = { ...EMPTY, values: { creds: { old_user: 'ann', old_pin: 1234 } } };
  const answers = ['', '', 'db_pin', 'hunter2', '987654', 'db_user', 'bob', ''];
  const { draft, shown } = await asked(answers, current, schemas);
  expect(draft.values).toEqual({ creds: { old_user: 'ann', old_pin: 1234, db_user: 'bob' } });
  expect([...draft.secrets]).toEqual([['creds.db_pin', '987654']]);
  expect(shown).toContain('creds.old_pin (integer, secret) [********]: ');
  expect(shown).toContain('creds.db_pin: what was given is no integer: write a number\n');
  expect(shown).not.toMatch(/hunter2|1234/);
});

test('a template that stands for an object is kept, and secrets in what is kept are stars', async () => {
  const pair = { type: 'array', items: [{ type: 'string' }, { type: 'string', secret: true }] };
  const current = { ...EMPTY, values: { profiles: '{{ st2kv.system.all }}', pair: ['ann', 'hunter2'] } };
  const { draft, shown } = await asked(['', ''], current, { profiles: SCHEMAS['profiles'] ?? {}, pair });
  expect(draft).toEqual(current);
  expect(shown).toContain('profiles (object) [{{ st2kv.system.all }}]: ');
  expect(shown).toContain('pair (array) [["ann","********"]]: ');
});
