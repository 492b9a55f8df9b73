// runners/installer/bundle.ts — entry.ts → one JavaScript file, for the image runner-python.
import { bundleProgram } from '../bundle.ts';

/** Writes the bundle to `outfile`, with everything that it needs. */
export const bundleInstaller = (outfile: string): Promise<void> =>
  bundleProgram(new URL('entry.ts', import.meta.url), outfile, { minifySyntax: true, minifyWhitespace: true });
