// e2e/conformance/cases.ts — the recorded cases under a folder.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Case } from './suite.ts';

/** Names of the suites that a folder has: its `*.jsonl` files, and `orquesta` for the folder of that name. */
export function suitesIn(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
  const names = files.map((file) => basename(file, '.jsonl'));
  return (existsSync(join(folder, 'orquesta')) ? [...names, 'orquesta'] : names).toSorted();
}

/** The cases of one suite: one a line of its file, or one a file of its folder. */
export function readCases(folder: string, suite: string): Case[] {
  const file = join(folder, `${suite}.jsonl`);
  if (existsSync(file)) {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Case);
  }
  const files = readdirSync(join(folder, suite)).filter((name) => name.endsWith('.json'));
  return files.toSorted().map((name) => JSON.parse(readFileSync(join(folder, suite, name), 'utf8')) as Case);
}
