// operator/domain/pack/tree.setup.ts — for tests: packs of a few files that are written in the test.
import { type PackReading, readPack } from './read.ts';
import type { PackTree } from './tree.ts';

const PACK_YAML = `name: acme
description: For tests
version: 1.0.0
author: Jane Roe
`;

/** Files by path; pack.yaml is there unless it is given. */
export function treeOf(files: Readonly<Record<string, string>>, directoryName?: string): PackTree {
  const all: Readonly<Record<string, string>> = { 'pack.yaml': PACK_YAML, ...files };
  return {
    files: Object.keys(all).sort(),
    ...(directoryName === undefined ? {} : { directoryName }),
    text: (path) => (Object.hasOwn(all, path) ? all[path] : undefined),
  };
}

export const reading = (files: Readonly<Record<string, string>>): PackReading => readPack(treeOf(files));

/** The manifest of what has to be right. */
export function manifestOf(files: Readonly<Record<string, string>>) {
  const read = reading(files);
  if (!read.ok) throw new Error(findingsOf(files).join('\n'));
  return read.manifest;
}

/** `file:line: message` of everything that is wrong. */
export function findingsOf(files: Readonly<Record<string, string>>): readonly string[] {
  const read = reading(files);
  return read.ok ? [] : read.findings.map(({ file, line, message }) => `${file}:${line ?? '-'}: ${message}`);
}

/** The spec of the first resource. */
export const specOf = (files: Readonly<Record<string, string>>) => manifestOf(files).resources[0]?.spec;
