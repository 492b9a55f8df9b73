// cli/pack-config-store.ts — the configuration of a pack in the cluster: in the Pack or the ConfigMap of all packs, secrets in a Secret.
import type { Pack } from '../operator/api/kinds.ts';
import { nameOfRef } from '../operator/api/meta.ts';
import { CONFIGS, type PackConfig } from '../operator/api/pack.ts';
import { ApiFailure, Failure, isMissing } from './failure.ts';
import { call, collection } from './kube.ts';
import { type Draft, type SecretRef, type Values, valueAt } from './pack-config-draft.ts';
import type { ConfigSchemas } from './pack-config-schema.ts';
import { changedYaml, exactJson, exactValues, isSameValue, mappingIn } from './pack-config-yaml.ts';
import { packPath } from './pack-object.ts';
import type { Session } from './session.ts';

/** Where values are written: to the Pack, or to the ConfigMap that outlives it. */
export type ConfigPlace = 'pack' | 'configmap';

export interface StoredConfig {
  /** Exact name of the pack. */
  readonly ref: string;
  /** Undefined when it is not there yet. */
  readonly pack: Pack | undefined;
  readonly schemas: ConfigSchemas;
  /** Values of the ConfigMap; the Pack's own count before them. */
  readonly file: Values;
  readonly own: Values;
  readonly references: ReadonlyMap<string, SecretRef>;
  readonly map: ConfigMap | undefined;
}
interface ConfigMap {
  readonly metadata: { readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** @throws Failure for a file that cannot be read */
export async function readConfig(session: Session, word: string): Promise<StoredConfig> {
  const name = nameOfRef(word);
  const [pack, map] = await Promise.all([
    absent(call<Pack>(session.to, `get Pack ${name}`, packPath(session, name))),
    absent(call<ConfigMap>(session.to, `get ConfigMap ${CONFIGS}`, `${mapsPath(session)}/${CONFIGS}`)),
  ]);
  const ref = pack?.status?.ref ?? word.replaceAll('-', '_');
  const { values, valuesFrom = [] } = pack?.spec.config ?? {};
  return {
    ref,
    pack,
    schemas: (pack?.status?.configSchema ?? {}) as ConfigSchemas,
    file: valuesIn(map?.data?.[fileName(ref)] ?? '', ref),
    own: exactValues(values ?? {}),
    references: new Map(valuesFrom.flatMap(({ path, secretKeyRef }) => (secretKeyRef ? [[path, secretKeyRef]] : []))),
    map,
  };
}

const absent = async <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });

const mapsPath = ({ namespace }: Session): string => collection('v1', namespace, 'configmaps');

const fileName = (ref: string): string => `${ref}.yaml`;

function valuesIn(text: string, ref: string): Values {
  const { value, faults } = mappingIn(text, fileName(ref));
  if (value) return value;
  throw new Failure(faults.map((fault) => `ConfigMap ${CONFIGS}, ${fault}; correct it with kubectl edit`).join('\n'));
}

