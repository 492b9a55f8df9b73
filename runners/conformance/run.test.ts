// runners/conformance/run.test.ts — the table against the runner's bundle, or against SQUALL_CONFORMANCE_IMAGE, which `docker` runs.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { bundle } from '../node/bundle.ts';
import { testRows } from './table.setup.ts';

const image = process.env['SQUALL_CONFORMANCE_IMAGE'];
let folder: string;
const file = () => join(folder, 'runner-node.js');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'squall-bundle-'));
  if (image === undefined) await bundle(file());
});
afterAll(() => rm(folder, { recursive: true }));

if (image === undefined) testRows('process', () => ({ bundle: file() }));
else testRows('image', () => ({ image, command: ['docker'] }));
