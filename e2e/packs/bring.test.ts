// e2e/packs/bring.test.ts — packs out of real repositories: unchanged, once, and what cannot be had is told.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';

const home = mkdtempSync(join(tmpdir(), 'squall-bring-'));
const origin = join(home, 'origin');
const packs = join(home, 'packs');
const casesFile = join(home, 'cases.json');
afterAll(() => rmSync(home, { recursive: true, force: true }));
beforeEach(() => rmSync(packs, { recursive: true, force: true }));

const git = (...words: string[]): string =>
  execFileSync('git', ['-C', origin, '-c', 'user.name=Ann', '-c', 'user.email=a@b.c', ...words], { encoding: 'utf8' });

execFileSync('git', ['init', '--quiet', origin]);
mkdirSync(join(origin, 'contrib/one/actions'), { recursive: true });
writeFileSync(join(origin, 'contrib/one/pack.yaml'), 'ref: one\n');
writeFileSync(join(origin, 'contrib/one/actions/run.sh'), '#!/bin/sh\n', { mode: 0o755 });
writeFileSync(join(origin, '.gitattributes'), 'tests export-ignore\ncontrib/one/pack.yaml export-ignore\n');
git('add', '.');
git('commit', '--quiet', '-m', 'first');
const first = git('rev-parse', 'HEAD').trim();
writeFileSync(join(origin, 'contrib/one/pack.yaml'), 'ref: one\nversion: 2.0.0\n');
git('commit', '--quiet', '-a', '-m', 'second');
const second = git('rev-parse', 'HEAD').trim();

const one = { pack: 'one', repo: `file://${origin}`, commit: first, path: 'contrib/one' };

function bring(registration: readonly object[], folder = packs) {
  writeFileSync(casesFile, JSON.stringify({ cases: [], registration }));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['e2e/packs/bring.ts', folder, casesFile], {
    encoding: 'utf8',
    env: { ...process.env, SQUALL_CACHE: join(home, 'cache') },
  });
  return { status, said: stdout + stderr };
}

test('a folder of a repository at its commit, with all its files and rights, and nothing beside them', () => {
  expect(bring([one])).toMatchObject({ status: 0 });
  expect(readFileSync(join(packs, 'one/pack.yaml'), 'utf8')).toBe('ref: one\n');
  expect(statSync(join(packs, 'one/actions/run.sh')).mode & 0o111).not.toBe(0);
  expect(existsSync(join(packs, 'one/.git'))).toBe(false);
  expect(bring([one]).said).toContain('0 packs brought, 1 were there, 0 could not be fetched');
});

test('another commit replaces what was brought', () => {
  bring([one]);
  expect(bring([{ ...one, commit: second }]).said).toContain('1 packs brought');
  expect(readFileSync(join(packs, 'one/pack.yaml'), 'utf8')).toContain('2.0.0');
});

test('one that cannot be had is told, and the others come', () => {
  const gone = { pack: 'gone', repo: `file://${origin}`, commit: 'a'.repeat(40) };
  const { status, said } = bring([gone, { ...one, pack: 'two', path: 'nowhere' }, one]);
  expect(status).toBe(1);
  expect(said).toContain(`FAILED  gone: file://${origin} ${gone.commit}`);
  expect(said).toContain('FAILED  two');
  expect(said).toContain('1 packs brought, 0 were there, 2 could not be fetched');
  expect(existsSync(join(packs, 'two'))).toBe(false);
});

test("somebody else's folder stays", () => {
  mkdirSync(join(packs, 'one'), { recursive: true });
  writeFileSync(join(packs, 'one/mine'), '');
  const { status, said } = bring([one]);
  expect(status).toBe(1);
  expect(said).toContain('is from somebody else');
  expect(existsSync(join(packs, 'one/mine'))).toBe(true);
});

test('a folder that would be committed is refused', () => {
  const { status, said } = bring([one], 'e2e/packs/brought');
  expect(status).toBe(2);
  expect(said).toContain('not in .gitignore');
  expect(existsSync('e2e/packs/brought')).toBe(false);
});
