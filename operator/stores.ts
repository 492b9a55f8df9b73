// operator/stores.ts — every cache of the operator: which objects, what of them is kept, how they are looked up, and their watches.
import type { Rule as RuleObject, TriggerType as TriggerTypeObject, Workflow as WorkflowObject } from './api/kinds.ts';
import { Action, Execution, KeyValue, Pack, Rule, TriggerType, Workflow } from './api/kinds.ts';
import type { KubeObject } from './api/meta.ts';
import { RuleSpec, type RuleStatus } from './api/rule.ts';
import { TriggerTypeSpec, type TriggerTypeStatus } from './api/trigger-type.ts';
import { projectAction } from './controllers/action.ts';
import { projectExecution } from './controllers/execution.ts';
import { projectKeyValue } from './controllers/key-value.ts';
import { projectPack } from './controllers/pack.ts';
import { projectWorkflow } from './controllers/workflow.ts';
import { KEY_VALUE_INDEXES } from './domain/datastore/entry.ts';
import { CONFIGS, OVERRIDES } from './api/pack.ts';
import type { ConfigMap } from './domain/install/config.ts';
import { BY_PACK } from './domain/install/job.ts';
import { BY_OWNER } from './domain/install/register.ts';
import { BY_EXECUTION } from './domain/job/names.ts';
import { type Job, type Pod, projectJob, projectPod } from './domain/job/shapes.ts';
import {
  ACTION_INDEXES,
  EXECUTION_INDEXES,
  RULE_INDEXES,
  TRIGGER_TYPE_INDEXES,
  WORKFLOW_INDEXES,
} from './domain/rule/indexes.ts';
import { API_KEYS_SECRET, type KubeSecret, type Sources, WEBHOOKS_SECRET } from './http/sources.ts';
import { KIND } from './kube/paths.ts';
import { reflect } from './kube/reflect.ts';
import { type Sink, Store, type StoreOptions, withoutNoise } from './kube/store.ts';
import type { Transport } from './kube/transport.ts';
import type { Log } from './telemetry/log.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** Jobs of Executions and of installations, and their pods. */
const OURS = 'app.kubernetes.io/managed-by=squall';

export interface Stores extends Sources {
  readonly workflows: Store<WorkflowObject>;
  readonly jobs: Store<Job>;
  readonly pods: Store<Pod>;
  /** The ConfigMaps `squall-overrides`. */
  readonly overrides: Store<ConfigMap>;
}

/** Empty stores; `watchAll` fills them. */
export function createStores(log: Log): Stores {
  const store = <T extends KubeObject>(options: Omit<StoreOptions<T>, 'onPoison' | 'onListenerError'>): Store<T> =>
    new Store({
      ...options,
      onPoison: ({ kind, metadata: { namespace, name } }, err) =>
        log.warn({ kind, namespace, name, err }, 'object does not fit its schema and is left out'),
      onListenerError: (err) => log.error({ err, kind: options.kind.kind }, 'a listener of the cache threw'),
    });
  return {
    actions: store({ kind: Action, project: projectAction, indexes: { ...ACTION_INDEXES, ...BY_OWNER } }),
    workflows: store({ kind: Workflow, project: projectWorkflow, indexes: { ...WORKFLOW_INDEXES, ...BY_OWNER } }),
    triggerTypes: store({
      kind: TriggerType,
      project: projectTriggerType,
      indexes: { ...TRIGGER_TYPE_INDEXES, ...BY_OWNER },
    }),
    rules: store({ kind: Rule, project: projectRule, indexes: { ...RULE_INDEXES, ...BY_OWNER } }),
    executions: store({ kind: Execution, project: projectExecution, indexes: EXECUTION_INDEXES }),
    jobs: store({ kind: KIND.job, project: projectJob, indexes: { ...BY_EXECUTION, ...BY_PACK } }),
    pods: store({ kind: KIND.pod, project: projectPod, indexes: { ...BY_EXECUTION, ...BY_PACK } }),
    configMaps: store<ConfigMap>({ kind: KIND.configMap, project: withoutNoise }),
    overrides: store<ConfigMap>({ kind: KIND.configMap, project: withoutNoise }),
    packs: store({ kind: Pack, project: projectPack }),
    keyValues: store({ kind: KeyValue, project: projectKeyValue, indexes: KEY_VALUE_INDEXES }),
    apiKeys: store<KubeSecret>({ kind: KIND.secret, project: withoutNoise }),
    webhookSecrets: store<KubeSecret>({ kind: KIND.secret, project: withoutNoise }),
  };
}

/** The stores that answers of the client go into: it may not read Secrets. */
export const clientStores = ({ apiKeys: _, webhookSecrets: __, ...cached }: Stores): readonly Sink[] =>
  Object.values(cached);

export interface WatchOptions {
  readonly transport: Transport;
  readonly stores: Stores;
  /** Undefined = all. */
  readonly namespace: string | undefined;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly stop: AbortSignal;
}

/** Starts to keep all stores equal to the API server, until `stop`. */
export function watchAll({ transport, stores, namespace, log, metrics, stop }: WatchOptions): void {
  const start = (
    store: Store<never> | Store<KubeObject>,
    selectors: { labelSelector?: string; fieldSelector?: string } = {},
  ) => {
    const onError = (err: unknown) => log.info({ err, kind: (store as Sink).kind.kind }, 'watch is resumed');
    const scope = namespace === undefined ? {} : { namespace };
    void reflect({ transport, store: store as Sink, stop, metrics, onError, ...scope, ...selectors });
  };
  const of = (store: unknown) => store as Store<KubeObject>;
  start(of(stores.actions));
  start(of(stores.workflows));
  start(of(stores.triggerTypes));
  start(of(stores.rules));
  start(of(stores.executions));
  start(of(stores.keyValues));
  start(of(stores.packs));
  start(of(stores.configMaps), { fieldSelector: `metadata.name=${CONFIGS}` });
  start(of(stores.overrides), { fieldSelector: `metadata.name=${OVERRIDES}` });
  start(of(stores.jobs), { labelSelector: OURS });
  start(of(stores.pods), { labelSelector: OURS });
  start(of(stores.apiKeys), { fieldSelector: `metadata.name=${API_KEYS_SECRET}` });
  start(of(stores.webhookSecrets), { fieldSelector: `metadata.name=${WEBHOOKS_SECRET}` });
}

/** @throws ZodError for one that does not fit its schema */
function projectTriggerType(raw: KubeObject): TriggerTypeObject {
  const { status, ...rest } = withoutNoise(raw);
  return {
    ...rest,
    spec: TriggerTypeSpec.parse(raw.spec),
    ...(status === undefined ? {} : { status: status as TriggerTypeStatus }),
  };
}

/** @throws ZodError for one that does not fit its schema */
function projectRule(raw: KubeObject): RuleObject {
  const { status, ...rest } = withoutNoise(raw);
  return { ...rest, spec: RuleSpec.parse(raw.spec), ...(status === undefined ? {} : { status: status as RuleStatus }) };
}
