// operator/kube/read-text.test.ts — beginnings and ends of bodies, cut into chunks anywhere, and no torn characters.
import { expect, test } from 'vitest';
import { readText } from './read-text.ts';

async function* chunked(text: string, chunkBytes: number, end?: Error): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  if (end) throw end;
}
const timeout = () => Object.assign(new Error('too late'), { name: 'TimeoutError' });
const read = async (body: AsyncIterable<Buffer>, options: { limitBytes?: number; tailBytes?: number } = {}) => {
  let isCut = false;
  const onCut = () => {
    isCut = true;
  };
  return { text: await readText(body, { ...options, onCut }), isCut };
};

test.each([1, 2, 3, 5, 1000])('the end of a body in chunks of %i bytes', async (chunkBytes) => {
  const body = (text: string) => chunked(text, chunkBytes);
  expect(await read(body('abcdefgh'), { tailBytes: 3 })).toEqual({ text: 'fgh', isCut: false });
  expect(await read(body('abc'), { tailBytes: 3 })).toEqual({ text: 'abc', isCut: false });
  expect(await read(body('ab'), { tailBytes: 3 })).toEqual({ text: 'ab', isCut: false });
  expect(await read(body(''), { tailBytes: 3 })).toEqual({ text: '', isCut: false });
  expect((await read(body('€€€'), { tailBytes: 5 })).text).toBe('€');
  expect((await read(body('€€€'), { tailBytes: 6 })).text).toBe('€€');
  expect((await read(body('a😀😀'), { tailBytes: 7 })).text).toBe('😀');
  expect((await read(body(`${'x'.repeat(999)}ERROR`), { tailBytes: 5 })).text).toBe('ERROR');
});

test.each([1, 4, 1000])('what goes on beyond the limit is cut, and says so; chunks of %i bytes', async (chunkBytes) => {
  const body = (text: string) => chunked(text, chunkBytes);
  expect(await read(body('abcdef'), { limitBytes: 6 })).toEqual({ text: 'abcdef', isCut: false });
  expect(await read(body('abcdef'), { limitBytes: 5 })).toEqual({ text: 'abcde', isCut: true });
  expect(await read(body('abcdef'), { limitBytes: 5, tailBytes: 2 })).toEqual({ text: 'de', isCut: true });
  expect(await read(body('a€€'), { limitBytes: 6 })).toEqual({ text: 'a€', isCut: true });
});

test('a tail that comes too late is what came in time; a beginning, and nothing at all, are no answer', async () => {
  expect(await read(chunked('abcdef', 2, timeout()), { tailBytes: 3 })).toEqual({ text: 'def', isCut: true });
  await expect(read(chunked('abcdef', 2, timeout()))).rejects.toThrow('too late');
  await expect(read(chunked('', 2, timeout()), { tailBytes: 3 })).rejects.toThrow('too late');
  await expect(read(chunked('abcdef', 2, new Error('reset')), { tailBytes: 3 })).rejects.toThrow('reset');
});
