// runners/installer/install-refused.test.ts — a pack that is refused: all that is wrong with it is reported at once.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FILES, installing, SECONDS } from './install.setup.ts';
import { taskOf } from './operator.setup.ts';

const job = installing();

describe('what is wrong is reported', () => {
  test('with all files at once', { timeout: SECONDS }, async () => {
    const inline = { ...FILES, 'actions/a.yaml': 'name: a\nrunner_type: nothing\n', 'actions/b.yaml': 'name: [b\n' };
    job.operator.task = taskOf({ source: { inline } });
    const { code } = await job.install();
    expect(code).toBe(0);
    expect(job.last()).toMatchObject({
      step: 'Failed',
      failedStep: 'Validate',
      key: 'key-1',
      message: '2 things are wrong with the pack',
    });
    expect(job.last().findings?.map(({ file }) => file)).toEqual(
      expect.arrayContaining(['actions/a.yaml', 'actions/b.yaml']),
    );
    expect(job.operator.blobs.size).toBe(0);
  });

  test.each([
    [
      'another name',
      { ref: 'other' },
      FILES,
      'Validate',
      /^pack\.yaml says that this is pack "hello", and the Pack asks for "other"; name the Pack hello or set spec\.ref$/,
    ],
    [
      'another StackStorm',
      {},
      { ...FILES, 'pack.yaml': `${FILES['pack.yaml']}stackstorm_version: ">=99.0.0"\n` },
      'Validate',
      /^Pack "Hello" requires StackStorm ">=99\.0\.0", but current version is/,
    ],
    [
      'Python 2',
      {},
      { ...FILES, 'pack.yaml': `${FILES['pack.yaml']}python_versions: ["2"]\n` },
      'Validate',
      /^Pack "Hello" requires Python 2\.x/,
    ],
    ['a file out of the pack', {}, { ...FILES, '../x': '' }, 'Fetch', /^A file of the pack is refused$/],
  ] as const)('%s', { timeout: SECONDS }, async (_what, fields, inline, failedStep, message) => {
    job.operator.task = taskOf({ ...fields, source: { inline } });
    expect((await job.install()).code).toBe(0);
    expect(job.last()).toMatchObject({ step: 'Failed', failedStep, message: expect.stringMatching(message) });
  });

  test('another Python than the image has, as its interpreter says', { timeout: SECONDS }, async () => {
    const base = mkdtempSync(join(job.top, 'base-'));
    mkdirSync(join(base, 'bin'));
    writeFileSync(join(base, 'bin', 'python'), '#!/bin/sh\necho 2.7\n', { mode: 0o755 });
    const asking = (version: string) => ({
      ...FILES,
      'pack.yaml': `${FILES['pack.yaml']}python_versions: ["${version}"]\n`,
    });
    for (const [version, report] of [
      ['2', { step: 'Done' }],
      [
        '3',
        { failedStep: 'Validate', message: expect.stringMatching(/requires Python 3\.x, but current .* is "2\.7"/) },
      ],
    ] as const) {
      job.operator.task = taskOf({ source: { inline: asking(version) } });
      await job.install({ env: { SQUALL_BASE_ENVIRONMENT: base } });
      expect(job.last()).toMatchObject(report);
    }
    writeFileSync(join(base, 'bin', 'python'), '#!/nowhere/python\n', { mode: 0o755 });
    await job.install({ env: { SQUALL_BASE_ENVIRONMENT: base } });
    expect(job.last()).toMatchObject({
      failedStep: 'Validate',
      message: expect.stringMatching(/does not run.*FROM runner-/),
    });
  });

  test('but not with force', { timeout: SECONDS }, async () => {
    const inline = { ...FILES, 'pack.yaml': `${FILES['pack.yaml']}stackstorm_version: ">=99.0.0"\n` };
    job.operator.task = taskOf({ force: true, source: { inline } });
    await job.install();
    expect(job.last().step).toBe('Done');
  });
});
