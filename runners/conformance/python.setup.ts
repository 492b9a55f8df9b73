// runners/conformance/python.setup.ts — the environment that packs share, made of this machine's Python and of the sources.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = (path: string): string => fileURLToPath(new URL(`../python/${path}`, import.meta.url));

/** Makes it in `folder`; undefined where there is no Python 3 that has orjson, which the image has. */
export function localPython(folder: string): string | undefined {
  let program: string;
  let version: string;
  try {
    const ask = 'import orjson, sys; print(sys.executable, "python%d.%d" % sys.version_info[:2], sep="\\n")';
    const answer = execFileSync('python3', ['-c', ask], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    [program = '', version = ''] = answer.trim().split('\n');
  } catch {
    return undefined;
  }
  const packages = join(folder, 'lib', version, 'site-packages');
  for (const path of [join(folder, 'bin'), packages]) mkdirSync(path, { recursive: true });
  symlinkSync(program, join(folder, 'bin', 'python'));
  symlinkSync(source('squall'), join(folder, 'squall'));
  for (const name of readdirSync(source('compat'))) symlinkSync(join(source('compat'), name), join(packages, name));
  return folder;
}
