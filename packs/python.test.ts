// packs/python.test.ts — the unit tests that our packs have, run as pack authors run theirs.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

/** The first of them makes the environment that all share, which takes a while on a new machine. */
const FIRST_MS = 600_000;
const hasPython = spawnSync('python3', ['--version']).status === 0;
const folders = [...readdirSync('packs').map((name) => `packs/${name}`), 'e2e/demo/pack'];

test.skipIf(!hasPython).each(folders.filter((folder) => existsSync(`${folder}/tests`)))(
  '%s: its tests pass',
  { timeout: FIRST_MS },
  (folder) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['cli/squall.js', 'pack', 'test', folder], {
      encoding: 'utf8',
    });
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/\d+ passed/);
  },
);
