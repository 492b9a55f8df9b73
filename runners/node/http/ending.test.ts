// runners/node/http/ending.test.ts — requests to real servers: what is sent, what is made of the answer.
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { maskOf } from '../mask.ts';
import { ask, pairs } from './ask.setup.ts';
import type { Call } from './prepare.ts';
import { closeServers, type Seen, serve } from './server.setup.ts';

afterAll(closeServers);

const echo = serve((seen, response) => {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(seen));
});
/** What the server has seen of a request. */
const seenOf = async (call: Partial<Call>): Promise<Seen> => {
  const { result } = await ask({ ...call, url: `${await echo}${call.url ?? '/'}` });
  return result['body'] as unknown as Seen;
};

describe('what is sent', () => {
  test('method, query, headers, cookies and the name of the action', async () => {
    const seen = await seenOf({
      url: '/a?x=1',
      method: 'PURGE',
      query: [
        { name: 'q', value: 'a b&ü' },
        { name: 'q', value: "it's" },
      ],
      headers: pairs({ 'X-Own': 'value' }),
      cookies: pairs({ a: '1', b: '2' }),
    });
    expect(seen).toMatchObject({ method: 'PURGE', url: '/a?x=1&q=a+b%26%C3%BC&q=it%27s' });
    expect(seen.headers).toMatchObject({
      'x-own': 'value',
      cookie: 'a=1; b=2',
      'x-stanley-action': 'http',
      'user-agent': 'squall',
    });
  });
  test.each([
    ['text', 'plain ü', {}, undefined, 'plain ü'],
    [
      'an object is a form',
      { a: 'x y', l: [1, 'z'], n: null },
      {},
      'application/x-www-form-urlencoded',
      'a=x+y&l=1&l=z',
    ],
    ['an object is JSON', { a: [1] }, { 'content-TYPE': 'application/json' }, 'application/json', '{"a":[1]}'],
    [
      'JSON text as it is',
      '{"n": 12345678901234567890}',
      { 'Content-Type': 'application/json' },
      'application/json',
      '{"n": 12345678901234567890}',
    ],
  ])('a body: %s', async (_, body, headers, type, bytes) => {
    const seen = await seenOf({ method: 'POST', body, headers: pairs(headers as Record<string, string>) });
    expect([seen.headers['content-type'], seen.body]).toEqual([type, bytes]);
    expect(seen.headers['content-length']).toBe(String(Buffer.byteLength(bytes)));
  });
  test('also with GET, which mostly has none', async () => {
    expect(await seenOf({ body: 'x' })).toMatchObject({ method: 'GET', body: 'x' });
    expect((await seenOf({})).headers).not.toHaveProperty('content-length');
  });
  test('a file is a part of a form, beside the members of the body', async () => {
    const file = { name: 'notes.txt', content: 'first\nsecond', type: 'text/plain' };
    const seen = await seenOf({ method: 'POST', file, body: { title: 'T' } });
    const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(seen.headers['content-type'] ?? '')?.[1];
    expect(seen.body.split(`--${boundary}`)).toEqual([
      '',
      '\r\nContent-Disposition: form-data; name="title"\r\n\r\nT\r\n',
      '\r\nContent-Disposition: form-data; name="notes.txt"; filename="notes.txt"\r\nContent-Type: text/plain\r\n\r\nfirst\nsecond\r\n',
      '--\r\n',
    ]);
  });
  test.each([
    ['a user', { username: 'ann', password: 'pässword' }],
    ['a pair', { auth: 'ann:pässword' }],
  ])('authentication by %s', async (_, call) => {
    const { authorization } = (await seenOf(call)).headers;
    expect(authorization).toBe(`Basic ${Buffer.from('ann:pässword').toString('base64')}`);
  });
  test('headers that are a secret as a whole', async () => {
    expect((await seenOf({ headers: '{"X-Key":"k-1"}' })).headers).toMatchObject({ 'x-key': 'k-1' });
  });
});

describe('what is refused before anybody is asked', () => {
  test('in words that show no part of a secret, however long they are', async () => {
    const secret = 'correct-horse-battery';
    const url = `ftp://${'x'.repeat(183)}${secret}`;
    const error = (await ask({ url }).catch((thrown: unknown) => thrown)) as Error;
    expect(maskOf([secret]).text(error.message)).not.toContain('correct');
  });
  test.each([
    ['an address', { url: 'ftp://x/' }, 'url: "ftp://x/"'],
    ['a method', { url: 'http://x/', method: 'CONNECT' }, 'method'],
    ['a header', { url: 'http://x/', headers: pairs({ 'X-A': 'secret\nvalue' }) }, 'headers: "X-A"'],
    [
      'JSON that is none',
      { url: 'http://x/', body: '{a', headers: pairs({ 'content-type': 'application/json' }) },
      'body',
    ],
    ['a list without a header', { url: 'http://x/', body: [1] }, 'content-type'],
    ['a host of the blacklist', { url: 'http://X.example:1/', blacklist: ['x.example'] }, 'is blacklisted'],
    [
      'such a host in other letters',
      { url: 'http://xn--bcher-kva.example/', blacklist: ['Bücher.example'] },
      'blacklisted',
    ],
    ['such a host with a dot', { url: 'http://x.example./', blacklist: ['x.example'] }, 'is blacklisted'],
    ['a user that is not escaped', { url: 'http://a%zz:b@x/' }, 'url: its user'],
    ['a host not of the whitelist', { url: 'http://x.example/', whitelist: ['y.example'] }, 'is not whitelisted'],
  ])('%s', async (_, call, words) => {
    await expect(ask(call)).rejects.toThrow(words);
    await expect(ask(call)).rejects.not.toThrow('secret');
  });
});

