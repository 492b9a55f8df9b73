// e2e/squall.ts — the command line, at work in one namespace of the cluster of the stories.
import { type Ran, run } from './harness.ts';

export const squallIn =
  (namespace: string) =>
  (...words: readonly string[]): Promise<Ran> =>
    run(process.execPath, ['cli/squall.js', '-n', namespace, ...words]);
