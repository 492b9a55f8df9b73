// operator/domain/install/overridden.ts — what a pack has brought → the same, enabled and disabled as the ConfigMap of all overrides and its Pack want it.
import type { Manifest } from '../../api/install.ts';
import { nameOfRef } from '../../api/meta.ts';
import { GLOBAL_FILE, type OverrideFile, readOverrideFile } from '../pack/override-file.ts';
import { applyOverrides, overridesOf } from '../pack/overrides.ts';
import type { ConfigMap } from './config.ts';
import { sorted } from './key.ts';
import type { ObservedPack } from './observed.ts';

interface Remembered {
  readonly files: readonly OverrideFile[];
  readonly key: string;
  readonly manifest: Manifest;
}
const remembered = new WeakMap<Manifest, Remembered>();

/** The same object for the same overrides: what is made of a manifest is remembered with it, and a pack may have thousands of files. */
export function overridden({
  self,
  manifest,
  overrides,
  find,
}: Pick<ObservedPack, 'self' | 'manifest' | 'overrides' | 'find'>): ObservedPack['manifest'] {
  if (manifest === undefined || manifest === 'missing') return manifest;
  const own = self.spec.overrides;
  const files = [`${manifest.ref}.yaml`, GLOBAL_FILE].flatMap((name) => fileIn(overrides, name));
  if (!own && files.length === 0) return manifest;
  const enabledNow = ({ kind, spec }: Manifest['resources'][number]): boolean | undefined =>
    (find(kind, nameOfRef(String(spec['ref'])))?.spec as { readonly enabled?: boolean } | undefined)?.enabled;
  const now = files.every(({ isClear }) => isClear) ? [] : manifest.resources.map((one) => enabledNow(one) ?? '');
  const key = JSON.stringify([sorted(own), now]);
  const known = remembered.get(manifest);
  if (known?.key === key && isSame(known.files, files)) return known.manifest;
  const places = [...(own ? [overridesOf(own)] : []), ...files.map((file) => file.overrides)];
  const applied = applyOverrides(manifest, places, enabledNow);
  const warnings = [...files.flatMap((file) => file.warnings), ...applied.warnings];
  const changed = { ...applied, warnings };
  remembered.set(manifest, { files, key, manifest: changed });
  return changed;
}

const isSame = (a: readonly OverrideFile[], b: readonly OverrideFile[]): boolean =>
  a.length === b.length && a.every((file, i) => file === b[i]);

const filesRead = new WeakMap<ConfigMap, Map<string, OverrideFile>>();

/** Read once: all packs of a namespace look at it, and often. */
function fileIn(configMap: ConfigMap | undefined, name: string): readonly OverrideFile[] {
  const text = configMap?.data && Object.hasOwn(configMap.data, name) ? configMap.data[name] : undefined;
  if (!configMap || text === undefined) return [];
  const files = filesRead.get(configMap) ?? new Map<string, OverrideFile>();
  filesRead.set(configMap, files);
  const file = files.get(name) ?? readOverrideFile(text, name);
  files.set(name, file);
  return [file];
}
