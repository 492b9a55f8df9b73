// e2e/stories/scratch.ts — a fresh namespace for the stories of one file, deleted with all that is in it.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { createNamespace, deleteNamespace } from '../harness.ts';

export function scratchNamespace(
  prefix: string,
  labels: Readonly<Record<string, string>> = {},
): { readonly name: string } {
  const name = `${prefix}-${randomBytes(3).toString('hex')}`;
  beforeAll(() => createNamespace(name, { 'squall.dev/story': prefix, ...labels }));
  afterAll(() => deleteNamespace(name));
  return { name };
}
