// runners/schema.test.ts — the schemas on disk are the generated ones.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runnerSchemas } from './schema.ts';

test.each(Object.entries(runnerSchemas()))('%s is up to date; npm run gen writes it', (path, text) => {
  expect(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')).toBe(text);
});
