// runners/node/http/ending.test.ts — requests to real servers: what is sent, what is made of the answer, and what of trouble.
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { Task } from '../../../operator/api/envelope.ts';
import { madeBody } from '../made.ts';
import { maskOf } from '../mask.ts';
import { httpEnding } from './ending.ts';
import type { Call } from './prepare.ts';
import { authority, closeServers, type Seen, serve, serveProxy } from './server.setup.ts';

const own = authority();
afterAll(() => {
  closeServers();
  own.remove();
});

const CALL: Call = {
  url: '',
  method: 'GET',
  query: [],
  headers: [],
  cookies: [],
  proxies: {},
  allowRedirects: false,
  verifyCertificate: true,
  blacklist: [],
  whitelist: [],
};
const pairs = (given: Record<string, string>) => Object.entries(given).map(([name, value]) => ({ name, value }));

interface Setting {
  readonly env?: NodeJS.ProcessEnv;
  readonly secrets?: readonly string[];
  readonly seconds?: number;
  readonly stop?: AbortSignal;
}

/** The envelope that would be posted. */
async function ask(call: Partial<Call>, { env = {}, secrets = [], seconds = 10, stop }: Setting = {}) {
  const task = { action: 'core.http', timeoutSeconds: seconds } as Task;
  const mask = maskOf(secrets);
  const setting = { env, mask, stop: stop ?? new AbortController().signal };
  const ending = await httpEnding(task, { ...CALL, ...call }, setting);
  return JSON.parse(madeBody(1, ending, mask)) as {
    outcome: string;
    message?: string;
    result: Record<string, unknown>;
  };
}

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

describe('redirects', () => {
  const seen: string[] = [];
  const target = serve(({ method, url, headers, body }, response) => {
    seen.push([method, url, headers.authorization ?? '-', headers.cookie ?? '-', body].join(' '));
    response.end('arrived');
  });
  const from = (status: number, location: (port: string) => string) =>
    serve((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      if (request.url === '/end')
        response.end(`${request.headers.authorization ?? '-'} ${request.headers.cookie ?? '-'}`);
      else
        response
          .writeHead(status, { Location: location(request.headers.host ?? ''), 'Set-Cookie': 'b=2; Path=/' })
          .end();
    });
  test.each([
    [301, 'POST', 'GET', ''],
    [302, 'PUT', 'GET', ''],
    [303, 'POST', 'GET', ''],
    [307, 'POST', 'POST', 'body'],
    [308, 'PUT', 'PUT', 'body'],
  ])('%i makes of %s a %s', async (status, method, then, body) => {
    const end = await target;
    seen.length = 0;
    const first = await from(status, () => `${end}/t`);
    const call = { url: first, method, body: 'body', allowRedirects: true, username: 'u', cookies: pairs({ a: '1' }) };
    expect((await ask(call)).result).toMatchObject({ status_code: 200, body: 'arrived' });
    // Another host is not told who asks.
    expect(seen).toEqual([`${method} /`, `${then} /t - - ${body}`]);
  });
  test('to the same host take the cookies and the user along', async () => {
    const url = await from(302, () => '/end');
    const { result } = await ask({ url, allowRedirects: true, auth: 'u:p', cookies: pairs({ a: '1' }) });
    expect(result['body']).toBe(`Basic ${Buffer.from('u:p').toString('base64')} a=1; b=2`);
  });
  test('that never end do', async () => {
    await expect(ask({ url: await from(302, () => '/again'), allowRedirects: true })).rejects.toThrow('30 redirects');
  });
  test('do not lead around the lists of hosts', async () => {
    const url = await from(302, () => 'http://127.0.0.1:1/');
    await expect(ask({ url, allowRedirects: true, whitelist: ['localhost'] })).rejects.toThrow(
      'URL "http://127.0.0.1:1" is not whitelisted',
    );
  });
});

describe('certificates', () => {
  const secure = serve((_, response) => response.end('private'), own.pair);
  test('of an unknown authority are refused, with the remedy', async () => {
    await expect(ask({ url: await secure })).rejects.toThrow(/squall-ca.*verify_ssl_cert/);
  });
  test.each(['SQUALL_TRUST_FILE', 'REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE'])(
    'of an authority in %s are good',
    async (name) => {
      expect((await ask({ url: await secure }, { env: { [name]: own.file } })).result['body']).toBe('private');
    },
  );
  test('are not looked at, if so wanted', async () => {
    expect((await ask({ url: await secure, verifyCertificate: false })).result['body']).toBe('private');
  });
});

describe('proxies', () => {
  const secure = serve((_, response) => response.end('behind'), own.pair);
  const trust = { SQUALL_TRUST_FILE: own.file };
  test('are asked for both schemes', async () => {
    const asked: string[] = [];
    const proxy = await serveProxy(asked);
    const url = await secure;
    const proxies = { http: proxy, https: proxy };
    expect((await ask({ url: 'http://nowhere.invalid/x', proxies })).result['body']).toBe('from the proxy');
    expect((await ask({ url, proxies }, { env: trust })).result['body']).toBe('behind');
    expect(asked).toEqual(['GET http://nowhere.invalid/x', `CONNECT ${new URL(url).host}`]);
  });
  test('of the pod too, but not for the hosts that it exempts', async () => {
    const asked: string[] = [];
    const env = { HTTPS_PROXY: await serveProxy(asked) };
    const url = await secure;
    await ask({ url }, { env: { ...trust, ...env } });
    await ask({ url }, { env: { ...trust, ...env, NO_PROXY: 'localhost' } });
    expect(asked).toHaveLength(1);
  });
});

describe('trouble', () => {
  test('a slow answer times out, before and within its body', async () => {
    const silent = await serve(() => undefined);
    const slow = await serve((_, response) => void response.write('begin'));
    for (const url of [silent, slow])
      expect(await ask({ url }, { seconds: 1 })).toMatchObject({
        outcome: 'timedOut',
        result: { error: 'The request did not complete in 1 seconds' },
      });
  });
  test('the end of the pod ends it', async () => {
    const stop = new AbortController();
    const url = await serve(() => stop.abort());
    expect(await ask({ url }, { stop: stop.signal })).toMatchObject({ outcome: 'abandoned' });
  });
  test('nobody listens, and nobody has the name', async () => {
    await expect(ask({ url: 'http://127.0.0.1:1/' })).rejects.toThrow(/^GET http:\/\/127.0.0.1:1: .*ECONNREFUSED/);
    await expect(ask({ url: 'http://nowhere.invalid/' })).rejects.toThrow('not known in the pod');
  });
  test('a connection that breaks within the body', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'Content-Length': '100' }).write('part');
      setImmediate(() => response.destroy());
    });
    await expect(ask({ url })).rejects.toThrow('closed before the response was complete');
  });
  test('a body that is not packed as it says', async () => {
    const url = await serve((_, response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('plain'));
    await expect(ask({ url })).rejects.toThrow('incorrect header check');
  });
});
