// operator/domain/pack/overrides.ts — what is enabled or disabled, whatever the files of a pack say.
import type { Manifest } from '../../api/install.ts';
import type { PackSpec } from '../../api/pack.ts';

type Overrides = NonNullable<PackSpec['overrides']>;
type Kind = keyof Overrides;

/** Kinds of a manifest under StackStorm's names; what is not there cannot be overridden. */
const KIND_OF: Readonly<Record<string, Kind>> = {
  Action: 'actions',
  Workflow: 'actions',
  Rule: 'rules',
  Sensor: 'sensors',
  ActionAlias: 'aliases',
};

/** The manifest with `enabled` as it is wanted; an exception that names nothing is a warning. Sensors are named by their class. */
export function applyOverrides(manifest: Manifest, overrides: Overrides | undefined): Manifest {
  if (!overrides) return manifest;
  const found = new Set<string>();
  const wanted = (kind: string, name: string): { enabled?: boolean } => {
    const key = KIND_OF[kind];
    const override = key && overrides[key];
    const exceptions = override?.exceptions ?? {};
    const exception = Object.hasOwn(exceptions, name) ? exceptions[name] : undefined;
    if (exception) found.add(`${key} ${name}`);
    const chosen = exception ?? override?.defaults;
    return chosen ? { enabled: chosen.enabled } : {};
  };
  const nameIn = (ref: unknown) => String(ref).slice(manifest.ref.length + 1);
  const resources = manifest.resources.map((one) => {
    return { ...one, spec: { ...one.spec, ...wanted(one.kind, nameIn(one.spec['ref'])) } };
  });
  const waiting = manifest.waiting.map((one) => ({
    ...one,
    content: { ...one.content, ...wanted(one.kind, one.name) },
  }));
  const lost = Object.entries(overrides).flatMap(([kind, override]) =>
    Object.keys(override?.exceptions ?? {})
      .filter((name) => !found.has(`${kind} ${name}`))
      .map((name) => `spec.overrides.${kind}.exceptions.${name}: the pack has none of that name`),
  );
  return { ...manifest, resources, waiting, warnings: [...manifest.warnings, ...lost] };
}
