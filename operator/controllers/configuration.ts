// operator/controllers/configuration.ts — an object of a pack → the configuration of its pack, from the stores.
import type { Pack } from '../api/kinds.ts';
import type { KubeObject } from '../api/meta.ts';
import { CONFIGS } from '../api/pack.ts';
import { type ConfigMap, configurationOf, type PackConfiguration } from '../domain/install/config.ts';
import type { Store } from '../kube/store.ts';

export interface ConfigurationSources {
  readonly packs: Store<Pack>;
  /** The ConfigMaps `squall-configs`. */
  readonly configMaps: Store<ConfigMap>;
}

/** Undefined for what was not registered from a pack. */
export function configurationFor(
  { metadata }: KubeObject,
  { packs, configMaps }: ConfigurationSources,
): PackConfiguration | undefined {
  const owner = metadata.ownerReferences?.find(({ kind, controller }) => kind === 'Pack' && controller === true);
  const pack = owner && packs.get(`${metadata.namespace ?? ''}/${owner.name}`);
  return pack && configurationOf(pack, configMaps.get(`${metadata.namespace ?? ''}/${CONFIGS}`));
}