describe('what is made of the answer', () => {
  const answering = (status: number, headers: Record<string, string | string[]>, body: string | Buffer) =>
    serve((_, response) => response.writeHead(status, headers).end(body));
  test('headers keep their letters, and JSON is decoded', async () => {
    const url = await answering(
      201,
      { 'X-Many': ['a', 'b'], 'Content-Type': 'application/json; charset=utf-8' },
      '{"n":[1.0]}',
    );
    const { outcome, result } = await ask({ url });
    expect(outcome).toBe('succeeded');
    expect(result).toMatchObject({ status_code: 201, body: { n: [1] }, parsed: true, headers: { 'X-Many': 'a, b' } });
  });
  test.each([
    ['what says JSON and is none', 'application/json', '{a', '{a'],
    ['text that does not say its charset', 'text/plain', 'grün', 'grün'],
    ['text that is no UTF-8', 'text/plain', Buffer.from('gr\xfcn', 'latin1'), 'grün'],
    ['text of a charset', 'text/plain; charset="iso-8859-2"', Buffer.from([0xb1]), 'ą'],
  ])('%s', async (_, type, body, text) => {
    const { result } = await ask({ url: await answering(200, { 'Content-Type': type }, body) });
    expect(result).toMatchObject({ body: text, parsed: false });
  });
  test.each([
    ['gzip', gzipSync('packed')],
    ['deflate', deflateSync('packed')],
    ['deflate', deflateRawSync('packed')],
    ['br', brotliCompressSync('packed')],
    ['zstd', zstdCompressSync('packed')],
    ['gzip, br', brotliCompressSync(gzipSync('packed'))],
  ])('%s is unpacked', async (packing, body) => {
    const { result } = await ask({ url: await answering(200, { 'Content-Encoding': packing }, body) });
    expect(result['body']).toBe('packed');
  });
  test('HEAD has no body, packed or not', async () => {
    const url = await answering(200, { 'Content-Encoding': 'gzip', 'Content-Type': 'application/json' }, '');
    expect(await ask({ url, method: 'HEAD' })).toMatchObject({
      outcome: 'succeeded',
      result: { body: '', parsed: false },
    });
  });
  test.each([
    [206, 'succeeded'],
    [207, 'failed'],
    [302, 'failed'],
    [404, 'failed'],
    [500, 'failed'],
  ])('%i has %s', async (status, outcome) => {
    const url = await answering(status, { Location: '/x' }, 'told');
    const answer = await ask({ url });
    expect(answer).toMatchObject({ outcome, result: { status_code: status, body: 'told' } });
    if (outcome === 'failed') expect(answer.message).toMatch(new RegExp(`^HTTP ${status} .*: told$`));
  });
  test('a secret is masked in the message, also where that is cut', async () => {
    const secret = 'correct-horse-battery';
    const url = await answering(500, {}, `${'x'.repeat(290)}${secret} first\nsecond`);
    const { message } = await ask({ url }, { secrets: [secret] });
    expect(message).toContain(`x${'*'.repeat(8)}`);
    expect(message).not.toContain('correct');
  });
  test('headers may be long, and a status may have no words', async () => {
    const url = await serve((_, response) => response.writeHead(418, '', { 'X-Long': 'x'.repeat(40_000) }).end('tea'));
    const { message, result } = await ask({ url });
    expect(message).toBe("HTTP 418 I'm a Teapot: tea");
    expect((result['headers'] as Record<string, string>)['X-Long']).toHaveLength(40_000);
  });
  test('a secret is masked in text, in JSON and in headers', async () => {
    const secret = 's3cret-"value"';
    const url = await answering(
      200,
      { 'Content-Type': 'application/json', 'X-Echo': secret },
      JSON.stringify({ [secret]: [`a ${secret}`] }),
    );
    const { result } = await ask({ url }, { secrets: [secret] });
    expect(result).toMatchObject({ body: { '********': ['a ********'] }, headers: { 'X-Echo': '********' } });
  });
});

describe('what is too large', () => {
  test('is not read to its end, and named', async () => {
    const url = await serve((_, response) => {
      const piece = Buffer.alloc(1024 * 1024, 'x');
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    const { outcome, message, result } = await ask({ url });
    expect(outcome).toBe('failed');
    expect(message).toContain('more than 8388608 bytes');
    expect(result).toMatchObject({ status_code: 200, body: '', parsed: false, error: message });
  });
  test('as soon as it is unpacked, too', async () => {
    const url = await serve((_, response) =>
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(64 * 1024 * 1024))),
    );
    expect((await ask({ url })).message).toContain('more than 8388608 bytes');
  });
  test('or as JSON of a result that has less room', async () => {
    const url = await serve((_, response) => response.end('"'.repeat(5 * 1024 * 1024)));
    const { outcome, result } = await ask({ url });
    expect([outcome, result['status_code'], result['body']]).toEqual(['failed', 200, '']);
    expect(result['error']).toMatch(/^The response has \d+ bytes as JSON, at most \d+ are kept/);
  });
});
