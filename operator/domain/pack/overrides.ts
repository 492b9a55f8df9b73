// operator/domain/pack/overrides.ts — what is enabled or disabled, whatever the files of a pack say.
import type { Manifest } from '../../api/install.ts';
import type { PackSpec } from '../../api/pack.ts';
import { own } from '../action/schema.ts';
import { didYouMean } from '../expression/fault.ts';

/** StackStorm's names of what can be overridden. */
export const OVERRIDDEN_TYPES = ['actions', 'rules', 'sensors', 'aliases'] as const;
export type OverriddenType = (typeof OVERRIDDEN_TYPES)[number];

/** Whether something is enabled; `unclear` where something is said of it that cannot be understood. */
export type Wanted = boolean | 'unclear';

export interface TypeOverrides {
  readonly defaults?: Wanted | undefined;
  readonly exceptions: Readonly<Record<string, Wanted>>;
}

/** What one place says of a pack. */
export interface Overrides {
  /** Begins messages about what is there: `spec.overrides.` */
  readonly place: string;
  readonly types: Readonly<Partial<Record<OverriddenType, TypeOverrides>>>;
}

type Resource = Manifest['resources'][number];

const TYPE_OF: Readonly<Record<Resource['kind'] | Manifest['waiting'][number]['kind'], OverriddenType | undefined>> = {
  Action: 'actions',
  Workflow: 'actions',
  Rule: 'rules',
  Sensor: 'sensors',
  ActionAlias: 'aliases',
  TriggerType: undefined,
  Policy: undefined,
};

/** What a Pack itself says. */
export function overridesOf(spec: NonNullable<PackSpec['overrides']>): Overrides {
  const types = Object.entries(spec).map(([type, said]) => {
    const exceptions = Object.entries(said?.exceptions ?? {}).map(([name, { enabled }]) => [name, enabled] as const);
    return [type, { defaults: said?.defaults?.enabled, exceptions: Object.fromEntries(exceptions) }] as const;
  });
  return { place: 'spec.overrides.', types: Object.fromEntries(types) };
}

/**
 * The manifest with `enabled` as it is wanted; the first place that says something of a resource counts, and there an exception
 * before the defaults. What is unclear stays as it is, which `enabledNow` tells of what is registered. An exception that
 * names nothing is a warning. Sensors are named by their class.
 */
export function applyOverrides(
  manifest: Manifest,
  places: readonly Overrides[],
  enabledNow: (resource: Resource) => boolean | undefined,
): Manifest {
  if (places.length === 0) return manifest;
  const nameIn = ({ spec }: Resource) => String(spec['ref']).slice(manifest.ref.length + 1);
  const resources = manifest.resources.map((one) => {
    const wanted = wantedOf(TYPE_OF[one.kind], nameIn(one), places);
    const enabled = wanted === 'unclear' ? enabledNow(one) : wanted;
    return enabled === undefined ? one : { ...one, spec: { ...one.spec, enabled } };
  });
  const waiting = manifest.waiting.map((one) => {
    const enabled = wantedOf(TYPE_OF[one.kind], one.name, places);
    return typeof enabled === 'boolean' ? { ...one, content: { ...one.content, enabled } } : one;
  });
  const namesOf = (type: OverriddenType): ReadonlySet<string> =>
    new Set([
      ...manifest.resources.filter(({ kind }) => TYPE_OF[kind] === type).map(nameIn),
      ...manifest.waiting.filter(({ kind }) => TYPE_OF[kind] === type).map(({ name }) => name),
    ]);
  const lost = OVERRIDDEN_TYPES.flatMap((type) => nothings(type, namesOf(type), places));
  // They come first: of warnings only so many are told.
  return { ...manifest, resources, waiting, warnings: [...lost, ...manifest.warnings] };
}

function wantedOf(type: OverriddenType | undefined, name: string, places: readonly Overrides[]): Wanted | undefined {
  if (type === undefined) return undefined;
  for (const { types } of places) {
    const said = types[type];
    const wanted = said && ((own(said.exceptions, name) as Wanted | undefined) ?? said.defaults);
    if (wanted !== undefined) return wanted;
  }
  return undefined;
}

/** The exceptions that name nothing. */
const nothings = (type: OverriddenType, known: ReadonlySet<string>, places: readonly Overrides[]): readonly string[] =>
  places.flatMap(({ place, types }) =>
    Object.keys(types[type]?.exceptions ?? {})
      .filter((name) => !known.has(name))
      .map((name) => `${place}${type}.exceptions.${name}: the pack has none of that name.${didYouMean(name, known)}`),
  );
