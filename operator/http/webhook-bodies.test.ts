// operator/http/webhook-bodies.test.ts — bodies, paths and methods through a real socket: what is taken in, and what is refused with a reason.
import { expect, test } from 'vitest';
import { BASE, KEY, openDoor, rule } from './door.setup.ts';

const MIB = 1024 * 1024;
const filled = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`;
test.each<[string, string | Uint8Array, Record<string, string>, number, RegExp | undefined]>([
  ['1 MiB - 1', filled(MIB - 1), {}, 202, undefined],
  ['1 MiB', filled(MIB), {}, 202, undefined],
  ['1 MiB + 1', filled(MIB + 1), {}, 413, /larger than 1048576 bytes/],
  [
    '100 000 keys',
    `{${Array.from({ length: 100_000 }, (_, i) => `"${i.toString(36)}":1`).join(',')}}`,
    {},
    202,
    undefined,
  ],
  ['depth 10 000', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, {}, 422, /nested deeper than 200 levels/],
  ['depth 200', `${'['.repeat(200)}${']'.repeat(200)}`, {}, 202, undefined],
  ['the same key twice', '{"host":"a","host":"b"}', {}, 202, undefined],
  ['__proto__', '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}', {}, 202, undefined],
  ['not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), {}, 400, /it is not UTF-8/],
  ['cut off', '{"host": "a', {}, 400, /^Failed to parse request body: /],
  ['a number', '5', {}, 400, /needs to be an object, got: number/],
  ['null', 'null', {}, 400, /got: null/],
  ['a form', 'a=1&a=2&b=%20', { 'content-type': 'application/x-www-form-urlencoded' }, 202, undefined],
  ['a picture', 'x', { 'content-type': 'image/png' }, 400, /Unsupported Content-Type: "image\/png"/],
  ['nothing', '', {}, 202, undefined],
])('a body of %s', async (_, body, headers, code, message) => {
  const echo = rule('echo', { action: { ref: 'acme.fix', parameters: { cmd: '{{ trigger.body }}' } } });
  await using door = await openDoor([
    ...BASE,
    rule('quiet', { action: { ref: 'acme.fix' } }),
    ...(body.length < 1000 ? [echo] : []),
  ]);
  const answer = await door.post('/api/v1/webhooks/acme/alert', body, { ...KEY, ...headers });
  expect(answer.status).toBe(code);
  if (message) expect(((await answer.json()) as { faultstring: string }).faultstring).toMatch(message);
  expect(door.executions().length > 0).toBe(code === 202);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('unknown paths, methods and escapes are answered as StackStorm does', async () => {
  await using door = await openDoor();
  const get = await fetch(`${door.url}/api/v1/webhooks/acme/alert`);
  expect([get.status, await get.json()]).toEqual([404, { faultstring: 'The resource could not be found.' }]);
  const malformed = await door.post('/api/v1/webhooks/%zz', {});
  expect(malformed.status).toBe(400);
  expect(await malformed.json()).toHaveProperty('faultstring');
});
