// runners/node/bundle.ts — entry.ts → one JavaScript file, which is all of this project that the image holds.
import { bundleProgram } from '../bundle.ts';

/** Writes the bundle to `outfile`. Types only may come from the operator: a library in here would double the start-up time. */
export const bundle = (outfile: string): Promise<void> =>
  bundleProgram(new URL('entry.ts', import.meta.url), outfile, { packages: 'external' });
