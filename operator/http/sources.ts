// operator/http/sources.ts — the stores that the doors read instead of asking the API server for each event.
import type { Action, Execution, KeyValue, Pack, Rule, TriggerType, Workflow } from '../api/kinds.ts';
import type { KubeObject } from '../api/meta.ts';
import type { ConfigMap } from '../domain/install/config.ts';
import type { Job, Pod } from '../domain/job/shapes.ts';
import { namespaceOfRef, winnerOf } from '../domain/rule/reference.ts';
import { callableOf } from '../domain/workflow/as-action.ts';
import { RuleIndex } from '../domain/rule/rule-index.ts';
import type { Store } from '../kube/store.ts';
import { unavailable } from './errors.ts';

export interface KubeSecret extends KubeObject {
  /** Values in base64. */
  readonly data?: Readonly<Record<string, string>>;
}

/** Indexes: those of domain/rule/indexes.ts. */
export interface Sources {
  readonly rules: Store<Rule>;
  readonly triggerTypes: Store<TriggerType>;
  readonly actions: Store<Action>;
  readonly workflows: Store<Workflow>;
  readonly executions: Store<Execution>;
  /** With KEY_VALUE_INDEXES. */
  readonly keyValues: Store<KeyValue>;
  readonly packs: Store<Pack>;
  /** The ConfigMaps `squall-configs`. */
  readonly configMaps: Store<ConfigMap>;
  /** Of Executions and of installations. */
  readonly jobs: Store<Job>;
  readonly pods: Store<Pod>;
  /** The Secrets `squall-api-keys`. */
  readonly apiKeys: Store<KubeSecret>;
  /** The Secrets `squall-webhooks`. */
  readonly webhookSecrets: Store<KubeSecret>;
}

export const API_KEYS_SECRET = 'squall-api-keys';
export const WEBHOOKS_SECRET = 'squall-webhooks';

/** How old the last sign of life of a watch may be for its cache to count as knowledge, in ms. */
export const STALE_MS = 90_000;

/** The caches that decide about an event; jobs and pods are asked for live on a miss. */
const DECISIVE = [
  'rules',
  'triggerTypes',
  'actions',
  'workflows',
  'executions',
  'keyValues',
  'apiKeys',
  'webhookSecrets',
] as const;
/** Those that decide about a call of the datastore. */
const DATASTORE = ['keyValues', 'apiKeys'] as const;

/** @throws HttpError 503 that names the cache which has not listed yet or whose watch is silent */
export const assertFresh = (sources: Sources): void => assertHealthy(sources, DECISIVE, 'send the event again');

/** The same for a call of the datastore. @throws HttpError 503 */
export const assertDatastoreFresh = (sources: Sources): void => assertHealthy(sources, DATASTORE, 'try again');

/** The same for a result whose Action is not found. @throws HttpError 503 */
export const assertActionsFresh = (sources: Sources): void =>
  assertHealthy(sources, ['actions'], 'post the result again');

function assertHealthy(sources: Sources, names: readonly (keyof Sources)[], remedy: string): void {
  for (const name of names) {
    const store = sources[name];
    if (store.healthy(STALE_MS)) continue;
    const why = store.isSynced ? 'has had no sign of life from the API server for 90 s' : 'is not complete yet';
    throw unavailable(`The cache of ${store.kind.plural} ${why}; ${remedy}`, 5);
  }
}

/** An index over the rules of the store, kept up to date from now on. */
export function indexRules(rules: Store<Rule>): RuleIndex {
  const index = new RuleIndex();
  for (const rule of rules.values()) index.put(undefined, rule);
  rules.subscribe((old, now) => index.put(old, now));
  return index;
}

/** Looks up references as the objects of `namespace` mean them. */
export function lookup(sources: Sources, namespace: string, systemNamespace: string) {
  const key = (ref: string) => `${namespaceOfRef(ref, namespace, systemNamespace)}/${ref}`;
  return {
    /** Also a Workflow, as an Action. */
    action: (ref: string): Action | undefined =>
      callableOf(sources.actions.by('ref', key(ref)), sources.workflows.by('ref', key(ref))),
    triggerType: (ref: string): TriggerType | undefined => winnerOf(sources.triggerTypes.by('ref', key(ref))),
    webhook: (url: string): TriggerType | undefined =>
      winnerOf(sources.triggerTypes.by('webhook', `${namespace}/${url}`)),
  };
}
