// operator/operator.ts — the whole operator: events come in at the door, the leader turns Executions into Jobs, runners deliver results.
import { readFileSync } from 'node:fs';
import type { Config } from './config.ts';
import { KINDS } from './api/kinds.ts';
import { FIELD_MANAGER } from './api/meta.ts';
import { actionReconciler } from './controllers/action.ts';
import { readCorePack, startCorePack } from './controllers/core-pack.ts';
import { executionReconciler, startSweep } from './controllers/execution.ts';
import { keyValueReconciler } from './controllers/key-value.ts';
import { notifyReconciler } from './controllers/notify.ts';
import { packReconciler } from './controllers/pack.ts';
import { ruleReconciler } from './controllers/rule.ts';
import { triggerTypeReconciler } from './controllers/trigger-type.ts';
import { collectRevisions } from './controllers/revisions.ts';
import { RunStore } from './controllers/run-store.ts';
import { workflowReconciler } from './controllers/workflow.ts';
import { workflowRunReconciler } from './controllers/workflow-run.ts';
import { withCa } from './domain/job/settings.ts';
import { buildDoor, type Door } from './http/door.ts';
import { buildHealthServer, unreadyParts } from './http/health.ts';
import { sha256 } from './http/sha256.ts';
import { ensureServing, followServing, serviceNames, type Serving } from './http/tls.ts';
import { lockVolume } from './http/volume-lock.ts';
import { Client, type ClientOptions } from './kube/client.ts';
import { countCalls } from './kube/observe.ts';
import { WorkQueue } from './kube/queue.ts';
import { type Observed, type Reconciler, runLoop } from './kube/reconcile.ts';
import { loadTransport, type Transport, type TransportOptions } from './kube/transport.ts';
import { clientStores, createStores, type Stores, watchAll } from './stores.ts';
import { showState } from './state.ts';
import { Terms } from './terms.ts';
import { createLog, type Log } from './telemetry/log.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';

export interface OperatorOptions {
  readonly version: string;
  /** For tests: something goes wrong before or after a call. */
  readonly fault?: NonNullable<TransportOptions['fault']>;
}

export interface Operator {
  /** Gives the Lease back, lets requests finish, closes everything. */
  stop(): Promise<void>;
}

/** What every part below is given. */
interface Parts {
  readonly config: Config;
  readonly transport: Transport;
  readonly stores: Stores;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly stop: AbortSignal;
}

/** Resolves when the doors are open and, with the role controller, leadership is being sought. */
export async function startOperator(config: Config, options: OperatorOptions): Promise<Operator> {
  const log = createLog({ level: config.logLevel });
  const metrics = createMetrics({ version: options.version, process: true });
  const stopping = new AbortController();
  const calls: TransportOptions = {
    version: options.version,
    onCall: countCalls(metrics),
    ...(config.kubeconfig === undefined ? {} : { kubeconfig: config.kubeconfig }),
    ...(options.fault ? { fault: options.fault } : {}),
  };
  const transport = await loadTransport(calls);
  // The Lease has connections of its own: it must not queue behind a thousand results.
  const leaseTransport = await loadTransport({ ...calls, connections: 2 });
  const stores = createStores(log);
  const parts: Parts = { config, transport, stores, log, metrics, stop: stopping.signal };
  watchAll({ ...parts, namespace: config.watchNamespace });

  const terms = new Terms({
    transport: leaseTransport,
    namespace: config.namespace,
    name: config.lease,
    identity: `${config.podName}_${config.podUid}`,
    log,
  });
  showState({ ...parts, lease: terms.lease });
  let doorListens = false;
  const unready = () => unreadyParts(Object.entries(stores), doorListens);
  const health = buildHealthServer({ log, metrics, unready });
  await health.listen({ host: '::', port: config.httpPort });

  const volume = await lockVolume(config.dataDirectory, stopping.signal, () =>
    log.warn('another process holds the volume; waiting'),
  );
  const { door, serving } = await openDoor(parts);
  doorListens = true;
  log.info({ version: options.version, server: transport.server }, 'doors are open');
  const leading = config.roles.controller ? lead(parts, terms, door, serving) : Promise.resolve();
  return {
    stop: async () => {
      stopping.abort(new Error('the operator stops'));
      await leading.catch(() => undefined);
      await terms.lease.release();
      await Promise.all([door.app.close(), health.close()]);
      volume[Symbol.dispose]();
      await Promise.all([transport.close(), leaseTransport.close()]);
    },
  };
}

