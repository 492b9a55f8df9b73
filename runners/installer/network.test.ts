// runners/installer/network.test.ts — a company's network: an authority of its own, a proxy that is the only way out, an index of packages with a password.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { InstallTask } from '../../operator/api/install.ts';
import { makeRepo, makeSigned, type Served, serveHttps } from './git-server.setup.ts';
import { type PlayedOperator, playOperator, runInstaller, taskOf } from './operator.setup.ts';
import { makeWheel, type Proxy, servePackages, serveProxy } from './package-server.setup.ts';
import { bringUv } from './uv.setup.ts';

const SECONDS = 180_000;
/** Nobody knows this name but the proxy. */
const HOST = 'packs.company.test';
const LOGIN = 'me:pass%word-of-git';
const top = mkdtempSync(join(tmpdir(), 'squall-network-'));
const tls = makeSigned([HOST]);
const wheels = join(top, 'wheels');
const documents = new Map<string, unknown>();
let uv: ReturnType<typeof bringUv>;
let operator: PlayedOperator;
let [git, packages, proxy]: (Served | undefined)[] = [];

const PACK = 'ref: hello\nname: Hello\ndescription: x\nversion: 1.2.3\nauthor: Jane\nemail: jane@example.org\n';

beforeAll(async () => {
  uv = bringUv();
  makeWheel(wheels, 'six', '1.17.0');
  makeWheel(wheels, 'tiny', '1.0');
  const repo = makeRepo(join(top, 'served', 'hello'));
  repo.write('pack.yaml', PACK);
  repo.write('requirements.txt', 'tiny\n');
  repo.commit('x');
  git = await serveHttps(join(top, 'served'), tls, LOGIN);
  packages = await servePackages(tls, { wheels, documents, login: 'robot:index-secret' });
}, SECONDS);
afterAll(async () => {
  await Promise.all([git?.close(), packages?.close()]);
  rmSync(top, { recursive: true, force: true });
});
beforeEach(async () => {
  operator = await playOperator();
  proxy = await serveProxy();
});
afterEach(() => Promise.all([operator.close(), proxy?.close()]));

const portOf = (served: Served | undefined): string => new URL(served?.url ?? '').port;
const folderOf = (name: string, files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(top, `${name}-`));
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
};

async function installed(task: Partial<InstallTask>, env: Readonly<Record<string, string>> = {}) {
  operator.task = taskOf(task);
  const { log } = await runInstaller(operator, {
    top,
    env: {
      PATH: `${uv.bin}:${process.env['PATH'] ?? ''}`,
      SQUALL_UV_CACHE: mkdtempSync(join(top, 'cache-')),
      UV_HTTP_RETRIES: '0',
      ...env,
    },
  });
  return { ...operator.reports.at(-1)!, log };
}

/** All of it by the name that only the proxy knows. */
function byName(): { readonly task: Partial<InstallTask>; readonly env: Readonly<Record<string, string>> } {
  documents.set('/index.json', {
    packs: { hello: { name: 'hello', repo_url: `https://${HOST}:${portOf(git)}/hello/.git` } },
  });
  return {
    task: { from: 'hello', indexes: [`https://${HOST}:${portOf(packages)}/index.json`] },
    env: {
      HTTPS_PROXY: proxy?.url ?? '',
      https_proxy: proxy?.url ?? '',
      NO_PROXY: '127.0.0.1',
      no_proxy: '127.0.0.1',
      SQUALL_GIT_SECRET: folderOf('git', {
        username: 'me',
        password: 'pass%word-of-git',
        hosts: `${HOST}:${portOf(git)}`,
      }),
      SQUALL_INDEX_SECRET: folderOf('index', {
        UV_DEFAULT_INDEX: `https://robot:index-secret@${HOST}:${portOf(packages)}/simple`,
      }),
    },
  };
}

