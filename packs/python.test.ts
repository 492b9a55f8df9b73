// packs/python.test.ts — the unit tests that our packs have, run as pack authors run theirs.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compatFolder, environmentFor } from '../cli/pack-test-environment.ts';
import { findPython } from '../cli/pack-test-python.ts';

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

test.skipIf(!hasPython)(
  'the modules that packs import pass their tests, none skipped, with the packages of the image',
  {
    timeout: FIRST_MS,
  },
  async () => {
    const wish = { python: findPython(), ref: 'core', folder: 'packs/core', isFresh: false, isVerbose: false };
    const program = await environmentFor({ ...wish, say: () => undefined });
    const env = { PATH: process.env['PATH'], PYTHONPATH: compatFolder(), PYTHONDONTWRITEBYTECODE: '1' };
    const words = ['-m', 'unittest', 'discover', '--start-directory', 'runners/python/tests'];
    const { status, stderr } = spawnSync(program, words, { env, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(stderr).toMatch(/Ran \d\d tests[\s\S]*OK$/m);
    expect(stderr).not.toContain('skipped=');
  },
);
