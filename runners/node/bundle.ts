// runners/node/bundle.ts — entry.ts → one JavaScript file, and a second one with SSH, which are all of this project that the image holds.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleProgram } from '../bundle.ts';

/** Beside the program: reading it takes as long as the program's whole start, so it is read when a task needs it. */
const SSH = 'runner-ssh.js';

/**
 * Writes the program to `outfile`, and the library for SSH beside it. Types only may come from the operator. The native parts of
 * that library are left out, it does without.
 */
export async function bundle(outfile: string): Promise<void> {
  const ssh = pathToFileURL(createRequire(import.meta.url).resolve('ssh2'));
  await bundleProgram(ssh, join(dirname(outfile), SSH), { external: ['*.node', 'cpu-features'] });
  const words = { alias: { ssh2: `./${SSH}` }, external: [`./${SSH}`] };
  await bundleProgram(new URL('entry.ts', import.meta.url), outfile, words);
}
