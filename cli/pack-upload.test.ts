// cli/pack-upload.test.ts — a folder of an author → the archive that the operator is given.
import { execFileSync, spawnSync } from 'node:child_process';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { uploadFolder } from './pack-upload.ts';
import { folderWith, namesIn, session } from './pack-upload.setup.ts';

const FILES = { 'pack.yaml': '', '.git/HEAD': '', 'lib/__pycache__/a.pyc': '', 'node_modules/ms/index.js': '' };

test('what git, Python and npm have made there stays where it is; packages without package.json belong to the pack', async () => {
  const { session: open, given } = await session();
  const digest = await uploadFolder(open, folderWith({ ...FILES, 'package.json': '{}' }));
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(namesIn(given[0])).toEqual(['./pack.yaml', './package.json'].toSorted());
  await uploadFolder(open, folderWith(FILES));
  expect(namesIn(given[1])).toEqual(['./node_modules/ms/index.js', './pack.yaml']);
});

test('a commit is brought byte for byte, whatever attributes and settings of git say, in a folder of the tree too', async () => {
  const files = {
    '.gitattributes': 'tests export-ignore\nversion export-subst\n*.sh text\n',
    'tests/test_a.py': 'a\n',
    version: '$Format:%H$\n',
    'run.sh': 'a\nb\n',
  };
  const folder = folderWith({
    ...files,
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`in/side/${path}`, text])),
  });
  const git = (...words: string[]) => execFileSync('git', ['-C', folder, ...words], { encoding: 'utf8' }).trim();
  git('init', '-qb', 'main');
  git('config', 'core.autocrlf', 'true');
  git('add', '--all');
  git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-qm', 'x');
  const { session: open, given } = await session();
  const commit = git('rev-parse', 'HEAD');
  await uploadFolder(open, folder, commit);
  await uploadFolder(open, join(folder, 'in/side'), commit);
  const names = Object.keys(files).toSorted();
  expect(namesIn(given[0])).toEqual([...names, ...names.map((name) => `in/side/${name}`)].toSorted());
  expect(namesIn(given[1])).toEqual(names);
  for (const archive of given)
    expect(spawnSync('tar', ['-xzOf', '-', 'version', 'run.sh'], { input: archive, encoding: 'utf8' }).stdout).toBe(
      'a\nb\n$Format:%H$\n',
    );
});

test('a folder that is too large is told before it is sent', async () => {
  const { session: open, given } = await session();
  const folder = folderWith({ 'pack.yaml': '', data: '' });
  truncateSync(join(folder, 'data'), 201 * 1024 * 1024);
  await expect(uploadFolder(open, folder)).rejects.toThrow(
    `${folder}: it cannot be packed: it has more than 200 MiB; take out what is no part of the pack`,
  );
  expect(given).toEqual([]);
});
