// e2e/cluster/image-tag.ts — Dockerfile and the files that it copies → a tag that changes exactly when one of them does.
import { createHash } from 'node:crypto';
import { existsSync, globSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join, matchesGlob, relative } from 'node:path';

/** A tag of 16 hex digits for the image that `dockerfile` makes of `root`; `also` is anything else that the image depends on. */
export function tagFor(root: string, dockerfile: string, also = ''): string {
  const text = readFileSync(join(root, dockerfile), 'utf8');
  const ignoreFile = join(root, '.dockerignore');
  const ignored = existsSync(ignoreFile) ? parseIgnore(readFileSync(ignoreFile, 'utf8')) : () => false;
  const hash = createHash('sha256').update(also).update(text);
  const files = copiedSources(text).flatMap((source) => expand(root, source));
  for (const file of [...new Set(files)].filter((path) => !ignored(path)).toSorted()) {
    const { mode } = statSync(join(root, file));
    hash.update(`\0${file}\0${mode & 0o111 ? 'x' : '-'}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** What COPY and ADD take from the build's context: paths and patterns; not what comes from another stage or a URL. */
export function copiedSources(dockerfile: string): string[] {
  const lines = dockerfile
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\\n/g, ' ')
    .split('\n');
  return lines.flatMap((line) => {
    const rest = /^\s*(?:COPY|ADD)\s+(.*)$/i.exec(line)?.[1]?.trim();
    if (rest === undefined || /(?:^|\s)--from=/.test(rest)) return [];
    const words = rest.replace(/^(?:--\S+\s+)+/, '');
    const list = words.startsWith('[') ? (JSON.parse(words) as string[]) : words.split(/\s+/);
    return list.slice(0, -1).filter((source) => !/^https?:/.test(source));
  });
}

/** The test of a .dockerignore: the last line that matches a path or a folder above it decides; `!` takes it back in. */
export function parseIgnore(text: string): (path: string) => boolean {
  const lines = text.split('\n').map((line) => line.trim());
  const rules = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const isKept = line.startsWith('!');
      return {
        isKept,
        pattern: line
          .slice(isKept ? 1 : 0)
          .replace(/^\.?\//, '')
          .replace(/\/$/, ''),
      };
    });
  return (path) => {
    const parts = path.split('/');
    const above = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    const last = rules.findLast(({ pattern }) => above.some((name) => matchesGlob(name, pattern)));
    return last !== undefined && !last.isKept;
  };
}

function expand(root: string, source: string): string[] {
  const pattern = source.replace(/^\.?\//, '') || '.';
  const found = pattern === '.' ? [root] : globSync(pattern, { cwd: root }).map((name) => join(root, name));
  if (found.length === 0) throw new Error(`COPY ${source}: there is no such file in ${root}; make it before the image`);
  return found.flatMap(walk).map((file) => relative(root, file));
}

const outside = new Set(['node_modules', '.git']);

function walk(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !outside.has(entry.name) && !isBrokenLink(join(path, entry.name), entry.isSymbolicLink()))
    .flatMap((entry) => walk(join(path, entry.name)));
}

const isBrokenLink = (path: string, isLink: boolean) => isLink && !existsSync(join(path, '..', readlinkSync(path)));
