// operator/domain/install/registered-status.ts — the manifest of a pack and what became of it → what its Pack says.
import type { Manifest } from '../../api/install.ts';
import type { PackStatus } from '../../api/pack.ts';
import type { Said } from '../conditions.ts';
import type { Plain } from '../expression/python/values.ts';
import { secretPlaces } from '../pack/config-secrets.ts';
import { planDependencies } from '../pack/dependencies.ts';
import { configurationOf, type PackConfiguration } from './config.ts';
import type { ObservedPack } from './observed.ts';
import type { Registered, Registration } from './register.ts';

const NO_VERSIONS: ReadonlyMap<string, string> = new Map();

/** How many packs a message names. */
const TOLD_PACKS = 8;

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
    version: pack.version.slice(0, 256),
    author: pack.author.slice(0, 256),
    description: pack.description.slice(0, 1024),
    counts,
    configSchema: manifest.configSchema ?? {},
    content: Object.entries(WORDS)
      .filter(([many]) => (counts[many] ?? 0) > 0)
      .map(([many, one]) => `${counts[many]} ${counts[many] === 1 ? one : many}`)
      .join(', '),
    waiting: waiting.slice(0, 1024).map(({ kind, name, file }) => ({ kind, name: name.slice(0, 253), file })),
    missing: needs.missing.slice(0, 64).map((one) => one.slice(0, 2048)),
    drift: drift.slice(0, 256).map(({ kind, metadata }) => ({ kind, name: metadata.name })),
    warnings: warnings.slice(0, 64).map((warning) => warning.slice(0, 1024)),
  };
}

/** Of packs that depend on none nothing is told, unless something was. */
export function judgeDependencies({ self, versions = NO_VERSIONS }: ObservedPack, { ref, pack }: Manifest) {
  const { dependencies } = pack;
  const wasTold = self.status?.conditions?.some(({ type }) => type === 'DependenciesReady');
  if (dependencies.length === 0 && !wasTold) return {};
  const { missing, conflicts } = planDependencies([{ ref, dependencies }], versions);
  const absent = missing.slice(0, TOLD_PACKS);
  const more = missing.length > TOLD_PACKS ? `, and ${missing.length - TOLD_PACKS} more` : '';
  // The words are a stranger's, and go from here into a shell.
  const words = absent.filter((word) => /^[\w./:@=+~-]+$/.test(word));
  const remedy = words.length > 0 ? `: squall pack install ${words.join(' ')}` : '';
  const needs = `It needs ${absent.join(', ')}${more}, which ${missing.length === 1 ? 'is' : 'are'} not here${remedy}`;
  const wrong = [...(missing.length > 0 ? [needs] : []), ...conflicts.slice(0, TOLD_PACKS)];
  const DependenciesReady: Said =
    wrong.length > 0
      ? { status: 'False', reason: 'DependenciesMissing', message: wrong.join('; ') }
      : { status: 'True', reason: 'DependenciesPresent', message: 'The packs that it depends on are here.' };
  return { DependenciesReady };
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

export const takenMessage = ({ kind, metadata }: Registered): string =>
  `${kind} "${metadata.name}" exists already and does not belong to this pack; delete or rename it`;
