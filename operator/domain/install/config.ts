// operator/domain/install/config.ts — a Pack and the ConfigMap of all configurations → the pack's own, and what is wrong with it.
import type { Pack } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/meta.ts';
import { CONFIGS, type PackConfig } from '../../api/pack.ts';
import { withValue } from '../action/requested-config.ts';
import type { Schemas } from '../action/runner-parameters.ts';
import type { Plain, Value } from '../expression/python/values.ts';
import type { Readable } from '../job/job.ts';
import { own, propertySchemas } from '../pack/config.ts';
import { checkConfig } from '../pack/config-check.ts';
import { loadPackYaml } from '../pack/pack-yaml.ts';
import { computable } from '../result/exact-json.ts';

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export interface PackConfiguration {
  readonly config: NonNullable<Readable['config']>;
  /** Everything that is wrong with it, for people. */
  readonly faults: readonly string[];
}

interface Reading {
  readonly values: Plain;
  readonly faults: readonly string[];
}

/** Values of the Pack's spec count before those of the file, key by key, and single ones before all. Never throws. */
export function configurationOf(pack: Pack, file: ConfigMap | undefined): PackConfiguration {
  const ref = pack.status?.ref ?? pack.metadata.name.replaceAll('-', '_');
  const { values, valuesFrom = [] } = pack.spec.config ?? {};
  const given = computable(values ?? {}) as Plain;
  const schema = (pack.status?.configSchema ?? {}) as Plain;
  const read = valuesIn(file?.data?.[`${ref}.yaml`], ref);
  const single = withSingles({ ...read.values, ...given }, valuesFrom, { schema, data: file?.data ?? {} });
  const references = valuesFrom.flatMap(({ path, secretKeyRef }) =>
    secretKeyRef ? [{ path, secret: secretKeyRef }] : [],
  );
  const inPack = new Set([...Object.keys(given), ...valuesFrom.map(({ path }) => path.split('.')[0])]);
  const faults = checkConfig(schema as Schemas, single.values, {
    pack: ref,
    placeOf: (key) =>
      file?.data?.[`${ref}.yaml`] === undefined || inPack.has(key)
        ? `Pack ${pack.metadata.name}, spec.config`
        : placeIn(ref),
    elsewhere: references.map(({ path }) => path),
  });
  return {
    config: { pack: ref, schema, values: single.values, references },
    faults: [...read.faults, ...single.faults, ...faults.map(({ message }) => message)],
  };
}

interface Known {
  readonly schema: Plain;
  readonly data: Readonly<Record<string, string>>;
}

/** Those of the ConfigMap are texts, and what the text says where the schema wants something else. */
function withSingles(values: Plain, valuesFrom: PackConfig['valuesFrom'], { schema, data }: Known): Reading {
  const faults: string[] = [];
  let all = values;
  for (const { path, configMapKeyRef } of valuesFrom ?? []) {
    if (!configMapKeyRef) continue;
    const { key } = configMapKeyRef;
    const text = Object.hasOwn(data, key) ? data[key] : undefined;
    const keys = path.split('.');
    if (text !== undefined) all = withValue(all, keys, meant(text, typeAt(schema, keys)));
    else
      faults.push(
        `spec.config.valuesFrom: ConfigMap ${CONFIGS} has no key "${key}" for "${path}"; add it, or take the reference out`,
      );
  }
  return { values: all, faults };
}

const typeAt = (schema: Plain, keys: readonly string[]): Value =>
  own(
    keys.reduce<Value>((inner, key) => own(propertySchemas(inner, [key]), key), { properties: schema }),
    'type',
  );

function meant(text: string, type: Value): Value {
  if (type === null || type === 'string') return text;
  const { value, problems } = loadPackYaml(text, CONFIGS);
  return problems.some(({ severity }) => severity === 'error') ? text : ((value ?? null) as Value);
}

const placeIn = (ref: string): string => `ConfigMap ${CONFIGS}, ${ref}.yaml`;

function valuesIn(text: string | undefined, ref: string): Reading {
  if (text === undefined) return { values: {}, faults: [] };
  const { value = {}, problems } = loadPackYaml(text, `${ref}.yaml`);
  const wrong = problems.filter(({ severity }) => severity === 'error');
  if (wrong.length > 0)
    return { values: {}, faults: wrong.map(({ at, message }) => `ConfigMap ${CONFIGS}, ${at}: ${message}`) };
  if (value === null) return { values: {}, faults: [] };
  if (typeof value !== 'object' || Array.isArray(value))
    return { values: {}, faults: [`${placeIn(ref)}: it must be a mapping of keys to values`] };
  return { values: value as Plain, faults: [] };
}
