// operator/controllers/pack.ts — Packs with their install Jobs, their content and all that is registered from them.
import type { Action, Execution, Pack, Rule, TriggerType, Workflow } from '../api/kinds.ts';
import type { KubeObject } from '../api/meta.ts';
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
import { type Reconciler, watched } from '../kube/reconcile.ts';
import { type Key, keyOf, type Store, withoutNoise } from '../kube/store.ts';
import type { Log } from '../telemetry/log.ts';
import { manifestOf, rememberedManifests } from './pack-manifests.ts';
import { jobRefusal, refusalsOf } from './pack-refusals.ts';

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
  readonly log: Log;
}

/** Beside what the loop needs, it wants to hear of failed looks: a refused install Job ends its try. */
export interface PackReconciler extends Reconciler<ObservedPack, PackStatus> {
  onError(key: Key, error: unknown): void;
}

export function packReconciler({ sources, client, settings, readBlob, log }: PackControllerOptions): PackReconciler {
  const stores = {
    Action: sources.actions,
    Workflow: sources.workflows,
    TriggerType: sources.triggerTypes,
    Rule: sources.rules,
  } satisfies Record<RegisteredKind, Store<never> | Store<Action> | Store<Workflow> | Store<TriggerType> | Store<Rule>>;
  const all = Object.values(stores) as readonly Store<KubeObject>[];
  const manifests = rememberedManifests(readBlob, log);
  const refusedJobs = new Map<Key, { readonly job: string; readonly message: string }>();
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
      if (!self) {
        refusedJobs.delete(key);
        return undefined;
      }
      const { namespace = '', uid } = self.metadata;
      const refused = refusedJobs.get(key);
      const jobs = sources.jobs.by('pack', key);
      const seen = {
        self,
        job: jobs.find((job) => job.metadata.name === self.status?.install?.job && isOwnedBy(job, uid)),
        jobRefused: refused?.job === self.status?.install?.job ? refused?.message : undefined,
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
    onError: (key, error) => {
      const install = sources.packs.get(key)?.status?.install;
      const message = jobRefusal(error);
      if (install && message !== undefined) refusedJobs.set(key, { job: install.job, message });
    },
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