test('the index of packs, git and the index of packages are reached by the proxy, under the authority that is given', {
  timeout: SECONDS,
}, async () => {
  const { task, env } = byName();
  const report = await installed({ ...task, authorities: tls.authority }, env);
  expect({ report }).toMatchObject({ report: { step: 'Done', version: '1.2.3' } });
  expect(report.content?.environment).toBeDefined();
  const asked = new Set((proxy as Proxy).asked);
  expect(asked).toEqual(new Set([`${HOST}:${portOf(packages)}`, `${HOST}:${portOf(git)}`]));
});

test('without the authority none of the three is trusted', { timeout: SECONDS }, async () => {
  const { task, env } = byName();
  expect(await installed(task, env)).toMatchObject({
    step: 'Failed',
    message: expect.stringMatching(/^No results from the index: .*certificate/),
  });
  const url = `https://${HOST}:${portOf(git)}/hello/.git`;
  expect(await installed({ source: { git: { url } } }, env)).toMatchObject({
    failedStep: 'Fetch',
    message: expect.stringContaining('give its authority'),
  });
  const inline = { 'pack.yaml': PACK, 'requirements.txt': 'tiny\n' };
  expect(await installed({ source: { inline } }, env)).toMatchObject({
    failedStep: 'Build',
    message: expect.stringMatching(/certificate/i),
  });
});

test("an index of the company's own: its Secret has address, password and authority, and nobody sees the password", {
  timeout: SECONDS,
}, async () => {
  const inline = { 'pack.yaml': PACK, 'requirements.txt': 'tiny==1.0\n' };
  const run = (files: Readonly<Record<string, string>>) =>
    installed(
      { source: { inline } },
      { SQUALL_INDEX_SECRET: folderOf('index', { 'ca.crt': tls.authority, ...files }) },
    );
  const { url = '' } = packages ?? {};
  const forms = [
    { PIP_INDEX_URL: `${url.replace('://', '://robot:index-secret@')}/simple` },
    {
      UV_INDEX: `own=${url}/simple`,
      UV_INDEX_OWN_USERNAME: 'robot',
      UV_INDEX_OWN_PASSWORD: 'index-secret\n',
      UV_NO_INDEX: '',
    },
    { UV_DEFAULT_INDEX: `${url}/simple`, netrc: 'machine 127.0.0.1 login robot password index-secret\n' },
    { 'uv.toml': `[[index]]\nurl = "${url.replace('://', '://robot:index-secret@')}/simple"\ndefault = true\n` },
  ];
  for (const form of forms) {
    const report = await run(form);
    expect({ form, report }).toMatchObject({ report: { step: 'Done' } });
    expect(JSON.stringify(report)).not.toContain('index-secret');
  }
  const wrong = await run({ PIP_INDEX_URL: `${url.replace('://', '://robot:not-this-one@')}/simple` });
  expect(wrong).toMatchObject({ step: 'Failed', failedStep: 'Build' });
  expect(JSON.stringify(wrong)).not.toContain('not-this-one');
  expect(wrong.log).toContain('step 3 of 4');
});

test('an index of packs in a ConfigMap comes before the addresses, and one that is broken is passed over', {
  timeout: SECONDS,
}, async () => {
  const entry = (name: string) => ({ packs: { hello: { name: 'hello', repo_url: `${git?.url}/${name}/.git` } } });
  const report = await installed(
    {
      from: 'hello',
      indexTexts: [
        { place: 'ConfigMap default/squall-pack-index', text: '{' },
        { place: 'ConfigMap squall/squall-pack-index', text: JSON.stringify(entry('nobody')) },
      ],
      indexes: ['https://127.0.0.1:1/index.json'],
      authorities: tls.authority,
    },
    { SQUALL_GIT_SECRET: folderOf('git', { username: 'me', password: 'pass%word-of-git' }) },
  );
  expect(report).toMatchObject({
    step: 'Failed',
    failedStep: 'Fetch',
    message: expect.stringContaining('/nobody/.git'),
  });
  expect(report.log).toContain('index ConfigMap default/squall-pack-index: ');
  expect(report.log).not.toContain('127.0.0.1:1/');
});
