// runners/installer/install.test.ts — the whole program against a played operator: what it brings, and what it does with the operator's answers.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { Manifest } from '../../operator/api/install.ts';
import { FILES, installing, SECONDS } from './install.setup.ts';
import { taskOf, TOKEN } from './operator.setup.ts';

const job = installing();

/** Unpacks with the system's tar. */
function unpacked(digest: string | undefined): string {
  const folder = mkdtempSync(join(job.top, 'unpacked-'));
  const tar = zstdDecompressSync(job.operator.blobs.get(digest ?? '')!);
  execFileSync('tar', ['-xf', '-', '-C', folder], { input: tar });
  return folder;
}

test('inline files: archive, manifest and reports', { timeout: SECONDS }, async () => {
  job.operator.task = taskOf({ source: { inline: FILES }, ref: 'hello' });
  const { code, log } = await job.install();
  expect({ code, log }).toMatchObject({
    code: 0,
    log: expect.stringMatching(/step 1 of 4[\s\S]*step 2 of 4[\s\S]*step 3 of 4[\s\S]*step 4 of 4[\s\S]*done/),
  });
  expect(log).not.toContain(TOKEN);
  expect(job.operator.reports.map(({ step }) => step)).toEqual(['Validate', 'Build', 'Done']);
  expect(job.last()).toMatchObject({ key: 'key-1', ref: 'hello', version: '1.2.3' });
  const { content } = job.last();
  expect(content?.environment).toBeUndefined();
  const folder = unpacked(content?.files);
  expect(readdirSync(join(folder, 'hello', 'actions'))).toEqual(['hello.sh', 'hello.yaml']);
  expect(execFileSync(join(folder, 'hello/actions/hello.sh'), { encoding: 'utf8' })).toBe('hello\n');
  const manifest = Manifest.parse(JSON.parse(job.operator.blobs.get(content!.manifest)!.toString()));
  expect(manifest).toMatchObject({
    ref: 'hello',
    counts: { actions: 1 },
    files: ['actions/hello.sh', 'actions/hello.yaml', 'pack.yaml'],
  });
});

describe('an operator', () => {
  beforeEach(() => {
    job.operator.task = taskOf({ source: { inline: FILES } });
  });

  test('that is busy is asked again', { timeout: SECONDS }, async () => {
    for (const call of ['GET /install', 'POST /install', 'HEAD /content', 'PUT /content'])
      job.operator.statuses.set(call, [503, 401, 429]);
    const { code } = await job.install();
    expect(code).toBe(0);
    expect(job.last().step).toBe('Done');
    expect(job.operator.blobs.size).toBe(2);
  });

  test.each([
    ['has another installation', 'GET /install', 409, 0],
    ['has another installation meanwhile', 'POST /install', 409, 0],
    ['does not know the pod', 'GET /install', 403, 77],
    ['does not take reports', 'POST /install', 400, 77],
  ])('that %s: %s is answered %i', { timeout: SECONDS }, async (_what, call, status, code) => {
    job.operator.statuses.set(call, [status]);
    expect((await job.install()).code).toBe(code);
    expect(job.operator.reports).toEqual([]);
  });

  test('whose store is full', { timeout: SECONDS }, async () => {
    job.operator.statuses.set('PUT /content', [413]);
    expect((await job.install()).code).toBe(0);
    expect(job.last()).toMatchObject({
      step: 'Failed',
      failedStep: 'Build',
      message: expect.stringContaining('The pack store does not take it'),
    });
  });
});

/** A process that nobody has waited for yet is no running one. */
const isRunning = (pid: string): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

test('TERM ends the programs too, and nothing is reported', { timeout: SECONDS }, async () => {
  const bin = mkdtempSync(join(job.top, 'bin-'));
  const child = join(bin, 'child');
  writeFileSync(join(bin, 'git'), `#!/bin/sh\nsleep 300 &\necho $! > ${child}\nwait\n`, { mode: 0o755 });
  job.operator.task = taskOf({ from: 'https://127.0.0.1:1/x/y' });
  const { code } = await job.install({
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    when: {
      text: 'step 1 of 4',
      act(pid) {
        const timer = setInterval(() => {
          if (!existsSync(child) || readFileSync(child, 'utf8') === '') return;
          clearInterval(timer);
          process.kill(pid, 'SIGTERM');
        }, 20);
      },
    },
  });
  expect(code).toBe(75);
  expect(job.operator.reports).toEqual([]);
  expect(isRunning(readFileSync(child, 'utf8').trim())).toBe(false);
});

test('without addresses it says which', { timeout: SECONDS }, async () => {
  const { code, log } = await job.install({ env: { SQUALL_CONTENT_URL: 'http://x' } });
  expect({ code, log }).toEqual({ code: 64, log: 'SQUALL_CONTENT_URL must be https://…\n' });
});
