// runners/installer/bundle.ts — entry.ts → one JavaScript file, for the image runner-python.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Writes the bundle to `outfile`, for Node 24, with everything that it needs. */
export async function bundleInstaller(outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('entry.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
}
