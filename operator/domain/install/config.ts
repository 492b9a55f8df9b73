// operator/domain/install/config.ts — a Pack and the ConfigMap of all configurations → the pack's own, and what is wrong with it.
import type { KubeObject } from '../../api/meta.ts';
import type { Pack } from '../../api/kinds.ts';
import type { Readable } from '../job/job.ts';
import type { Schemas } from '../action/runner-parameters.ts';
import { checkConfig } from '../pack/config-check.ts';
import { loadPackYaml } from '../pack/pack-yaml.ts';

/** The one ConfigMap of a namespace that has `<pack>.yaml` for its packs, whether they are installed or not. */
export const CONFIGS = 'squall-configs';

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export interface PackConfiguration {
  readonly config: NonNullable<Readable['config']>;
  /** Everything that is wrong with it, for people. */
  readonly faults: readonly string[];
}

/** Values of the Pack's spec count before those of the file, key by key. Never throws. */
export function configurationOf(pack: Pack, file: ConfigMap | undefined): PackConfiguration {
  const ref = pack.status?.ref ?? pack.metadata.name.replaceAll('-', '_');
  const { values: own, valuesFrom = [] } = pack.spec.config ?? {};
  const schema = pack.status?.configSchema ?? {};
  const read = valuesIn(file?.data?.[`${ref}.yaml`], ref);
  const values = { ...read.values, ...own };
  const references = valuesFrom.map(({ path, secretKeyRef }) => ({ path, secret: secretKeyRef }));
  const place =
    file?.data?.[`${ref}.yaml`] === undefined ? `Pack ${pack.metadata.name}, spec.config` : `${CONFIGS}, ${ref}.yaml`;
  const faults = checkConfig(schema as Schemas, values, {
    pack: ref,
    place,
    elsewhere: references.map(({ path }) => path),
  });
  return {
    config: { pack: ref, schema, values, references },
    faults: [...read.faults, ...faults.map(({ message }) => message)],
  };
}

function valuesIn(text: string | undefined, ref: string) {
  if (text === undefined) return { values: {}, faults: [] };
  const place = `ConfigMap ${CONFIGS}, key ${ref}.yaml`;
  const { value = {}, problems } = loadPackYaml(text, `${ref}.yaml`);
  const wrong = problems.filter(({ severity }) => severity === 'error');
  if (wrong.length > 0)
    return { values: {}, faults: wrong.map(({ at, message }) => `ConfigMap ${CONFIGS}: ${at}: ${message}`) };
  if (value === null) return { values: {}, faults: [] };
  if (typeof value !== 'object' || Array.isArray(value))
    return { values: {}, faults: [`${place}: it must be a mapping of keys to values`] };
  return { values: value as Readonly<Record<string, unknown>>, faults: [] };
}
