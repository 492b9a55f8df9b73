// runners/installer/node-environment.test.ts — real npm against a registry of the test's own: the packages that a pack gets, and what is said when it gets none.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addNodePackages, asksForNodePackages } from './node-environment.ts';
import { packFolder } from './store.ts';

const SECONDS = 120_000;
const top = mkdtempSync(join(tmpdir(), 'squall-npm-'));
let registry: Server;
let address: string;
const asked: (string | undefined)[] = [];

/** A package whose script would leave a file, and which has a program. */
function tarball(): Buffer {
  const folder = join(top, 'package');
  mkdirSync(folder);
  const scripts = { postinstall: 'touch ran' };
  const file = { name: 'thrice', version: '1.0.0', main: 'index.js', bin: { thrice: 'cli.js' }, scripts };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(file));
  writeFileSync(join(folder, 'index.js'), 'module.exports = (n) => 3 * n;\n');
  writeFileSync(join(folder, 'cli.js'), '#!/usr/bin/env node\nconsole.log(3);\n');
  return gzipSync(execFileSync('tar', ['-cf', '-', '-C', top, 'package']));
}

beforeAll(async () => {
  const bytes = tarball();
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  registry = createServer((request, response) => {
    asked.push(request.headers.authorization);
    if (request.url === '/thrice/-/thrice-1.0.0.tgz') return void response.end(bytes);
    if (request.url !== '/thrice') return void response.writeHead(404).end('{"error":"not found"}');
    const dist = { tarball: `${address}thrice/-/thrice-1.0.0.tgz`, integrity };
    const version = { name: 'thrice', version: '1.0.0', bin: { thrice: 'cli.js' }, hasInstallScript: true, dist };
    const all = { name: 'thrice', 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': version } };
    return void response.setHeader('Content-Type', 'application/json').end(JSON.stringify(all));
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`;
});
afterAll(() => {
  registry.closeAllConnections();
  registry.close();
  rmSync(top, { recursive: true, force: true });
});

let count = 0;

function packOf(files: Readonly<Record<string, string>>): string {
  const folder = join(top, `pack-${++count}`);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

async function added(pack: string, env: NodeJS.ProcessEnv = {}, secret: Readonly<Record<string, string>> = {}) {
  const [scratch, indexSecret] = [join(top, `scratch-${count}`), join(top, `secret-${count}`)];
  for (const folder of [scratch, indexSecret]) mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(secret)) writeFileSync(join(indexSecret, name), text);
  const said: string[] = [];
  const environment = await addNodePackages(undefined, {
    pack,
    ref: 'hello',
    virtualenvs: join(top, `virtualenvs-${count}`),
    env: { NPM_CONFIG_REGISTRY: address, npm_config_fetch_retries: '0', ...env },
    kept: { PATH: process.env['PATH'] ?? '' },
    indexSecret,
    authorities: undefined,
    timeoutSeconds: 100,
    stop: new AbortController().signal,
    say: (text) => said.push(text),
    mask: (text) => text,
  });
  if (!('folder' in environment)) throw new Error('it is in a folder');
  const { folder, entries } = environment;
  const { digest } = await packFolder({ top: folder, prefix: 'hello', entries }, { scratch, name: 'environment' });
  return { folder, digest, said: said.join('\n'), paths: entries.map(({ path }) => path) };
}

const manifest = (fields: object): string => JSON.stringify({ name: 'hello', private: true, ...fields });
const THRICE = { 'package.json': manifest({ dependencies: { thrice: '^1.0.0' } }) };

test.each([
  ['nothing', {}, false],
  ['no packages', { 'package.json': manifest({ devDependencies: { thrice: '1' } }) }, false],
  ['packages', THRICE, true],
  ['packages that may be missing', { 'package.json': manifest({ optionalDependencies: { thrice: '1' } }) }, true],
])('a pack with %s', (_, files, isAsked) => {
  expect(asksForNodePackages(packOf({ 'pack.yaml': '', ...files }))).toBe(isAsked);
});

test('a package.json that is no JSON is told', () => {
  expect(() => asksForNodePackages(packOf({ 'package.json': '{' }))).toThrow('package.json: it is no JSON');
});

test('packages are installed, their scripts do not run, and the same ones make the same archive', {
  timeout: SECONDS,
}, async () => {
  const first = await added(packOf(THRICE));
  expect(first.paths).toContain('node_modules/thrice/index.js');
  expect(first.paths).toContain('node_modules/.bin/thrice');
  expect(first.paths.filter((path) => /ran$|package-lock/.test(path))).toEqual([]);
  expect(first.said).toContain('no package-lock.json');
  const lock = {
    name: 'hello',
    lockfileVersion: 3,
    packages: {
      '': { name: 'hello', dependencies: { thrice: '^1.0.0' } },
      'node_modules/thrice': { version: '1.0.0', hasInstallScript: true, bin: { thrice: 'cli.js' } },
    },
  };
  const second = await added(packOf({ ...THRICE, 'package-lock.json': JSON.stringify(lock) }));
  expect(second.digest).toBe(first.digest);
  expect(second.said).toBe('');
});

test('scripts run where the container says so', { timeout: SECONDS }, async () => {
  const { paths } = await added(packOf(THRICE), { NPM_CONFIG_IGNORE_SCRIPTS: 'false' });
  expect(paths).toContain('node_modules/thrice/ran');
});

test("the Secret's .npmrc counts, the pack's does not", { timeout: SECONDS }, async () => {
  const pack = packOf({ ...THRICE, '.npmrc': 'registry=http://127.0.0.1:1/\n' });
  asked.length = 0;
  const token = `//${new URL(address).host}/:_authToken=s3cr3t-t0ken\n`;
  await added(pack, { NPM_CONFIG_REGISTRY: '' }, { '.npmrc': `registry=${address}\n${token}` });
  expect(asked).toContain('Bearer s3cr3t-t0ken');
  expect(existsSync(join(pack, '.npmrc'))).toBe(true);
});

test("a package that is not there is told in npm's words, without tokens", { timeout: SECONDS }, async () => {
  const pack = packOf({ 'package.json': manifest({ dependencies: { 'no-such-s3cr3t-t0ken': '1' } }) });
  const npmrc = `//${new URL(address).host}/:_authToken=s3cr3t-t0ken\n`;
  const failure = await added(pack, {}, { '.npmrc': npmrc }).catch((error: Error) => error.message);
  expect(failure).toMatch(/^npm install:\n[\s\S]*E404[\s\S]*no-such-\*{8}/);
  expect(failure).not.toContain('s3cr3t');
});

test('a lock that does not fit is told', { timeout: SECONDS }, async () => {
  const lock = { name: 'hello', lockfileVersion: 3, packages: { '': { name: 'hello' } } };
  const pack = packOf({ ...THRICE, 'package-lock.json': JSON.stringify(lock) });
  await expect(added(pack)).rejects.toThrow(/^npm ci:\n[\s\S]*Missing: thrice[\s\S]*(?<!Options)$/);
});

test('a package in a folder of the pack is copied', { timeout: SECONDS }, async () => {
  const pack = packOf({
    'package.json': manifest({ dependencies: { near: 'file:./near' } }),
    'near/package.json': '{"name":"near","version":"1.0.0","main":"index.js"}',
    'near/index.js': 'module.exports = 1;\n',
  });
  const { folder } = await added(pack);
  expect(readFileSync(join(folder, 'node_modules/near/index.js'), 'utf8')).toBe('module.exports = 1;\n');
});

test('a package in a folder outside of the pack is refused', { timeout: SECONDS }, async () => {
  const outside = packOf({ 'package.json': '{"name":"far","version":"1.0.0"}' });
  const pack = packOf({ 'package.json': manifest({ dependencies: { far: `file:${outside}` } }) });
  await expect(added(pack)).rejects.toThrow('far is a folder outside of the pack');
});
