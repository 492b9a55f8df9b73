// runners/python/compat.test.ts — the Python tests of the modules that packs import, by this machine's Python.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { localPython } from '../conformance/python.setup.ts';

const folder = mkdtempSync(join(tmpdir(), 'squall-python-'));
afterAll(() => rmSync(folder, { recursive: true }));
const python = localPython(folder);

test.skipIf(python === undefined)('the Python tests pass', () => {
  const paths = ['compat', 'tests'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const env = { PATH: process.env['PATH'], PYTHONPATH: paths[0], PYTHONDONTWRITEBYTECODE: '1' };
  const words = ['-m', 'unittest', 'discover', '--start-directory', paths[1] ?? ''];
  const { status, stderr } = spawnSync(join(folder, 'bin', 'python'), words, { env, encoding: 'utf8' });
  expect(stderr).toMatch(/Ran \d\d tests/);
  expect(status, stderr).toBe(0);
});
