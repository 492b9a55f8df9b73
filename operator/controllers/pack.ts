// operator/controllers/pack.ts — Packs with their install Jobs, their content and all that is registered from them.
import { Manifest } from '../api/install.ts';
import type { Action, Execution, Pack, Rule, TriggerType, Workflow } from '../api/kinds.ts';
import type { Draft, KubeObject } from '../api/meta.ts';
import { CONFIGS, OVERRIDES, PackSpec, type PackStatus } from '../api/pack.ts';
import type { InstallSettings, ObservedPack } from '../domain/install/observed.ts';
import type { ConfigMap } from '../domain/install/config.ts';
import { BY_PACK } from '../domain/install/job.ts';
import { planPack } from '../domain/install/plan.ts';
import type { RegisteredKind } from '../domain/install/register.ts';
import { draftsToCheck } from '../domain/install/registered.ts';
import { specParser } from '../domain/action/parse-spec.ts';
import { isFinal } from '../domain/execution/parse.ts';
import { isOwnedBy } from '../domain/job/names.ts';
import type { Job, Pod } from '../domain/job/shapes.ts';
import type { Client } from '../kube/client.ts';
import { statusOf } from '../kube/errors.ts';
import { type Reconciler, watched } from '../kube/reconcile.ts';
import { type Key, keyOf, type Store, withoutNoise } from '../kube/store.ts';

const parsePack: (raw: KubeObject) => Pack | string = specParser<PackSpec>(PackSpec);

/** For the store of Packs. @throws Error for one that does not fit its schema */
export function projectPack(raw: KubeObject): Pack {
  const { metadata, apiVersion, kind, spec, status } = withoutNoise(raw);
  const pack = parsePack({ apiVersion, kind, metadata, spec });
  if (typeof pack === 'string') throw new Error(`Pack ${metadata.namespace}/${metadata.name}: ${pack}`);
  return { ...pack, ...(status === undefined ? {} : { status: status as PackStatus }) };
}

export interface PackSources {
  readonly packs: Store<Pack>;
  /** The ConfigMaps `squall-configs`. */
  readonly configMaps: Store<ConfigMap>;
  /** The ConfigMaps `squall-overrides`. */
  readonly overrides: Store<ConfigMap>;
  readonly actions: Store<Action>;
  readonly workflows: Store<Workflow>;
  readonly triggerTypes: Store<TriggerType>;
  readonly rules: Store<Rule>;
  readonly executions: Store<Execution>;
  /** With BY_PACK. */
  readonly jobs: Store<Job>;
  readonly pods: Store<Pod>;
}

export interface PackControllerOptions {
  readonly sources: PackSources;
  readonly client: Client;
  readonly settings: InstallSettings;
  /** Content of a blob of the pack store. */
  readonly readBlob: (digest: string) => Promise<string | undefined>;
}

/** Manifests that are remembered, by digest: so many characters of them, which make about three times as many bytes. */
const REMEMBERED = 4 * 1024 * 1024;
/** Objects that the API server is asked about at a time. */
const CHECKED_AT_A_TIME = 8;

export function packReconciler({
  sources,
  client,
  settings,
  readBlob,
}: PackControllerOptions): Reconciler<ObservedPack, PackStatus> {
  const stores = {
    Action: sources.actions,
    Workflow: sources.workflows,
    TriggerType: sources.triggerTypes,
    Rule: sources.rules,
  } satisfies Record<RegisteredKind, Store<never> | Store<Action> | Store<Workflow> | Store<TriggerType> | Store<Rule>>;
  const all = Object.values(stores) as readonly Store<KubeObject>[];
  const manifests = rememberedManifests(readBlob);
  const packsIn = (namespace: string | undefined) =>
    [...sources.packs.values()].filter((pack) => pack.metadata.namespace === namespace).map(keyOf);
  const versionsIn = (namespace: string): ReadonlyMap<string, string> =>
    new Map([
      ['core', ''],
      ...[...sources.packs.values()].flatMap(({ metadata, status }): [string, string][] =>
        metadata.namespace === namespace && status?.installed ? [[status.ref ?? '', status.version ?? '']] : [],
      ),
    ]);
  return {
    name: 'pack',
    watches: [
      watched(sources.packs),
      ...[sources.jobs, sources.pods].map((store) => watched(store as Store<KubeObject>, packOfInstall)),
      ...[sources.configMaps, sources.overrides].map((store) =>
        watched(store, ({ metadata }) => packsIn(metadata.namespace)),
      ),
      ...all.map((store) => watched(store, packsOf, isOtherSpec)),
    ],
    observe: async (key) => {
      const self = sources.packs.get(key);
      if (!self) return undefined;
      const { namespace = '', uid } = self.metadata;
      const jobs = sources.jobs.by('pack', key);
      const seen = {
        self,
        job: jobs.find((job) => job.metadata.name === self.status?.install?.job && isOwnedBy(job, uid)),
        pods: sources.pods.by('pack', key).filter((pod) => isPodOf(pod, self.status?.install?.job)),
        manifest: await manifestOf(self, manifests),
        owned: all.flatMap((store) => store.by('owner', uid)),
        find: (kind: RegisteredKind, name: string) => stores[kind].get(`${namespace}/${name}`),
        versions: versionsIn(namespace),
        configs: sources.configMaps.get(`${namespace}/${CONFIGS}`),
        overrides: sources.overrides.get(`${namespace}/${OVERRIDES}`),
        live: self.metadata.deletionTimestamp === undefined ? [] : liveOf(self, sources.executions),
        settings,
      };
      return { ...seen, refusals: await refusalsOf(draftsToCheck(seen), client) };
    },
    plan: planPack,
  };
}

