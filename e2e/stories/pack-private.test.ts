// e2e/stories/pack-private.test.ts — packs of a private repository over ssh: a Secret that the Pack names, the namespace's, the CLI's; archives.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply, eventually, kubectl, ours, stage } from '../harness.ts';
import { squallIn } from '../squall.ts';
import { machines } from '../sshd/machine.ts';
import { conditionOf, packsIn, shop } from './pack-shop.ts';
import { reached } from './reached.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('pack-private');
const { name: outside } = scratchNamespace('git-server', { 'pod-security.kubernetes.io/enforce': 'baseline' });
const { packNamed, settled, result } = packsIn(namespace);
const home = mkdtempSync(join(tmpdir(), 'squall-private-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const FOLDER = '/srv/stackstorm-things';
/** Commands that make a repository which is called otherwise than its pack. */
const repository = [
  `mkdir -p ${FOLDER}`,
  `cd ${FOLDER}`,
  'git init -q -b main',
  ...Object.entries(shop('1.1.0')).flatMap(([path, text]) => [
    `mkdir -p '${dirname(path)}'`,
    `echo ${Buffer.from(text).toString('base64')} | base64 -d > '${path}'`,
  ]),
  'git add -A',
  'git -c user.name=Ann -c user.email=ann@example.org commit -q -m x',
  'git tag v1.1.0',
  `chown -R stanley ${FOLDER}`,
].join('\n');
const server = machines({ namespace: outside, names: ['git'], image: stage.images.sshd, before: repository });
const host = `git.${outside}.svc`;
const url = `ssh://stanley@${host}${FOLDER}`;

const secretNamed = (name: string, more: Readonly<Record<string, string>> = {}): object => ({
  ...server.secret(namespace, [host], more),
  metadata: { namespace, name },
});
const squall = squallIn(namespace);
const remove = (name: string) => kubectl(['-n', namespace, 'delete', 'pack', name, '--wait=true']);

beforeAll(async () => {
  await apply(...server.objects, secretNamed('deploy-key'));
  await kubectl(['-n', outside, 'wait', '--for=condition=Ready', '--timeout=90s', 'pod/git']);
  await reached(outside, `${host}:22`);
});

test('with the key of the Secret that the Pack names', async () => {
  const git = { url, ref: '1.1.0', secretRef: { name: 'deploy-key' } };
  await apply(ours('Pack', namespace, 'shop', { source: { git } }));
  const pack = await settled('shop');
  expect(conditionOf(pack, 'Ready')).toMatchObject({ status: 'True', message: 'Version 1.1.0 is installed.' });
  expect((await result('shop.hello_all', { name: 'Ann' })).result).toMatchObject({ result: { said: 'Hello Ann!' } });
  await remove('shop');
});

test('without a Secret it is refused; the one of the namespace opens it, for the hosts that it names', async () => {
  const install = async (reinstall: string) => {
    await apply(ours('Pack', namespace, 'shop', { from: url, reinstall }));
    return await settled('shop', ({ spec }) => spec.reinstall === reinstall);
  };
  const refused = await install('1');
  expect(conditionOf(refused, 'Fetched')?.message).toContain('make the Secret squall-git of the namespace');
  await apply(secretNamed('squall-git', { hosts: 'git.example.org' }));
  expect(conditionOf(await install('2'), 'Fetched')?.message).toContain('Permission denied');
  await apply(secretNamed('squall-git', { hosts: `git.example.org, ${host}` }));
  const pack = await install('3');
  expect(conditionOf(pack, 'Ready')).toMatchObject({ status: 'True', message: 'Version 1.1.0 is installed.' });
  await remove('shop');
  await kubectl(['-n', namespace, 'delete', 'secret', 'squall-git']);
});

test('by the command line, under the name that its pack.yaml has; then an archive of another version', async () => {
  const installed = await squall('pack', 'install', `${url}=main`, '--secret', 'deploy-key');
  expect(installed).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Pack shop: version 1\.1\.0 is installed/),
    stderr: expect.stringContaining('Pack things: its pack.yaml says "shop", so it is installed as Pack shop\n'),
  });
  await eventually('the other one is gone', async () => {
    const names = await kubectl(['-n', namespace, 'get', 'packs', '-o', 'name']);
    return names.trim() === 'pack.squall.dev/shop';
  });
  expect((await packNamed('shop')).spec.source?.git).toMatchObject({ secretRef: { name: 'deploy-key' } });

  for (const [path, text] of Object.entries(shop('1.2.0'))) {
    mkdirSync(dirname(join(home, 'shop', path)), { recursive: true });
    writeFileSync(join(home, 'shop', path), text);
  }
  const archive = join(home, 'shop-1.2.0.tar.gz');
  execFileSync('tar', ['-C', home, '-czf', archive, 'shop']);
  const upgraded = await squall('pack', 'install', archive);
  expect(upgraded.stderr).not.toContain('failed');
  expect(upgraded).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Pack shop: version 1\.2\.0 is installed/),
  });
  expect((await packNamed('shop')).spec.source).not.toHaveProperty('git');
});

test('a folder of some machine is refused at once, with the ways that there are', async () => {
  await apply(ours('Pack', namespace, 'folder', { from: 'file:///srv/shop' }));
  const pack = await settled('folder');
  expect(conditionOf(pack, 'Ready')).toMatchObject({ status: 'False', reason: 'FetchFailed' });
  expect(conditionOf(pack, 'Fetched')?.message).toMatch(/claimName.*squall pack install file:\/\/\/srv\/shop$/);
  expect(await kubectl(['-n', namespace, 'get', 'jobs', '-l', 'squall.dev/install=folder', '-o', 'name'])).toBe('');
});
