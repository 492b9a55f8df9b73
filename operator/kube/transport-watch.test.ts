// operator/kube/transport-watch.test.ts — a watch against a real HTTP server: torn, silent, reset, refused.
import { describe, expect, test } from 'vitest';
import type { Transport } from './transport.ts';
import { MAPS, object, refuse, serve } from './transport.setup.ts';

const scene = serve();

describe('a watch', () => {
  const event = (type: string, text: string) => `${JSON.stringify({ type, object: { ...object, data: { text } } })}\n`;
  async function follow(api: Transport, signal = AbortSignal.timeout(5_000)) {
    const read: string[] = [];
    let error: unknown;
    try {
      for await (const change of api.changes(MAPS, { resourceVersion: '5' }, signal)) read.push(change.type);
    } catch (caught) {
      error = caught;
    }
    return { read, error };
  }
  test('is cut anywhere and read whole', async () => {
    const bytes = Buffer.from(
      event('ADDED', 'Grüße 🎉') + event('MODIFIED', '漢字'.repeat(50_000)) + event('DELETED', ''),
    );
    scene.answer = async (_request, response) => {
      response.writeHead(200);
      const steps = [0, 1, 5, bytes.indexOf(0xc3) + 1, bytes.indexOf(0xf0) + 2, 1_000, 100_001, bytes.length];
      for (const [i, to] of steps.entries()) {
        response.write(bytes.subarray(steps[i - 1] ?? 0, to));
        await new Promise((next) => setTimeout(next, 5));
      }
      response.end();
    };
    expect(await follow(await scene.open())).toEqual({ read: ['ADDED', 'MODIFIED', 'DELETED'], error: undefined });
    expect(scene.seen[0]?.url).toBe(`${MAPS}?resourceVersion=5&watch=true`);
  });
  test('whose last line is torn shows what came before, then fails', async () => {
    scene.answer = (_request, response) => response.end(`${event('ADDED', 'x')}${event('MODIFIED', 'y').slice(0, -1)}`);
    const { read, error } = await follow(await scene.open());
    expect(read).toEqual(['ADDED']);
    expect(String(error)).toContain('watch ended inside an event');
  });
  test('whose connection is reset fails, and does not end as if it were over', async () => {
    scene.answer = (request, response) => {
      response.writeHead(200).write(event('ADDED', 'x'));
      setTimeout(() => request.socket.resetAndDestroy(), 20);
    };
    const { read, error } = await follow(await scene.open());
    expect(read).toEqual(['ADDED']);
    expect(error).toBeInstanceOf(Error);
  });
  test('that is silent ends by its signal', async () => {
    scene.answer = (_request, response) => response.writeHead(200).write(event('ADDED', 'x'));
    const { read, error } = await follow(await scene.open(), AbortSignal.timeout(200));
    expect([read, (error as Error).name]).toEqual([['ADDED'], 'TimeoutError']);
  });
  test('that is refused says why', async () => {
    scene.answer = refuse(410);
    expect((await follow(await scene.open())).error).toMatchObject({ code: 410 });
  });
});