const packOfInstall = (object: KubeObject): readonly Key[] => BY_PACK.pack(object) as readonly Key[];

/** What became of a spec is none of the pack's business: a pack may have thousands of objects that are judged one by one. */
const isOtherSpec = ({ metadata: old }: KubeObject, { metadata: now }: KubeObject): boolean =>
  old.generation !== now.generation || old.deletionTimestamp !== now.deletionTimestamp || old.uid !== now.uid;

const packsOf = ({ metadata }: KubeObject): readonly Key[] =>
  (metadata.ownerReferences ?? [])
    .filter(({ kind, controller }) => kind === 'Pack' && controller === true)
    .map(({ name }): Key => `${metadata.namespace ?? ''}/${name}`);

const isPodOf = ({ metadata }: Pod, job: string | undefined): boolean =>
  metadata.ownerReferences?.some(({ kind, name }) => kind === 'Job' && name === job) ?? false;

function liveOf({ metadata, status }: Pack, executions: Store<Execution>): readonly Execution[] {
  const ref = status?.ref ?? metadata.name.replaceAll('-', '_');
  return [...executions.values()].filter(
    (one) =>
      one.metadata.namespace === metadata.namespace &&
      one.spec.request?.action.split('.')[0] === ref &&
      !isFinal(one.status?.phase ?? 'Requested'),
  );
}

type Manifests = (digest: string) => Promise<Manifest | undefined>;

/** By digest, so that none is ever out of date. */
function rememberedManifests(read: (digest: string) => Promise<string | undefined>): Manifests {
  const known = new Map<string, { readonly manifest: Manifest; readonly length: number }>();
  let length = 0;
  return async (digest) => {
    const found = known.get(digest);
    if (found) return found.manifest;
    const text = await read(digest);
    if (text === undefined) return undefined;
    const manifest = Manifest.parse(JSON.parse(text));
    known.set(digest, { manifest, length: text.length });
    length += text.length;
    for (const [oldest, one] of known) {
      if (length <= REMEMBERED) break;
      known.delete(oldest);
      length -= one.length;
    }
    return manifest;
  };
}

async function manifestOf({ status }: Pack, manifests: Manifests): Promise<Manifest | 'missing' | undefined> {
  const reported = status?.install?.step === 'Register' ? status.install.reported : undefined;
  const content = reported ?? status?.installed?.content;
  return content && ((await manifests(content.manifest)) ?? 'missing');
}

/** What is wrong with each, as the API server says; nothing is stored. */
async function refusalsOf(drafts: readonly Draft[], client: Client): Promise<readonly string[]> {
  const refusals: string[] = [];
  const rest = [...drafts];
  const check = async (): Promise<void> => {
    for (let draft = rest.shift(); draft; draft = rest.shift()) {
      const refusal = await refusalOf(draft, client);
      if (refusal !== undefined) refusals.push(`${draft.kind} ${draft.metadata.name}: ${refusal}`);
    }
  };
  await Promise.all(Array.from({ length: CHECKED_AT_A_TIME }, check));
  return refusals;
}

async function refusalOf(draft: Draft, client: Client): Promise<string | undefined> {
  try {
    await client.check(draft);
    return undefined;
  } catch (error) {
    const status = statusOf(error);
    if (status?.code === 400 || status?.code === 422) return status.message;
    throw error;
  }
}
