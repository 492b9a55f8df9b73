// operator/domain/install/registered-status.ts — the manifest of a pack and what became of it → what its Pack says.
import type { Manifest } from '../../api/install.ts';
import type { Pack } from '../../api/kinds.ts';
import { nameOfRef } from '../../api/meta.ts';
import type { PackStatus } from '../../api/pack.ts';
import type { Said } from '../conditions.ts';
import type { Plain } from '../expression/python/values.ts';
import { secretPlaces } from '../pack/config-secrets.ts';
import { planDependencies } from '../pack/dependencies.ts';
import { configurationOf, type PackConfiguration } from './config.ts';
import type { ObservedPack } from './observed.ts';
import type { Registered, Registration } from './register.ts';

const NO_VERSIONS: ReadonlyMap<string, string> = new Map();

/** What StackStorm counts, with one of each. */
const WORDS = {
  actions: 'action',
  sensors: 'sensor',
  rules: 'rule',
  aliases: 'alias',
  policies: 'policy',
  triggers: 'trigger',
} as const;

/** What a Pack says of what is registered from it. */
export function withManifest(
  status: PackStatus,
  manifest: Manifest,
  { drift }: Registration,
  { versions = NO_VERSIONS }: ObservedPack,
): PackStatus {
  const { pack, counts, waiting } = manifest;
  const needs = planDependencies([{ ref: manifest.ref, dependencies: pack.dependencies }], versions);
  const warnings = [...needs.conflicts, ...manifest.warnings];
  return {
    ...status,
    ref: manifest.ref,
    version: pack.version,
    author: pack.author.slice(0, 256),
    description: pack.description.slice(0, 1024),
    counts,
    configSchema: manifest.configSchema ?? {},
    content: Object.entries(WORDS)
      .filter(([many]) => (counts[many] ?? 0) > 0)
      .map(([many, one]) => `${counts[many]} ${counts[many] === 1 ? one : many}`)
      .join(', '),
    waiting: waiting.slice(0, 1024).map(({ kind, name, file }) => ({ kind, name, file })),
    missing: needs.missing.slice(0, 64),
    drift: drift.slice(0, 256).map(({ kind, metadata }) => ({ kind, name: metadata.name })),
    warnings: warnings.slice(0, 64).map((warning) => warning.slice(0, 1024)),
  };
}

/** With the schema that the new content brings. */
export function judgeConfig({ self, configs }: ObservedPack, status: PackStatus): Said {
  const { config, faults } = configurationOf({ ...self, status }, configs);
  if (faults.length === 0)
    return { status: 'True', reason: 'ConfigAccepted', message: `It fits its schema.${clearText(config)}` };
  return { status: 'False', reason: 'ConfigInvalid', message: faults.join('; ') };
}

/** Advice for those who have written secrets down; a template is none. */
function clearText({ schema, values }: PackConfiguration['config']): string {
  const written = secretPlaces(schema as Plain, values as Plain).filter((place) => {
    const value = place.reduce<unknown>((inner, step) => (inner as Readonly<Record<string, unknown>>)[step], values);
    return typeof value !== 'string' || !/\{\{|\{%/.test(value);
  });
  if (written.length === 0) return '';
  const names = written.map((place) => place.join('.')).join(', ');
  return ` In clear text, for all who may read it: ${names}. Keep secrets in a Secret and name it in spec.config.valuesFrom`;
}

/** The object is asked for under one name and brings another. */
export function refFault({ metadata, spec }: Pack, manifest: Manifest): readonly string[] {
  const wanted = spec.ref ?? metadata.name.replaceAll('-', '_');
  if (manifest.ref === wanted) return [];
  return [
    `pack.yaml says that this is pack "${manifest.ref}", and the Pack asks for "${wanted}"; name the Pack ${nameOfRef(manifest.ref)} or set spec.ref`,
  ];
}

export const takenMessage = ({ kind, metadata }: Registered): string =>
  `${kind} "${metadata.name}" exists already and does not belong to this pack; delete or rename it`;