/** One for the doors, and one for each time that this process leads. */
const clientOf = (
  { config, transport, stores }: Pick<Parts, 'config' | 'transport' | 'stores'>,
  more: Pick<ClientOptions, 'fence' | 'onEventError'> = {},
) =>
  new Client({
    transport,
    kinds: KINDS,
    stores: clientStores(stores),
    fieldManager: FIELD_MANAGER,
    instance: config.podName,
    ...more,
  });

/** The HTTPS door, with the certificate of this installation; `serving` tells what that is at the time. */
async function openDoor({
  config,
  transport,
  stores,
  log,
  metrics,
  stop,
}: Parts): Promise<{ door: Door; serving: () => Serving }> {
  const tls = {
    transport,
    namespace: config.namespace,
    secret: config.tlsSecret,
    names: serviceNames(config.serviceUrl),
    log,
  };
  const first = await ensureServing(tls);
  const client = clientOf({ config, transport, stores });
  const door = buildDoor({
    transport,
    client,
    sources: stores,
    log,
    metrics,
    tls: { key: first.key, cert: first.cert },
    dataDirectory: config.dataDirectory,
    systemNamespace: config.namespace,
    defaultNamespace: config.defaultNamespace,
    executionTtlSeconds: config.executionTtlSeconds,
    liveExecutionsMax: config.liveExecutionsMax,
    packIndexes: config.packIndexes,
    authorities: config.authoritiesFile === undefined ? undefined : readFileSync(config.authoritiesFile, 'utf8'),
    stop,
  });
  const onChange = ({ key, cert }: Serving) => door.useCertificate({ key, cert });
  const serving = followServing(first, { ...tls, stop, onChange });
  if (config.roles.api) await door.app.listen({ host: '::', port: config.httpsPort });
  return { door, serving };
}

/** Runs all controllers whenever the Lease is held. */
async function lead(
  { config, transport, stores, log, metrics, stop }: Parts,
  terms: Terms,
  door: Door,
  serving: () => Serving,
): Promise<void> {
  const client = clientOf(
    { config, transport, stores },
    {
      fence: terms.lease.fence,
      onEventError: (err) => log.debug({ err }, 'an Event was not told'),
    },
  );
  const triggerTypes = triggerTypeReconciler(stores.triggerTypes);
  const rules = ruleReconciler({ ...stores, systemNamespace: config.namespace });
  const actions = actionReconciler(stores);
  const keyValues = keyValueReconciler(stores.keyValues);
  const workflows = workflowReconciler(stores, config.namespace);
  const executions = executionReconciler({
    sources: stores,
    client,
    transport,
    settings: withCa({ ...config, sha256 }, () => serving().ca),
    systemNamespace: config.namespace,
    storeResult: (json) => door.results.put(json),
    audience: door.inside.audience,
    log,
  });
  const runStore = new RunStore({ client, transport, readResult: (digest) => door.results.text(digest), sha256 });
  const runs = workflowRunReconciler({
    sources: stores,
    store: runStore,
    storeResult: (json) => door.results.put(json),
    limits: config.workflowLimits,
    audience: door.inside.audience,
    serviceUrl: config.serviceUrl,
    systemNamespace: config.namespace,
    sha256,
  });
  const ends = notifyReconciler({
    sources: stores,
    client,
    inside: door.inside,
    store: runStore,
    readResult: (digest) => door.results.text(digest),
    systemNamespace: config.namespace,
    sha256,
  });
  const packs = packReconciler({
    sources: stores,
    client,
    settings: withCa({ ...config, sha256 }, () => serving().ca),
    readBlob: (digest) => door.packs.text(digest),
    log,
  });
  await terms.run(stop, async (term) => {
    log.info('this process leads');
    await Promise.all(Object.values(stores).map((store) => store.synced));
    // Its first try comes first, so that no Execution of a new installation looks in vain for an action of pack core.
    const read = () => readCorePack(config.packsDirectory, config.namespace);
    const corePack = await startCorePack({ client, read, log, metrics, stop: term });
    log.info({ executions: stores.executions.size, rules: stores.rules.size }, 'caches are complete; reconciling');
    runStore.beginTerm();
    const queue = new WorkQueue();
    const loop = <O extends Observed, S>(reconciler: Reconciler<O, S>, own = new WorkQueue()) =>
      runLoop(reconciler, { client, log, metrics, stop: term, queue: own });
    const endSweep = startSweep({ sources: stores, queue, metrics, log });
    const endCollecting = collectRevisions({ store: runStore, stores, namespace: config.watchNamespace, log });
    const loops = [
      loop(packs),
      loop(triggerTypes),
      loop(rules),
      loop(actions),
      loop(keyValues),
      loop(workflows),
      loop(runs),
      loop(executions, queue),
      loop(ends),
    ];
    await Promise.all([...loops, corePack.done]).finally(() => {
      endSweep();
      endCollecting();
    });
  });
}
