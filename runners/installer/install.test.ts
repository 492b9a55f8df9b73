// runners/installer/install.test.ts — the whole program against a played operator: every source, every outcome.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync, zstdDecompressSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Manifest } from '../../operator/api/install.ts';
import { makeCertificate, makeRepo, serveHttps } from './git-server.setup.ts';
import { type PlayedOperator, playOperator, runInstaller, taskOf, TOKEN } from './operator.setup.ts';
import { madeTar } from './tar-made.setup.ts';

const SECONDS = 60_000;
const top = mkdtempSync(join(tmpdir(), 'squall-install-test-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));
let operator: PlayedOperator;
beforeEach(async () => {
  operator = await playOperator();
});
afterEach(() => operator.close());

const FILES = {
  'pack.yaml':
    'ref: hello\nname: Hello\ndescription: Says hello\nversion: 1.2.3\nauthor: Jane\nemail: jane@example.org\n',
  'actions/hello.yaml': 'name: hello\nrunner_type: local-shell-script\nentry_point: hello.sh\ndescription: x\n',
  'actions/hello.sh': '#!/bin/sh\necho hello\n',
};

function writePack(folder: string, files: Readonly<Record<string, string>> = FILES): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Unpacks with the system's tar. */
function unpacked(digest: string | undefined): string {
  const folder = mkdtempSync(join(top, 'unpacked-'));
  const tar = zstdDecompressSync(operator.blobs.get(digest ?? '')!);
  execFileSync('tar', ['-xf', '-', '-C', folder], { input: tar });
  return folder;
}

const last = () => operator.reports.at(-1)!;

test('inline files: archive, manifest and reports', { timeout: SECONDS }, async () => {
  operator.task = taskOf({ source: { inline: FILES }, ref: 'hello' });
  const { code, log } = await runInstaller(operator, { top });
  expect({ code, log }).toMatchObject({
    code: 0,
    log: expect.stringMatching(/step 1 of 4[\s\S]*step 2 of 4[\s\S]*step 3 of 4[\s\S]*step 4 of 4[\s\S]*done/),
  });
  expect(log).not.toContain(TOKEN);
  expect(operator.reports.map(({ step }) => step)).toEqual(['Validate', 'Build', 'Done']);
  expect(last()).toMatchObject({ key: 'key-1', ref: 'hello', version: '1.2.3' });
  const { content } = last();
  expect(content?.environment).toBeUndefined();
  const folder = unpacked(content?.files);
  expect(readdirSync(join(folder, 'hello', 'actions'))).toEqual(['hello.sh', 'hello.yaml']);
  expect(execFileSync(join(folder, 'hello/actions/hello.sh'), { encoding: 'utf8' })).toBe('hello\n');
  const manifest = Manifest.parse(JSON.parse(operator.blobs.get(content!.manifest)!.toString()));
  expect(manifest).toMatchObject({
    ref: 'hello',
    counts: { actions: 1 },
    files: ['actions/hello.sh', 'actions/hello.yaml', 'pack.yaml'],
  });
});

test('the same content has the same digests, and is brought once', { timeout: SECONDS }, async () => {
  const volume = mkdtempSync(join(top, 'volume-'));
  const repo = makeRepo(join(volume, 'packs', 'repo'));
  writePack(repo.folder);
  chmodSync(join(repo.folder, 'actions/hello.sh'), 0o755);
  const commit = repo.commit('x');
  cpSync(repo.folder, join(volume, 'copy'), { recursive: true, filter: (path) => !path.endsWith('.git') });
  const tar = gzipSync(
    madeTar([
      { name: './top/', type: '5' },
      ...Object.entries(FILES).map(([name, content]) => ({ name: `./top/${name}`, content })),
    ]),
  );
  operator.blobs.set(digestOf(tar), tar);
  const sources = [
    { from: 'file:///packs/repo' },
    { from: `file://${volume}/packs/repo=main` },
    { source: { git: { url: 'file:///packs/repo', ref: commit.slice(0, 10) } } },
    { from: 'https://git.invalid/repo' },
    { from: 'file:///copy' },
    { source: { archive: digestOf(tar) } },
    { source: { inline: FILES } },
  ];
  const mirror = {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.file://${volume}/packs/.insteadOf`,
    GIT_CONFIG_VALUE_0: 'https://git.invalid/',
  };
  const digests = new Set<string | undefined>();
  for (const source of sources) {
    operator.task = taskOf(source);
    const { log } = await runInstaller(operator, { top, env: { SQUALL_VOLUME: volume, ...mirror } });
    expect({ log, report: last() }).toMatchObject({ report: { step: 'Done' } });
    digests.add(last().content?.files);
  }
  expect(digests.size).toBe(1);
  expect(operator.reports.filter(({ step }) => step === 'Done').map((report) => report.commit)).toEqual([
    commit,
    commit,
    commit,
    commit,
    undefined,
    undefined,
    undefined,
  ]);
  expect(operator.calls.filter((call) => call === `PUT /content/${[...digests][0]}`)).toHaveLength(1);
});

test('a name of an index, and its version', { timeout: SECONDS }, async () => {
  const volume = mkdtempSync(join(top, 'volume-'));
  const repo = makeRepo(join(volume, 'repo'));
  writePack(repo.folder);
  repo.commit('x');
  repo.git('tag', 'v1.2.3');
  operator.documents.set('/broken.json', { packs: [] });
  const index = { packs: { hello: { name: 'hello', repo_url: 'file:///repo', version: '1.2.3' } } };
  operator.documents.set('/index.json', index);
  const indexes = ['/broken.json', '/missing.json', '/index.json'].map((path) => `${operator.url}${path}`);
  const texts = [{ place: 'ConfigMap default/squall-pack-index', text: JSON.stringify(index) }];
  const run = async (from: string, given: object) => {
    operator.task = taskOf({ from, ...given });
    const { log } = await runInstaller(operator, { top, env: { SQUALL_VOLUME: volume } });
    return { ...last(), log };
  };
  for (const given of [{ indexes }, { indexTexts: texts }]) {
    expect(await run('hello', given)).toMatchObject({ step: 'Done', version: '1.2.3' });
    expect(await run('hello=1.2.3', given)).toMatchObject({ step: 'Done', version: '1.2.3' });
    expect(await run('hello=9.9.9', given)).toMatchObject({
      step: 'Failed',
      failedStep: 'Fetch',
      message: '"9.9.9" is not a valid version, hash, tag or branch in file:///repo. Available versions are: 1.2.3.',
    });
    expect(await run('hallo', given)).toMatchObject({
      failedStep: 'Fetch',
      message: 'No record of the "hallo" pack in the index. Did you mean "hello"?',
    });
  }
  expect((await run('hello', { indexes })).log).toContain('missing.json: HTTP 40');
  operator.task = taskOf({ from: 'hello', indexes: indexes.slice(0, 1) });
  await runInstaller(operator, { top });
  expect(last().message).toMatch(/^No results from the index: tried /);
});

test('an authority that the operator gives, and only with it', { timeout: SECONDS }, async () => {
  const root = mkdtempSync(join(top, 'served-'));
  const repo = makeRepo(join(root, 'pack'));
  writePack(repo.folder);
  repo.commit('x');
  const secret = mkdtempSync(join(top, 'secret-'));
  writeFileSync(join(secret, 'username'), 'me');
  writeFileSync(join(secret, 'password'), 'pw');
  const tls = makeCertificate();
  const server = await serveHttps(root, tls, 'me:pw');
  const run = async (given: object) => {
    const git = { url: `${server.url}/pack/.git`, secretRef: { name: 'login' } };
    operator.task = taskOf({ source: { git }, ...given });
    const { log } = await runInstaller(operator, { top, env: { SQUALL_GIT_SECRET: secret } });
    return { ...last(), log };
  };
  try {
    expect(await run({})).toMatchObject({ step: 'Failed', message: expect.stringContaining('give its authority') });
    expect(await run({ authorities: tls.cert })).toMatchObject({ step: 'Done', version: '1.2.3' });
    // Without a Secret of its own the Pack has that of the namespace, which says whom its password is for.
    const typed = { source: undefined, from: `${server.url}/pack/.git`, authorities: tls.cert };
    expect(await run(typed)).toMatchObject({
      step: 'Failed',
      message: expect.stringContaining('make the Secret squall-git of the namespace'),
      log: expect.stringContaining('warning: the Secret squall-git has a password and no hosts'),
    });
    writeFileSync(join(secret, 'hosts'), new URL(server.url).host);
    expect(await run(typed)).toMatchObject({ step: 'Done', version: '1.2.3' });
  } finally {
    await server.close();
  }
});

test('a pack in the image', { timeout: SECONDS }, async () => {
  const packs = mkdtempSync(join(top, 'packs-'));
  writePack(join(packs, 'hello'));
  operator.task = taskOf({ source: { image: 'registry.example.org/packs:1' } });
  await runInstaller(operator, { top, env: { SQUALL_PACKS: packs } });
  expect(last()).toMatchObject({ step: 'Done', ref: 'hello' });
  writePack(join(packs, 'other'), { ...FILES, 'pack.yaml': FILES['pack.yaml'].replace('ref: hello', 'ref: other') });
  await runInstaller(operator, { top, env: { SQUALL_PACKS: packs } });
  expect(last()).toMatchObject({
    failedStep: 'Fetch',
    message: expect.stringContaining('it has hello, other; name one in spec.ref'),
  });
  operator.task = taskOf({ source: { image: 'x' }, ref: 'other' });
  await runInstaller(operator, { top, env: { SQUALL_PACKS: packs } });
  expect(last()).toMatchObject({ step: 'Done', ref: 'other' });
});

describe('what is wrong is reported', () => {
  test('with all files at once', { timeout: SECONDS }, async () => {
    const inline = { ...FILES, 'actions/a.yaml': 'name: a\nrunner_type: nothing\n', 'actions/b.yaml': 'name: [b\n' };
    operator.task = taskOf({ source: { inline } });
    const { code } = await runInstaller(operator, { top });
    expect(code).toBe(0);
    expect(last()).toMatchObject({
      step: 'Failed',
      failedStep: 'Validate',
      key: 'key-1',
      message: '2 things are wrong with the pack',
    });
    expect(last().findings?.map(({ file }) => file)).toEqual(
      expect.arrayContaining(['actions/a.yaml', 'actions/b.yaml']),
    );
    expect(operator.blobs.size).toBe(0);
  });

  test.each([
    [
      'another name',
      { ref: 'other' },
      FILES,
      'Validate',
      /^pack\.yaml says that this is pack "hello", and the Pack asks for "other"; name the Pack hello or set spec\.ref$/,
    ],
    [
      'another StackStorm',
      {},
      { ...FILES, 'pack.yaml': `${FILES['pack.yaml']}stackstorm_version: ">=99.0.0"\n` },
      'Validate',
      /^Pack "Hello" requires StackStorm ">=99\.0\.0", but current version is/,
    ],
    [
      'Python 2',
      {},
      { ...FILES, 'pack.yaml': `${FILES['pack.yaml']}python_versions: ["2"]\n` },
      'Validate',
      /^Pack "Hello" requires Python 2\.x/,
    ],
    ['a file out of the pack', {}, { ...FILES, '../x': '' }, 'Fetch', /^A file of the pack is refused$/],
  ] as const)('%s', { timeout: SECONDS }, async (_what, fields, inline, failedStep, message) => {
    operator.task = taskOf({ ...fields, source: { inline } });
    expect((await runInstaller(operator, { top })).code).toBe(0);
    expect(last()).toMatchObject({ step: 'Failed', failedStep, message: expect.stringMatching(message) });
  });

  test('another Python than the image has, as its interpreter says', { timeout: SECONDS }, async () => {
    const base = mkdtempSync(join(top, 'base-'));
    mkdirSync(join(base, 'bin'));
    writeFileSync(join(base, 'bin', 'python'), '#!/bin/sh\necho 2.7\n', { mode: 0o755 });
    const asking = (version: string) => ({
      ...FILES,
      'pack.yaml': `${FILES['pack.yaml']}python_versions: ["${version}"]\n`,
    });
    for (const [version, report] of [
      ['2', { step: 'Done' }],
      [
        '3',
        { failedStep: 'Validate', message: expect.stringMatching(/requires Python 3\.x, but current .* is "2\.7"/) },
      ],
    ] as const) {
      operator.task = taskOf({ source: { inline: asking(version) } });
      await runInstaller(operator, { top, env: { SQUALL_BASE_ENVIRONMENT: base } });
      expect(last()).toMatchObject(report);
    }
    writeFileSync(join(base, 'bin', 'python'), '#!/nowhere/python\n', { mode: 0o755 });
    await runInstaller(operator, { top, env: { SQUALL_BASE_ENVIRONMENT: base } });
    expect(last()).toMatchObject({
      failedStep: 'Validate',
      message: expect.stringMatching(/does not run.*FROM runner-/),
    });
  });

  test('but not with force', { timeout: SECONDS }, async () => {
    const inline = { ...FILES, 'pack.yaml': `${FILES['pack.yaml']}stackstorm_version: ">=99.0.0"\n` };
    operator.task = taskOf({ force: true, source: { inline } });
    await runInstaller(operator, { top });
    expect(last().step).toBe('Done');
  });

  test('a folder that is not in the volume, or leads out of it', { timeout: SECONDS }, async () => {
    const volume = mkdtempSync(join(top, 'volume-'));
    symlinkSync('/etc', join(volume, 'out'));
    for (const [from, message] of [
      ['file:///nowhere', /^Local pack directory "\/nowhere" doesn't exist/],
      ['file:///out', /is a link out of its volume/],
      ['file:///../../etc', /doesn't exist/],
    ] as const) {
      operator.task = taskOf({ from });
      await runInstaller(operator, { top, env: { SQUALL_VOLUME: volume } });
      expect(last()).toMatchObject({ failedStep: 'Fetch', message: expect.stringMatching(message) });
    }
  });

  test('a path in a folder of the volume that is not there, or leads out of it', { timeout: SECONDS }, async () => {
    const volume = mkdtempSync(join(top, 'volume-'));
    writePack(join(volume, 'packs/hello'));
    writePack(mkdtempSync(join(top, 'other-')));
    symlinkSync(top, join(volume, 'packs/out'));
    for (const [path, report] of [
      ['hello', { step: 'Done' }],
      ['/hello/.', { step: 'Done' }],
      ['nowhere', { message: 'There is no folder nowhere in file:///packs: correct spec.source.git.path' }],
      ['hello/pack.yaml', { message: expect.stringMatching(/^There is no folder hello\/pack\.yaml in/) }],
      [`../../${basename(top)}`, { message: expect.stringMatching(/correct spec\.source\.git\.path$/) }],
      ['out', { message: expect.stringMatching(/correct spec\.source\.git\.path$/) }],
    ] as const) {
      operator.task = taskOf({ source: { git: { url: 'file:///packs', path, claimName: 'packs' } } });
      await runInstaller(operator, { top, env: { SQUALL_VOLUME: volume } });
      expect(last(), path).toMatchObject(report);
    }
  });

  test('an archive that is not in the store, or has other bytes', { timeout: SECONDS }, async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    operator.task = taskOf({ source: { archive: digest } });
    await runInstaller(operator, { top });
    expect(last()).toMatchObject({
      failedStep: 'Fetch',
      message: `${digest} is not in the pack store: upload the archive again`,
    });
    operator.blobs.set(digest, Buffer.from('other'));
    await runInstaller(operator, { top });
    expect(last().message).toMatch(/has the digest sha256:.* in the pack store/);
  });
});

describe('an operator', () => {
  beforeEach(() => {
    operator.task = taskOf({ source: { inline: FILES } });
  });

  test('that is busy is asked again', { timeout: SECONDS }, async () => {
    for (const call of ['GET /install', 'POST /install', 'HEAD /content', 'PUT /content'])
      operator.statuses.set(call, [503, 401, 429]);
    const { code } = await runInstaller(operator, { top });
    expect(code).toBe(0);
    expect(last().step).toBe('Done');
    expect(operator.blobs.size).toBe(2);
  });

  test.each([
    ['has another installation', 'GET /install', 409, 0],
    ['has another installation meanwhile', 'POST /install', 409, 0],
    ['does not know the pod', 'GET /install', 403, 77],
    ['does not take reports', 'POST /install', 400, 77],
  ])('that %s: %s is answered %i', { timeout: SECONDS }, async (_what, call, status, code) => {
    operator.statuses.set(call, [status]);
    expect((await runInstaller(operator, { top })).code).toBe(code);
    expect(operator.reports).toEqual([]);
  });

  test('whose store is full', { timeout: SECONDS }, async () => {
    operator.statuses.set('PUT /content', [413]);
    expect((await runInstaller(operator, { top })).code).toBe(0);
    expect(last()).toMatchObject({
      step: 'Failed',
      failedStep: 'Build',
      message: expect.stringContaining('The pack store does not take it'),
    });
  });
});

/** A process that nobody has waited for yet is no running one. */
const isRunning = (pid: string): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

test('TERM ends the programs too, and nothing is reported', { timeout: SECONDS }, async () => {
  const bin = mkdtempSync(join(top, 'bin-'));
  const child = join(bin, 'child');
  writeFileSync(join(bin, 'git'), `#!/bin/sh\nsleep 300 &\necho $! > ${child}\nwait\n`, { mode: 0o755 });
  operator.task = taskOf({ from: 'https://127.0.0.1:1/x/y' });
  const { code } = await runInstaller(operator, {
    top,
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    when: {
      text: 'step 1 of 4',
      act(pid) {
        const timer = setInterval(() => {
          if (!existsSync(child) || readFileSync(child, 'utf8') === '') return;
          clearInterval(timer);
          process.kill(pid, 'SIGTERM');
        }, 20);
      },
    },
  });
  expect(code).toBe(75);
  expect(operator.reports).toEqual([]);
  expect(isRunning(readFileSync(child, 'utf8').trim())).toBe(false);
});

test('without addresses it says which', { timeout: SECONDS }, async () => {
  const { code, log } = await runInstaller(operator, { top, env: { SQUALL_CONTENT_URL: 'http://x' } });
  expect({ code, log }).toEqual({ code: 64, log: 'SQUALL_CONTENT_URL must be https://…\n' });
});
