// runners/node/environment-links.ts — the environment of a pack ↔ the pack and the common environment: links, where programs look for their parts.
import { existsSync, lstatSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Places } from './content.ts';

/** What makes a folder a Python environment. */
const PYTHON_PARTS = ['bin', 'lib', 'pyvenv.cfg'];

/** A pack without an environment has the common one; one with packages of Node only has its Python; imports of a file look for packages in the folders above it. */
export function linkEnvironment({ pack, environment, base }: Places): void {
  link(base, environment);
  if (existsSync(base) && !existsSync(join(environment, 'bin', 'python')))
    for (const part of PYTHON_PARTS) link(join(base, part), join(environment, part));
  const packages = join(environment, 'node_modules');
  if (existsSync(packages)) link(packages, join(pack, 'node_modules'));
}

/** What is there under that name stays. */
function link(target: string, place: string): void {
  if (lstatSync(place, { throwIfNoEntry: false })) return;
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(target, place);
}