/** Writes secrets first, so that nothing refers to what is not there. @throws Failure when the file cannot have the values, before anything is sent, or somebody else has changed it */
export async function writeConfig(
  session: Session,
  stored: StoredConfig,
  draft: Draft,
  place: ConfigPlace,
): Promise<string> {
  const { pack, ref } = stored;
  const name = nameOfRef(ref);
  const secret = `squall-config-${name}`.slice(0, 253);
  const written = new Map([...draft.secrets.keys()].map((path) => [path, { name: secret, key: path }]));
  const references = new Map([...draft.references, ...written]);
  const isReferring = !isSame([...references], [...stored.references]);
  if (!pack && (place === 'pack' || isReferring))
    throw new Failure(
      `Pack ${name}: it is not there, and only a Pack can refer to Secrets; install it first, or store secrets with squall key set --secret NAME and write "{{ st2kv.system.NAME }}"`,
    );
  const text = place === 'configmap' ? textWith(stored, draft.values) : undefined;
  if (draft.secrets.size > 0) await writeSecret(session, secret, draft.secrets);
  if (text !== undefined) await writeFile(session, stored, text);
  if (pack && (place === 'pack' || isReferring))
    await writePack(session, stored, pack, place === 'pack' ? draft.values : stored.own, references);
  return place === 'pack' ? `Pack ${name}, spec.config` : `ConfigMap ${CONFIGS}, key ${fileName(ref)}`;
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

async function writePack(
  session: Session,
  { own }: StoredConfig,
  { metadata, spec }: Pack,
  values: Values,
  references: ReadonlyMap<string, SecretRef>,
): Promise<void> {
  const at = (all: Values, path: string) => valueAt(all, path.split('.'));
  // What is set now counts instead of the key of the ConfigMap that was referred to.
  const others = (spec.config?.valuesFrom ?? []).filter(
    ({ path, configMapKeyRef }) =>
      configMapKeyRef && !references.has(path) && isSameValue(at(values, path), at(own, path)),
  );
  const valuesFrom = [...others, ...Array.from(references, ([path, secretKeyRef]) => ({ path, secretKeyRef }))];
  const body = [
    { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
    ...configPatch(spec.config, own, { values, valuesFrom }),
  ];
  const headers = { 'content-type': 'application/json-patch+json' };
  await call(session.to, `change Pack ${metadata.name}`, packPath(session, metadata.name), {
    method: 'PATCH',
    body,
    headers,
  }).catch((error: unknown) => {
    const isChanged = error instanceof ApiFailure && (error.code === 409 || error.code === 422);
    if (!isChanged || !/test|conflict|modified/i.test(error.message)) throw error;
    throw new Failure(`Pack ${metadata.name}: it has changed meanwhile; do it again`, { cause: error });
  });
}

/** What changes, as a JSON patch: a merge would take a null for a key that is to go. */
function configPatch(
  stored: PackConfig | undefined,
  before: Values,
  { values, valuesFrom }: { readonly values: Values; readonly valuesFrom: NonNullable<PackConfig['valuesFrom']> },
): readonly object[] {
  const of = (path: string, value: unknown) => ({ op: 'add', path: `/spec/config${path}`, value: exactJson(value) });
  const isReferring = valuesFrom.length > 0;
  if (!stored) return [of('', { values, ...(isReferring && { valuesFrom }) })];
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(values, key));
  const changed = Object.entries(values).filter(
    ([key, value]) => !Object.hasOwn(before, key) || !isSameValue(value, before[key]),
  );
  const changes = [
    ...gone.map((key) => ({ op: 'remove', path: `/spec/config/values/${pointer(key)}` })),
    ...changed.map(([key, value]) => of(`/values/${pointer(key)}`, value)),
  ];
  const isOther = !isSame(valuesFrom, stored.valuesFrom ?? []);
  return [
    ...(stored.values ? changes : [of('/values', values)]),
    ...(isOther && isReferring ? [of('/valuesFrom', valuesFrom)] : []),
    ...(isOther && !isReferring ? [{ op: 'remove', path: '/spec/config/valuesFrom' }] : []),
  ];
}

/** A key as a part of a JSON pointer. */
const pointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** Comments in the file stay. @throws Failure when the operator would read other values than these */
function textWith({ ref, map, file }: StoredConfig, values: Values): string {
  const name = fileName(ref);
  const wrong = (what: string, cause?: unknown) =>
    new Failure(`ConfigMap ${CONFIGS}, ${name}: ${what}; nothing was saved, change it with kubectl edit`, { cause });
  let text: string;
  try {
    text = changedYaml(map?.data?.[name] ?? '', file, values);
  } catch (cause) {
    throw wrong((cause as Error).message, cause);
  }
  const { value: read, faults } = mappingIn(text, name);
  if (!read) throw wrong(`it could not be read any more: ${faults[0] ?? ''}`);
  const others = [...new Set([...Object.keys(values), ...Object.keys(read)])].filter(
    (key) => !isSameValue(valueAt(values, [key]), valueAt(read, [key])),
  );
  if (others.length === 0) return text;
  throw wrong(`${others.join(', ')} would be read otherwise than meant, since the file has aliases, << or tags`);
}

async function writeFile(session: Session, { ref, map }: StoredConfig, text: string): Promise<void> {
  const data = { [fileName(ref)]: text };
  if (map) {
    const body = { metadata: { resourceVersion: map.metadata.resourceVersion }, data };
    await call(session.to, `change ConfigMap ${CONFIGS}`, `${mapsPath(session)}/${CONFIGS}`, { method: 'PATCH', body });
    return;
  }
  const metadata = { name: CONFIGS, namespace: session.namespace };
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
  await call(session.to, `create ConfigMap ${CONFIGS}`, mapsPath(session), { method: 'POST', body });
}

async function writeSecret(session: Session, name: string, secrets: ReadonlyMap<string, string>): Promise<void> {
  const path = collection('v1', session.namespace, 'secrets');
  const data = Object.fromEntries(
    Array.from(secrets, ([key, text]) => [key, Buffer.from(text).toString('base64')] as const),
  );
  try {
    await call(session.to, `change Secret ${name}`, `${path}/${name}`, { method: 'PATCH', body: { data } });
  } catch (error) {
    if (!isMissing(error)) throw error;
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: session.namespace }, data };
    await call(session.to, `create Secret ${name}`, path, { method: 'POST', body });
  }
}
