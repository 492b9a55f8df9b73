// cli/pack-source.test.ts — every way to say where a pack comes from → the Pack that is asked for, and what is sent.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { packWanted, type SourceOptions } from './pack-source.ts';
import { folderWith, namesIn, session } from './pack-upload.setup.ts';

const yaml = (ref: string) => `ref: ${ref}\nname: Some pack\n`;
const ENV = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };

/** A git tree: version 1.0.0 is `first_one`, the branch dev `other`, main `big_shop`, and there is more that is not committed. */
function tree(): string {
  const folder = folderWith({ 'pack.yaml': yaml('first_one'), 'sub/pack.yaml': yaml('inner') });
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', folder, ...words], { env: { ...process.env, ...ENV }, stdio: 'pipe' });
  const commit = (ref: string) => {
    writeFileSync(join(folder, 'pack.yaml'), yaml(ref));
    git('add', '--all');
    git('commit', '-qm', 'x');
  };
  git('init', '-qb', 'main');
  commit('first_one');
  git('tag', 'v1.0.0');
  git('checkout', '-qb', 'dev');
  writeFileSync(join(folder, 'of-dev'), '');
  commit('other');
  git('checkout', '-q', 'main');
  commit('big_shop');
  writeFileSync(join(folder, 'pack.yaml'), yaml('not_committed'));
  writeFileSync(join(folder, 'not-committed'), '');
  return folder;
}

async function wanted(source: string, options: SourceOptions = {}, name?: string) {
  const { session: open, given } = await session();
  return { ...(await packWanted(open, source, options, name)), given };
}

test.each<[string, SourceOptions, string, object]>([
  ['csv=1.0', {}, 'csv', { from: 'csv=1.0' }],
  ['Ann/stackstorm-my_pack', {}, 'my-pack', { from: 'Ann/stackstorm-my_pack' }],
  [
    'Ann/shop=v2',
    { secret: 'login' },
    'shop',
    { source: { git: { url: 'https://github.com/Ann/shop', ref: 'v2', secretRef: { name: 'login' } } } },
  ],
  [
    'git@host:x/all.git',
    { secret: 'login', path: 'packs/till' },
    'till',
    { source: { git: { url: 'git@host:x/all.git', path: 'packs/till', secretRef: { name: 'login' } } } },
  ],
])('%s with %j is Pack %s', async (source, options, name, spec) => {
  expect(await wanted(source, options)).toEqual({ name, spec, given: [] });
});

test('a git tree is called as its committed pack.yaml says, and brings what is committed, of the ref that is named', async () => {
  const folder = tree();
  const head = await wanted(`file://${folder}`);
  expect([head.name, namesIn(head.given[0])]).toEqual(['big-shop', ['pack.yaml', 'sub/pack.yaml']]);
  const dev = await wanted(`${folder}=dev`);
  expect([dev.name, namesIn(dev.given[0])]).toEqual(['other', ['of-dev', 'pack.yaml', 'sub/pack.yaml']]);
  expect((await wanted(`file://${folder}=1.0.0`)).name).toBe('first-one');
  const inner = await wanted(folder, { path: 'sub' });
  expect([inner.name, namesIn(inner.given[0])]).toEqual(['inner', ['pack.yaml']]);
  expect((await wanted(folder, {}, 'mine')).name).toBe('mine');
  await expect(wanted(`file://${folder}=9.9.9`)).rejects.toThrow(
    `"9.9.9" is not a valid version, hash, tag or branch in ${folder}. Available versions are: 1.0.0.`,
  );
  await expect(wanted(`${folder}=--output=/tmp/x`)).rejects.toThrow('is not a valid version');
  await expect(wanted(folder, { path: 'nowhere' })).rejects.toThrow(`pack directory "${folder}/nowhere" doesn't exist`);
  await expect(wanted(folder, { secret: 'x' })).rejects.toThrow('--secret: ');
});

test('a folder that is no git tree is brought as it is, and has no refs; one with = in its name is one', async () => {
  const folder = join(folderWith({}), 'a=b');
  mkdirSync(folder);
  writeFileSync(join(folder, 'pack.yaml'), yaml('plain'));
  const { name, given } = await wanted(folder);
  expect([name, namesIn(given[0])]).toEqual(['plain', ['./pack.yaml']]);
  await expect(wanted(`${folder}=main`)).rejects.toThrow(`pack directory "${folder.slice(0, -2)}" doesn't exist`);
  const plain = folderWith({ 'pack.yaml': yaml('plain') });
  await expect(wanted(`${plain}=main`)).rejects.toThrow('the folder is no git tree with commits; leave =main out');
});

test('of a git tree whose commits cannot be read nothing is brought, and it is told why', async () => {
  const folder = folderWith({ 'pack.yaml': yaml('plain') });
  execFileSync('git', ['init', '-qb', 'main', folder]);
  const remedy = `commit the pack, or bring the folder as it is: squall pack register ${folder}`;
  await expect(wanted(folder)).rejects.toThrow(
    `${folder}: git cannot read its last commit: Needed a single revision; ${remedy}`,
  );
  const { PATH } = process.env;
  process.env['PATH'] = '/nowhere';
  try {
    await expect(wanted(folder)).rejects.toThrow(
      `${folder}: git cannot read its last commit: git is not there, install it; ${remedy}`,
    );
  } finally {
    process.env['PATH'] = PATH;
  }
});

test('archives are sent as they are', async () => {
  const tar = spawnSync('tar', ['-C', folderWith({ 'pack.yaml': yaml('shop') }), '-cf', '-', '.']).stdout;
  const folder = folderWith({});
  for (const [file, bytes] of [
    ['stackstorm-shop-1.2.0.tar', tar],
    ['shop.tar.gz', gzipSync(tar)],
    ['SHOP-v2.TGZ', gzipSync(tar)],
    ['shop.tar.zst', Buffer.from('as it is')],
  ] as const) {
    writeFileSync(join(folder, file), bytes);
    const { name, spec, given } = await wanted(join(folder, file));
    const archive = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    expect({ name, spec, given }).toEqual({ name: 'shop', spec: { source: { archive } }, given: [bytes] });
  }
  const large = join(folder, 'large.tar');
  writeFileSync(large, '');
  truncateSync(large, 201 * 1024 * 1024);
  await expect(wanted(large)).rejects.toThrow(`${large}: it has more than 200 MiB`);
  await expect(wanted(`${large}=main`)).rejects.toThrow('it is a file; name the folder of a pack, or an archive');
  await expect(wanted(large, { path: 'x' })).rejects.toThrow('--path: ');
});

test('what cannot be is told with the remedy', async () => {
  const folder = folderWith({ 'pack.zip': '' });
  await expect(wanted(join(folder, 'pack.zip'))).rejects.toThrow('an archive of one: .tar, .tar.gz, .tgz or .tar.zst');
  await expect(wanted(join(folder, 'no'))).rejects.toThrow(`Local pack directory "${folder}/no" doesn't exist`);
  await expect(wanted('csv', { secret: 'x' })).rejects.toThrow('make the Secret squall-git of the namespace');
  await expect(wanted('ftp://host/x')).rejects.toThrow('not fetched by ftp');
});
