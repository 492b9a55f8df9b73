// operator/bundle.ts — sources → plain JavaScript, dist/operator/operator.js and what it loads only when it must, for the image.
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

/** Bundles the operator into the folder `outdir`; `version` becomes its version. */
export async function bundleOperator(outdir: string, version: string): Promise<void> {
  await rm(outdir, { recursive: true, force: true });
  await build({
    entryPoints: ['operator/main.ts'],
    outdir,
    entryNames: 'operator',
    bundle: true,
    // What is imported dynamically stays out of memory until it is needed.
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Names stay, so that a stack trace can be read without a source map, which costs 100 MiB of memory.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
    define: { 'process.env.SQUALL_VERSION': JSON.stringify(version) },
    // CommonJS dependencies ask for Node's modules by require, which an ES module does not have.
    banner: {
      js: "import { createRequire as squallRequire } from 'node:module'; const require = squallRequire(import.meta.url);",
    },
  });
}
