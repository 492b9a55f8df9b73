// runners/installer/uv.setup.ts — for tests: uv from PyPI, in an environment of its own in the project's cache, made once.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const PACKAGE = 'uv==0.13.9';
const cache = process.env['SQUALL_CACHE'] ?? join(homedir(), '.cache', 'squall');

/** Folder with the program, for PATH; and where it keeps what it has downloaded. */
export function bringUv(): { readonly bin: string; readonly cache: string } {
  const home = join(cache, 'uv');
  const [bin, ready] = [join(home, 'bin'), join(home, 'ready')];
  if (!existsSync(ready) || readFileSync(ready, 'utf8') !== PACKAGE) {
    execFileSync('python3', ['-m', 'venv', home]);
    execFileSync(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', PACKAGE]);
    writeFileSync(ready, PACKAGE);
  }
  return { bin, cache: join(cache, 'uv-cache') };
}
