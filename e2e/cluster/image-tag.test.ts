// e2e/cluster/image-tag.test.ts — An image is built again exactly when something that goes into it has changed.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { copiedSources, parseIgnore, tagFor } from './image-tag.ts';

const dockerfile = `# COPY not-this /
FROM node:24-bookworm-slim AS build
COPY --chown=1:1 --link dist/a.js src /app/
COPY \\
  lib/*.txt \\
  /app/
COPY ["with space.txt", "/app/"]
COPY --from=build /app /app
ADD https://example.com/x /x
RUN echo COPY nothing here
`;

const files: Readonly<Record<string, string>> = {
  Dockerfile: dockerfile,
  'dist/a.js': 'a',
  'src/one.ts': '1',
  'src/deep/two.ts': '2',
  'lib/l.txt': 'l',
  'with space.txt': 's',
  'unrelated.md': 'u',
};

const made: string[] = [];
function tree(changes: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'squall-tag-'));
  made.push(root);
  for (const [name, text] of Object.entries({ ...files, ...changes })) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}
afterAll(() => {
  for (const root of made) rmSync(root, { recursive: true });
});

const tag = tagFor(tree(), 'Dockerfile');

test('what is copied from the context is found, in every way of writing it', () => {
  expect(copiedSources(dockerfile)).toEqual(['dist/a.js', 'src', 'lib/*.txt', 'with space.txt']);
});

test('the same content has the same tag anywhere, of 16 hex digits', () => {
  expect(tag).toMatch(/^[0-9a-f]{16}$/);
  expect(tagFor(tree(), 'Dockerfile')).toBe(tag);
  expect(tagFor(tree({ 'unrelated.md': 'other', 'node_modules/x.js': 'x' }), 'Dockerfile')).toBe(tag);
});

test.each([
  ['the Dockerfile', { Dockerfile: `${dockerfile}USER 1\n` }],
  ['a file that is copied by name', { 'dist/a.js': 'b' }],
  ['a file deep in a folder', { 'src/deep/two.ts': '3' }],
  ['a new file that a pattern takes', { 'lib/m.txt': '' }],
  ['a name with a space', { 'with space.txt': 't' }],
])('%s changes the tag', (_, changes: Readonly<Record<string, string>>) => {
  expect(tagFor(tree(changes), 'Dockerfile')).not.toBe(tag);
});

test('so do the right to execute and the way the base image is made', () => {
  const root = tree();
  expect(tagFor(root, 'Dockerfile', 'recipe 2')).not.toBe(tag);
  chmodSync(join(root, 'src/one.ts'), 0o755);
  expect(tagFor(root, 'Dockerfile')).not.toBe(tag);
});

test('a moved boundary between two files changes the tag', () => {
  const a = tagFor(tree({ 'src/x': 'ab', 'src/y': 'c' }), 'Dockerfile');
  expect(tagFor(tree({ 'src/x': 'a', 'src/y': 'bc' }), 'Dockerfile')).not.toBe(a);
});

test('a file that is not there is named', () => {
  expect(() => tagFor(tree({ Dockerfile: 'FROM x\nCOPY dist/z.js /\n' }), 'Dockerfile')).toThrow('COPY dist/z.js');
});

test('what .dockerignore leaves out does not count, and ! takes it back in', () => {
  const ignored = parseIgnore('# tests\n**/*.test.ts\n/src/deep/\n!src/deep/two.ts\n');
  expect(['src/a.test.ts', 'src/deep/three.ts', 'src/deep/two.ts', 'src/one.ts'].map(ignored)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(tagFor(tree({ '.dockerignore': '*.md\nsrc/gone\n', 'src/gone': 'g' }), 'Dockerfile')).toBe(tag);
});
