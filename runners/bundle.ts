// runners/bundle.ts — a program of an image → one JavaScript file.
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';

/** Writes the bundle to `outfile`, for Node 24, as CommonJS: it starts faster than a module. */
export async function bundleProgram(entry: URL, outfile: string, more: BuildOptions): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    legalComments: 'none',
    logLevel: 'warning',
    ...more,
  });
}
