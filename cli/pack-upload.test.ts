// cli/pack-upload.test.ts — a folder of an author → the archive that the operator is given.
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

test('a folder that is too large is told before it is sent', async () => {
  const { session: open, given } = await session();
  const folder = folderWith({ 'pack.yaml': '', data: '' });
  truncateSync(join(folder, 'data'), 201 * 1024 * 1024);
  await expect(uploadFolder(open, folder)).rejects.toThrow(
    `${folder}: it cannot be packed: it has more than 200 MiB; take out what is no part of the pack`,
  );
  expect(given).toEqual([]);
});
