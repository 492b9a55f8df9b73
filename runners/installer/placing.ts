// runners/installer/placing.ts — admitted entries → files in a fresh folder.
import { closeSync, copyFileSync, mkdirSync, openSync, symlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes what was admitted, and nothing else: paths are relative, and never lead through a link. */
export interface Placing {
  folder(path: string): void;
  file(path: string): { write(chunk: Buffer): void; end(): void };
  copy(path: string, from: string | Buffer): void;
  /** Made by finish(), after all files. */
  link(path: string, target: string): void;
  readonly finish: () => void;
}

/** `top` must exist and be empty. */
export function placingIn(top: string): Placing {
  const folders = new Set<string>(['.']);
  const links: (readonly [path: string, target: string])[] = [];
  const folder = (path: string): void => {
    if (folders.has(path)) return;
    mkdirSync(join(top, path), { recursive: true });
    folders.add(path);
  };
  const place = (path: string): string => {
    folder(dirname(path));
    return join(top, path);
  };
  return {
    folder,
    file(path) {
      const fd = openSync(place(path), 'wx', 0o644);
      return {
        write(chunk) {
          for (let done = 0; done < chunk.length; ) done += writeSync(fd, chunk, done);
        },
        end: () => closeSync(fd),
      };
    },
    copy: (path, from) => copyFileSync(from, place(path)),
    link: (path, target) => links.push([path, target]),
    finish: () => {
      for (const [path, target] of links) symlinkSync(target, place(path));
    },
  };
}
