// operator/domain/pack/read.ts — the files of a pack → everything that is registered from it, or all that is wrong with them.
import type { Finding, Manifest } from '../../api/install.ts';
import { checkNames } from './check-names.ts';
import type { Notes } from './open-file.ts';
import { readActions } from './read-actions.ts';
import { readConfigSchema } from './read-config-schema.ts';
import { readPackFile } from './read-pack-file.ts';
import { readRules } from './read-rules.ts';
import { readSensors, readTriggers } from './read-triggers.ts';
import { readAliases, readPolicies } from './read-waiting.ts';
import { NAMELESS, type Reading } from './reading.ts';
import type { PackTree } from './tree.ts';

export type PackReading =
  | { readonly ok: true; readonly manifest: Manifest }
  /** All that is wrong, by file and line. */
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** Reads in StackStorm's order. Never throws for what the files have. */
export function readPack(tree: PackTree): PackReading {
  const notes: Notes = { findings: [], warnings: [] };
  const identity = readPackFile(tree, notes);
  const reading: Reading = {
    tree,
    pack: identity?.ref ?? NAMELESS,
    files: new Set(tree.files),
    notes,
    resources: [],
    waiting: [],
  };
  const counts = {
    triggers: readTriggers(reading),
    sensors: readSensors(reading),
    actions: readActions(reading),
    rules: readRules(reading),
    aliases: readAliases(reading),
    policies: readPolicies(reading),
  };
  const configSchema = readConfigSchema(reading);
  checkNames(reading);
  if (!identity || notes.findings.length > 0) return { ok: false, findings: inOrder(notes.findings) };
  const manifest: Manifest = {
    version: 1,
    ref: identity.ref,
    pack: identity.pack,
    resources: reading.resources,
    waiting: reading.waiting,
    ...(configSchema ? { configSchema } : {}),
    counts: { ...counts, config_schema: configSchema ? 1 : 0 },
    warnings: notes.warnings,
    files: [...tree.files],
  };
  return { ok: true, manifest };
}

const inOrder = (findings: readonly Finding[]): readonly Finding[] =>
  findings.toSorted((a, b) => Number(a.file > b.file) - Number(a.file < b.file) || (a.line ?? 0) - (b.line ?? 0));
