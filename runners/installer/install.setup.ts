// runners/installer/install.setup.ts — for tests: a pack that says hello, and for each test of a file an operator that is played anew.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach } from 'vitest';
import type { InstallReport } from '../../operator/api/install.ts';
import {
  type Installation,
  type InstallerOptions,
  type PlayedOperator,
  playOperator,
  runInstaller,
} from './operator.setup.ts';

/** For a whole run of the installer, in milliseconds. */
export const SECONDS = 60_000;

export const FILES = {
  'pack.yaml':
    'ref: hello\nname: Hello\ndescription: Says hello\nversion: 1.2.3\nauthor: Jane\nemail: jane@example.org\n',
  'actions/hello.yaml': 'name: hello\nrunner_type: local-shell-script\nentry_point: hello.sh\ndescription: x\n',
  'actions/hello.sh': '#!/bin/sh\necho hello\n',
};

/** Returns the folder. */
export function writePack(folder: string, files: Readonly<Record<string, string>> = FILES): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

export interface Installing {
  /** A folder that is gone when the tests of the file are done. */
  readonly top: string;
  /** That of the test that runs. */
  readonly operator: PlayedOperator;
  install(options?: Omit<InstallerOptions, 'top'>): Promise<Installation>;
  /** The last report. */
  last(): InstallReport;
}

/** To be called once, outside of the tests of a file. */
export function installing(): Installing {
  const top = mkdtempSync(join(tmpdir(), 'squall-install-test-'));
  afterAll(() => rmSync(top, { recursive: true, force: true }));
  let operator: PlayedOperator;
  beforeEach(async () => {
    operator = await playOperator();
  });
  afterEach(() => operator.close());
  return {
    top,
    get operator() {
      return operator;
    },
    install: (options = {}) => runInstaller(operator, { top, ...options }),
    last: () => operator.reports.at(-1)!,
  };
}
