// operator/kube/frames.test.ts — JSON lines come out whole, wherever the bytes were cut.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { frames } from './frames.ts';

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  let from = 0;
  for (const to of [...at, bytes.length]) {
    yield bytes.subarray(from, to);
    from = to;
  }
}
async function readAll(source: AsyncIterable<Uint8Array>): Promise<unknown[]> {
  const read: unknown[] = [];
  for await (const frame of frames(source)) read.push(frame);
  return read;
}
const lines = (values: readonly unknown[]) => Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));

test('cuts inside lines and inside characters of several bytes do not matter', async () => {
  const value = fc.record({ text: fc.string({ unit: 'grapheme' }), n: fc.integer() });
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 20 }), async (values, cuts) => {
      expect(await readAll(pieces(lines(values), cuts))).toEqual(values);
    }),
  );
});

test('byte by byte', async () => {
  const bytes = lines([{ a: 'Grüße 🎉' }, { b: '漢字' }]);
  const cuts = Array.from({ length: bytes.length }, (_, i) => i);
  expect(await readAll(pieces(bytes, cuts))).toEqual([{ a: 'Grüße 🎉' }, { b: '漢字' }]);
});

test('a torn last line is no event but an error, also when it happens to be whole JSON', async () => {
  for (const torn of ['{"type":"ADDED","obj', '{"type":"ADDED"}']) {
    const read: unknown[] = [];
    const reading = async () => {
      for await (const frame of frames(pieces(Buffer.from(`{"a":1}\n${torn}`), []))) read.push(frame);
    };
    await expect(reading()).rejects.toThrow('watch ended inside an event');
    expect(read).toEqual([{ a: 1 }]);
  }
});

test('a line that is not JSON is an error, an empty one is nothing', async () => {
  expect(await readAll(pieces(Buffer.from('\n{"a":1}\n \n'), []))).toEqual([{ a: 1 }]);
  await expect(readAll(pieces(Buffer.from('<html>\n'), []))).rejects.toThrow('the line is not JSON');
});
