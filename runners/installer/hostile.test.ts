// runners/installer/hostile.test.ts — attacks on whoever unpacks and reads a pack: each is refused, by the file's name, with the reason.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ATTACKS } from './hostile-packs.setup.ts';

test.each(ATTACKS)('$what', { timeout: 60_000 }, async ({ message, make, meet }) => {
  const top = mkdtempSync(join(tmpdir(), 'squall-hostile-'));
  try {
    make(top);
    expect(await meet(top)).toMatch(message);
    const into = join(top, 'into');
    if (existsSync(into)) expect(readdirSync(into)).toEqual([]);
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
});
