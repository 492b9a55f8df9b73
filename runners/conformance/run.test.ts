// runners/conformance/run.test.ts — the table against the runner's bundle, or against SQUALL_CONFORMANCE_IMAGE, which `docker` runs.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { bundle } from '../node/bundle.ts';
import { localPython } from './python.setup.ts';
import { testRows } from './table.setup.ts';

const image = process.env['SQUALL_CONFORMANCE_IMAGE'];
const folder = mkdtempSync(join(tmpdir(), 'squall-bundle-'));
const file = join(folder, 'runner-node.js');
const python = image === undefined ? localPython(join(folder, 'st2')) : undefined;

beforeAll(async () => {
  if (image === undefined) await bundle(file);
});
afterAll(() => rm(folder, { recursive: true }));

if (image === undefined) testRows('process', () => ({ bundle: file, python }), python !== undefined);
else testRows('image', () => ({ image, command: ['docker'] }), image.includes('python'));
