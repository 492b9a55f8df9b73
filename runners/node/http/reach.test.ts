// runners/node/http/reach.test.ts — the way to servers: redirects, certificates, proxies, and what goes wrong on it.
import { afterAll, describe, expect, test } from 'vitest';
import { ask, pairs } from './ask.setup.ts';
import { authority, closeServers, serve, serveProxy } from './server.setup.ts';

const own = authority();
afterAll(() => {
  closeServers();
  own.remove();
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
