// runners/installer/install-sources.test.ts — every source that a pack may come from, and what is said of one that is not there.
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { makeCertificate, makeRepo, serveHttps } from './git-server.setup.ts';
import { FILES, installing, SECONDS, writePack } from './install.setup.ts';
import { taskOf } from './operator.setup.ts';
import { madeTar } from './tar-made.setup.ts';

const job = installing();

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

test('the same content has the same digests, and is brought once', { timeout: SECONDS }, async () => {
  const volume = mkdtempSync(join(job.top, 'volume-'));
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
  job.operator.blobs.set(digestOf(tar), tar);
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
    job.operator.task = taskOf(source);
    const { log } = await job.install({ env: { SQUALL_VOLUME: volume, ...mirror } });
    expect({ log, report: job.last() }).toMatchObject({ report: { step: 'Done' } });
    digests.add(job.last().content?.files);
  }
  expect(digests.size).toBe(1);
  expect(job.operator.reports.filter(({ step }) => step === 'Done').map((report) => report.commit)).toEqual([
    commit,
    commit,
    commit,
    commit,
    undefined,
    undefined,
    undefined,
  ]);
  expect(job.operator.calls.filter((call) => call === `PUT /content/${[...digests][0]}`)).toHaveLength(1);
});

test('a name of an index, and its version', { timeout: SECONDS }, async () => {
  const volume = mkdtempSync(join(job.top, 'volume-'));
  const repo = makeRepo(join(volume, 'repo'));
  writePack(repo.folder);
  repo.commit('x');
  repo.git('tag', 'v1.2.3');
  job.operator.documents.set('/broken.json', { packs: [] });
  const index = { packs: { hello: { name: 'hello', repo_url: 'file:///repo', version: '1.2.3' } } };
  job.operator.documents.set('/index.json', index);
  const indexes = ['/broken.json', '/missing.json', '/index.json'].map((path) => `${job.operator.url}${path}`);
  const texts = [{ place: 'ConfigMap default/squall-pack-index', text: JSON.stringify(index) }];
  const run = async (from: string, given: object) => {
    job.operator.task = taskOf({ from, ...given });
    const { log } = await job.install({ env: { SQUALL_VOLUME: volume } });
    return { ...job.last(), log };
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
  job.operator.task = taskOf({ from: 'hello', indexes: indexes.slice(0, 1) });
  await job.install();
  expect(job.last().message).toMatch(/^No results from the index: tried /);
});

test('an authority that the operator gives, and only with it', { timeout: SECONDS }, async () => {
  const root = mkdtempSync(join(job.top, 'served-'));
  const repo = makeRepo(join(root, 'pack'));
  writePack(repo.folder);
  repo.commit('x');
  const secret = mkdtempSync(join(job.top, 'secret-'));
  writeFileSync(join(secret, 'username'), 'me');
  writeFileSync(join(secret, 'password'), 'pw');
  const tls = makeCertificate();
  const server = await serveHttps(root, tls, 'me:pw');
  const run = async (given: object) => {
    const git = { url: `${server.url}/pack/.git`, secretRef: { name: 'login' } };
    job.operator.task = taskOf({ source: { git }, ...given });
    const { log } = await job.install({ env: { SQUALL_GIT_SECRET: secret } });
    return { ...job.last(), log };
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
  const packs = mkdtempSync(join(job.top, 'packs-'));
  writePack(join(packs, 'hello'));
  job.operator.task = taskOf({ source: { image: 'registry.example.org/packs:1' } });
  await job.install({ env: { SQUALL_PACKS: packs } });
  expect(job.last()).toMatchObject({ step: 'Done', ref: 'hello' });
  writePack(join(packs, 'other'), { ...FILES, 'pack.yaml': FILES['pack.yaml'].replace('ref: hello', 'ref: other') });
  await job.install({ env: { SQUALL_PACKS: packs } });
  expect(job.last()).toMatchObject({
    failedStep: 'Fetch',
    message: expect.stringContaining('it has hello, other; name one in spec.ref'),
  });
  job.operator.task = taskOf({ source: { image: 'x' }, ref: 'other' });
  await job.install({ env: { SQUALL_PACKS: packs } });
  expect(job.last()).toMatchObject({ step: 'Done', ref: 'other' });
});

describe('what is wrong is reported', () => {
  test('a folder that is not in the volume, or leads out of it', { timeout: SECONDS }, async () => {
    const volume = mkdtempSync(join(job.top, 'volume-'));
    symlinkSync('/etc', join(volume, 'out'));
    for (const [from, message] of [
      ['file:///nowhere', /^Local pack directory "\/nowhere" doesn't exist/],
      ['file:///out', /is a link out of its volume/],
      ['file:///../../etc', /doesn't exist/],
    ] as const) {
      job.operator.task = taskOf({ from });
      await job.install({ env: { SQUALL_VOLUME: volume } });
      expect(job.last()).toMatchObject({ failedStep: 'Fetch', message: expect.stringMatching(message) });
    }
  });

  test('a path in a folder of the volume that is not there, or leads out of it', { timeout: SECONDS }, async () => {
    const volume = mkdtempSync(join(job.top, 'volume-'));
    writePack(join(volume, 'packs/hello'));
    writePack(mkdtempSync(join(job.top, 'other-')));
    symlinkSync(job.top, join(volume, 'packs/out'));
    for (const [path, report] of [
      ['hello', { step: 'Done' }],
      ['/hello/.', { step: 'Done' }],
      ['nowhere', { message: 'There is no folder nowhere in file:///packs: correct spec.source.git.path' }],
      ['hello/pack.yaml', { message: expect.stringMatching(/^There is no folder hello\/pack\.yaml in/) }],
      [`../../${basename(job.top)}`, { message: expect.stringMatching(/correct spec\.source\.git\.path$/) }],
      ['out', { message: expect.stringMatching(/correct spec\.source\.git\.path$/) }],
    ] as const) {
      job.operator.task = taskOf({ source: { git: { url: 'file:///packs', path, claimName: 'packs' } } });
      await job.install({ env: { SQUALL_VOLUME: volume } });
      expect(job.last(), path).toMatchObject(report);
    }
  });

  test('an archive that is not in the store, or has other bytes', { timeout: SECONDS }, async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    job.operator.task = taskOf({ source: { archive: digest } });
    await job.install();
    expect(job.last()).toMatchObject({
      failedStep: 'Fetch',
      message: `${digest} is not in the pack store: upload the archive again`,
    });
    job.operator.blobs.set(digest, Buffer.from('other'));
    await job.install();
    expect(job.last().message).toMatch(/has the digest sha256:.* in the pack store/);
  });
});
