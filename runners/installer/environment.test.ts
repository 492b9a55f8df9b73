// runners/installer/environment.test.ts — real uv, one small package of PyPI: the environment that a pack gets, and what is said when it gets none.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { gzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type PlayedOperator, playOperator, runInstaller, taskOf } from './operator.setup.ts';
import { madeTar } from './tar-made.setup.ts';
import { bringUv } from './uv.setup.ts';

const SECONDS = 180_000;
const top = mkdtempSync(join(tmpdir(), 'squall-environment-'));
const [base, virtualenvs] = [join(top, 'st2'), join(top, 'virtualenvs')];
let uv: ReturnType<typeof bringUv>;
let operator: PlayedOperator;

beforeAll(() => {
  uv = bringUv();
  // StackStorm's own environment, with one module.
  execFileSync(join(uv.bin, 'uv'), ['venv', '--quiet', '--no-project', '--python', '3.11', base]);
  writeFileSync(join(base, 'lib/python3.11/site-packages/st2marker.py'), 'WHERE = "base"\n');
}, SECONDS);
afterAll(() => rmSync(top, { recursive: true, force: true }));
beforeEach(async () => {
  operator = await playOperator();
});
afterEach(() => operator.close());

const PACK = 'ref: hello\nname: Hello\ndescription: x\nversion: 1.2.3\nauthor: Jane\nemail: jane@example.org\n';

async function installed(
  requirements: string,
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
) {
  operator.task = taskOf({ source: { inline: { 'pack.yaml': PACK, 'requirements.txt': requirements, ...files } } });
  return await run(env);
}

/** Of what `operator.task` says. */
async function run(env: Readonly<Record<string, string>> = {}) {
  const { log } = await runInstaller(operator, {
    top,
    env: {
      PATH: `${uv.bin}:${process.env['PATH'] ?? ''}`,
      SQUALL_VIRTUALENVS: virtualenvs,
      SQUALL_BASE_ENVIRONMENT: base,
      SQUALL_UV_CACHE: uv.cache,
      ...env,
    },
  });
  return { ...operator.reports.at(-1)!, log };
}

test('an environment is built, and is the same when it is built again', { timeout: SECONDS }, async () => {
  const first = await installed('# one\ndecorator==5.2.1  # small\n');
  expect(first).toMatchObject({ step: 'Done' });
  expect((await installed('decorator==5.2.1\n')).content?.environment).toBe(first.content?.environment);
  // Where actions have it: its scripts name their interpreter by this path.
  rmSync(virtualenvs, { recursive: true });
  mkdirSync(virtualenvs);
  execFileSync('tar', ['-xf', '-', '-C', virtualenvs], {
    input: zstdDecompressSync(operator.blobs.get(first.content!.environment!)!),
  });
  const python = (code: string): string =>
    execFileSync(join(virtualenvs, 'hello/bin/python'), ['-c', code], { encoding: 'utf8' }).trim();
  expect(python('import decorator, six, st2marker; print(decorator.__version__, st2marker.WHERE)')).toBe('5.2.1 base');
  expect(python('import sys; print(sys.prefix)')).toBe(join(virtualenvs, 'hello'));
  expect(python('import sys; print(sys.path[-1])')).toBe(join(base, 'lib/python3.11/site-packages'));
  // Compiled, and valid whatever time the files have.
  expect(python('import decorator; print(decorator.__cached__)')).toMatch(/decorator\.cpython-311\.pyc$/);
  expect(readdirSync(join(virtualenvs, 'hello/lib/python3.11/site-packages/__pycache__'))).toContain(
    'decorator.cpython-311.pyc',
  );
});

test('an environment that was built before is used again, and another one is not', { timeout: SECONDS }, async () => {
  const first = await installed('decorator==5.2.1\n');
  const digest = first.content?.environment ?? '';
  const { key = '', asked, unpackedBytes = 0 } = first.builtFrom ?? {};
  const again = async (requirements: string, env = {}) => {
    operator.task = taskOf({
      source: { inline: { 'pack.yaml': PACK, 'requirements.txt': requirements } },
      environments: [{ key, ...(asked !== undefined && { asked }), unpackedBytes, digest }],
    });
    return await run(env);
  };
  const same = await again('# as before\ndecorator <5.3, >5.2\n');
  expect(same).toMatchObject({ step: 'Done', content: { environment: digest }, builtFrom: { key, unpackedBytes } });
  // Of the pack's own: two files of a page each.
  expect(unpackedBytes).toBeGreaterThan(20_000);
  for (const { content } of [first, same]) expect(content?.unpackedBytes).toBe(unpackedBytes + 2 * (4096 + 1024));
  expect(same.log).toContain('the environment of these packages is there already');
  const newer = await again('decorator>=5.2.1\n');
  expect(newer).toMatchObject({ step: 'Done' });
  expect(newer.content?.environment).not.toBe(digest);
  expect(newer.builtFrom?.key).not.toBe(key);
  const elsewhere = await again('decorator==5.2.1\n', { SQUALL_INSTALL_IMAGE: 'runner-python:next' });
  expect(elsewhere.builtFrom?.key).not.toBe(key);
});

