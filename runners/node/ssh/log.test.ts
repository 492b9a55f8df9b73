// runners/node/ssh/log.test.ts
import { expect, test } from 'vitest';
import { namedLines } from './log.ts';

function lines(...pieces: readonly string[]): readonly string[] {
  const written: string[] = [];
  const writer = namedLines('a', (text) => void written.push(text));
  for (const piece of pieces) writer.push(piece);
  writer.end();
  return written;
}

test.each([
  [
    ['one\ntw', 'o\n'],
    ['[a] one\n', '[a] two\n'],
  ],
  [['one', ' line'], ['[a] one line\n']],
  [[''], []],
])('%j becomes %j', (pieces, wanted) => {
  expect(lines(...pieces)).toEqual(wanted);
});

test('a line without an end is not kept for ever', () => {
  const written = lines(...Array.from({ length: 20 }, () => 'x'.repeat(10_000)), '\n');
  expect(written.length).toBeGreaterThan(2);
  expect(Math.max(...written.map(({ length }) => length))).toBeLessThan(80_000);
  expect(written.join('').replaceAll(/[^x]/g, '')).toHaveLength(200_000);
});
