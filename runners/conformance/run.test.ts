// runners/conformance/run.test.ts — the table against the runner's bundle, or against SQUALL_CONFORMANCE_IMAGE.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ResultEnvelope } from '../../operator/api/envelope.ts';
import { RESULT_MAX_BYTES } from '../../operator/api/execution.ts';
import { bundle } from '../node/bundle.ts';
import { differences, readCases } from './case.ts';
import { runCase, type Subject } from './launch.ts';

const image = process.env['SQUALL_CONFORMANCE_IMAGE'];
const mode = image === undefined ? 'process' : 'image';
let subject: Subject;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'squall-bundle-'));
  subject =
    image === undefined
      ? { bundle: join(folder, 'runner-node.js') }
      : { image, program: process.env['SQUALL_CONFORMANCE_PROGRAM'] ?? 'docker' };
  if ('bundle' in subject) await bundle(subject.bundle);
});
afterAll(() => rm(folder, { recursive: true }));

describe.concurrent(`runner as ${mode}`, { timeout: 60_000 }, () => {
  const cases = readCases().filter(({ onlyIn }) => onlyIn === undefined || onlyIn === mode);
  test.for(cases)('$name', async (row) => {
    const { exit, log, posts, starts } = await runCase(row, subject);
    const want = row.expect;
    expect(exit, log.slice(-2000)).toBe(want.exit);
    const last = posts.at(-1)?.body ?? '';
    expect(Buffer.byteLength(last)).toBeLessThanOrEqual(RESULT_MAX_BYTES);
    if (want.posts !== 0) {
      const envelope = ResultEnvelope.parse(JSON.parse(last));
      expect(differences({ ...want.result }, envelope.result as Record<string, unknown>)).toEqual([]);
      if (want.outcome) expect(envelope.outcome).toBe(want.outcome);
    }
    if (want.posts !== undefined) expect(posts.length).toBe(want.posts);
    if (want.starts !== undefined) expect(starts.length).toBe(want.starts);
    if (want.tokens) expect(posts.map(({ authorization }) => authorization)).toEqual(want.tokens);
    if (want.pauseSeconds !== undefined)
      expect((posts[1]?.at ?? 0) - (posts[0]?.at ?? 0)).toBeGreaterThanOrEqual(want.pauseSeconds * 1000);
    for (const text of want.logged) expect(log).toContain(text);
    for (const text of want.notLogged) expect(log).not.toContain(text);
    for (const text of want.notInResult) expect(last).not.toContain(text);
  });
});