test('an author who registers his files again asks no index while his requirements are as they were', {
  timeout: SECONDS,
}, async () => {
  const files = { 'pack.yaml': PACK, 'requirements.txt': 'decorator==5.2.1\n' };
  const archive = (more: object): string => {
    const tar = gzipSync(madeTar(Object.entries({ ...files, ...more }).map(([name, content]) => ({ name, content }))));
    const digest = `sha256:${createHash('sha256').update(tar).digest('hex')}`;
    operator.blobs.set(digest, tar);
    return digest;
  };
  operator.task = taskOf({ source: { archive: archive({}) } });
  const first = await run();
  const known = { key: '', ...first.builtFrom, digest: first.content?.environment ?? '' };
  // Nothing of the network is there, and nothing of what it has brought before.
  const offline = {
    HTTPS_PROXY: 'http://127.0.0.1:1',
    SQUALL_UV_CACHE: mkdtempSync(join(top, 'cache-')),
    UV_HTTP_RETRIES: '0',
  };
  operator.task = taskOf({ source: { archive: archive({ 'README.md': 'x' }) }, environments: [known] });
  expect(await run(offline)).toMatchObject({ step: 'Done', content: { environment: known.digest } });
  operator.task = taskOf({ ...operator.task, reinstall: 'now' });
  expect(await run(offline)).toMatchObject({ step: 'Failed', failedStep: 'Build' });
});

test('requirements that ask for nothing build nothing', { timeout: SECONDS }, async () => {
  const report = await installed('# nothing\n\n--index-url https://127.0.0.1:1/simple\n');
  expect(report.step).toBe('Done');
  expect(report.content?.environment).toBeUndefined();
});

test("a package that is not there is told in uv's words, without passwords", { timeout: SECONDS }, async () => {
  const env = { SQUALL_PIP_INDEX_URL: 'https://me:not-this-one@127.0.0.1:1/simple', UV_HTTP_RETRIES: '0' };
  const report = await installed('decorator==5.2.1\n', env);
  expect(report).toMatchObject({ step: 'Failed', failedStep: 'Build' });
  expect(report.message).toMatch(/^uv pip install -r requirements\.txt: [\s\S]*127\.0\.0\.1:1\/simple/);
  expect(`${report.message}${report.log}`).not.toContain('not-this-one');
});

test('a package of old that imports pkg_resources while it is built', { timeout: SECONDS }, async () => {
  const setup =
    "import pkg_resources\nfrom setuptools import setup\nsetup(name='old', version='1', py_modules=['old'])\n";
  const report = await installed('./old\n', {}, { 'old/setup.py': setup, 'old/old.py': 'AGE = 1\n' });
  expect(report).toMatchObject({ step: 'Done' });
  expect(report.content?.environment).toBeDefined();
});

test('what a compiler says is told first, and the whole of it is in the log', { timeout: SECONDS }, async () => {
  const setup =
    "from setuptools import setup, Extension\nsetup(name='bad', version='1', ext_modules=[Extension('bad', ['bad.c'])])\n";
  const report = await installed('./bad\n', {}, { 'bad/setup.py': setup, 'bad/bad.c': '#include <nothere.h>\n' });
  expect(report).toMatchObject({ step: 'Failed', failedStep: 'Build' });
  expect(report.message?.split('\n').slice(0, 3).join('\n')).toMatch(/Failed to build `bad[\s\S]*nothere\.h|bad\.c:1/);
  expect(report.log).toContain('#include <nothere.h>');
});

test('requirements that contradict each other', { timeout: SECONDS }, async () => {
  const report = await installed('decorator==5.2.1\ndecorator==5.1.1\n');
  expect(report.message).toMatch(
    /decorator==5\.2\.1[\s\S]*decorator==5\.1\.1|decorator==5\.1\.1[\s\S]*decorator==5\.2\.1/,
  );
});
