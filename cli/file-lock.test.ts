// cli/file-lock.test.ts — one after the other, and nobody waits for the dead.
import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { holding } from './file-lock.ts';

const fresh = () => join(mkdtempSync(join(tmpdir(), 'squall-lock-')), 'lock');

test('whoever comes second waits for the first', async () => {
  const file = fresh();
  const order: string[] = [];
  const work = (name: string) =>
    holding(file, async () => {
      order.push(`${name} begins`);
      await new Promise((wake) => setTimeout(wake, 10));
      order.push(`${name} ends`);
    });
  await Promise.all([work('one'), work('two')]);
  expect(order).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
});

test.each([
  ['has died', '4194305'],
  ['died before it could write its number', ''],
])('a holder that %s holds nothing', async (_, text) => {
  const file = fresh();
  writeFileSync(file, text);
  utimesSync(file, 1, 1);
  expect(await holding(file, async () => 'done')).toBe('done');
});
