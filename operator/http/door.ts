// operator/http/door.ts — the HTTPS server with all its routes, and the chores that belong to them.
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Client } from '../kube/client.ts';
import type { Transport } from '../kube/transport.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { EnforcementRecorder } from './enforcement.ts';
import { EventSecrets } from './event-secrets.ts';
import { FairGate } from './fair-gate.ts';
import { ReplayMemory } from './hmac.ts';
import { KeyWriter } from './key-writes.ts';
import { addKeys } from './keys.ts';
import { KubeTokens } from './kube-tokens.ts';
import { countLive } from './live-executions.ts';
import { PodTokens } from './pod-token.ts';
import { addContent } from './content.ts';
import { contentInUse } from './content-use.ts';
import { addInstalls } from './installs.ts';
import { type Inside, openInside } from './inside.ts';
import { addResultReads } from './result-reads.ts';
import { BlobStore } from './blob-store.ts';
import { addResults } from './results.ts';
import { SecretsJournal } from './secrets-journal.ts';
import { buildServer } from './server.ts';
import { indexRules, type Sources, STALE_MS } from './sources.ts';
import { addStarts } from './starts.ts';
import { addWebhooks } from './webhooks.ts';

export interface DoorOptions {
  readonly transport: Transport;
  /** Not bound to the Lease: every replica takes events and results. */
  readonly client: Client;
  readonly sources: Sources;
  readonly log: Log;
  readonly metrics: Metrics;
  /** PEM; plain HTTP without, for tests. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The operator's volume, locked. */
  readonly dataDirectory: string;
  /** Where pack core is. */
  readonly systemNamespace: string;
  readonly defaultNamespace: string;
  readonly executionTtlSeconds: number;
  readonly liveExecutionsMax: number;
  /** Addresses of index files of packs; the leftmost wins. */
  readonly packIndexes: readonly string[];
  /** PEM text of authorities that installations trust beside the usual ones. */
  readonly authorities?: string | undefined;
  /** How long one event may try to create its Executions; 8 000 ms by default. */
  readonly createDeadlineMs?: number;
  readonly stop: AbortSignal;
  readonly now?: () => Date;
}

export interface Door {
  readonly app: FastifyInstance;
  /** Shared with the controller, which stores large logs. */
  readonly results: BlobStore;
  /** The pack store. */
  readonly packs: BlobStore;
  /** The way in for what happens inside; it shares all that the door remembers. */
  readonly inside: Inside;
  /** Serves with another certificate from the next connection on. */
  readonly useCertificate: (tls: { readonly key: string; readonly cert: string }) => void;
}

const SWEEP_MS = 300_000;
const COLLECT_MS = 3_600_000;

/** Ready to `listen`; its chores end with `stop`. */
export function buildDoor(options: DoorOptions): Door {
  const { transport, client, sources, log, dataDirectory, stop } = options;
  const results = new BlobStore(join(dataDirectory, 'results'));
  const packs = new BlobStore(join(dataDirectory, 'packs'));
  const journal = new SecretsJournal(join(dataDirectory, 'secrets-journal'));
  const secrets = new EventSecrets({ transport, client, journal, log });
  const enforcement = new EnforcementRecorder({ client, rules: sources.rules, log, metrics: options.metrics });
  const authenticators = {
    sources,
    client,
    kubeTokens: new KubeTokens(transport),
    podTokens: new PodTokens(transport),
  };
  const app = buildServer(options);
  const shared = { ...options, ...authenticators };
  const intake = {
    ...shared,
    executions: sources.executions,
    secrets,
    enforcement,
    gate: new FairGate(),
    ruleIndex: indexRules(sources.rules),
    liveExecutions: countLive(sources.executions),
  };
  const inside = openInside(intake);
  addWebhooks(app, { ...intake, replays: new ReplayMemory() });
  addStarts(app, shared);
  addResults(app, { ...shared, store: results, audience: inside.audience });
  addResultReads(app, { ...authenticators, store: results });
  addContent(app, { ...authenticators, packs });
  addInstalls(app, { ...authenticators, ...options, packs });
  const keys = new KeyWriter({ transport, client, keyValues: sources.keyValues });
  addKeys(app, { ...shared, keys });
  chore('secrets without execution are looked for', () => secrets.sweep(), SWEEP_MS, options);
  const collect = async () => {
    await sources.executions.synced;
    if (stop.aborted || !sources.executions.healthy(STALE_MS)) return; // what is not known yet may refer to a file
    const deleted = await results.collect((digest) => sources.executions.by('digest', digest).length > 0, new Date());
    if (deleted > 0) log.info({ deleted }, 'results without execution deleted');
  };
  chore('results without execution are looked for', collect, COLLECT_MS, options);
  const collectKeys = async () => {
    await sources.keyValues.synced;
    if (stop.aborted || !sources.keyValues.healthy(STALE_MS)) return;
    const removed = await keys.sweep();
    if (removed > 0) log.info({ removed }, 'values without entry removed from the Secrets of the datastore');
  };
  chore('values without entry are looked for', collectKeys, SWEEP_MS, options);
  const collectPacks = async () => {
    await Promise.all([sources.packs, sources.actions, sources.jobs].map((store) => store.synced));
    if (stop.aborted || !sources.packs.healthy(STALE_MS) || !sources.jobs.healthy(STALE_MS)) return;
    const used = contentInUse(sources);
    const deleted = await packs.collect((digest) => used.has(digest), new Date());
    if (deleted > 0) log.info({ deleted }, 'content of no pack deleted');
  };
  chore('content of no pack is looked for', collectPacks, COLLECT_MS, options);
  stop.addEventListener('abort', () => enforcement.close(), { once: true });
  return { app, results, packs, inside, useCertificate: (tls) => reload(app, tls) };
}

/** At once, and then again and again; one that fails is logged and tried at its next turn. */
function chore(what: string, work: () => Promise<void>, everyMs: number, { log, stop }: DoorOptions): void {
  const once = () => work().catch((err: unknown) => log.warn({ err, chore: what }, 'chore is tried again later'));
  void once();
  const timer = setInterval(() => void once(), everyMs);
  timer.unref();
  stop.addEventListener('abort', () => clearInterval(timer), { once: true });
}

function reload(app: FastifyInstance, tls: { readonly key: string; readonly cert: string }): void {
  const { server } = app;
  if ('setSecureContext' in server && typeof server.setSecureContext === 'function') server.setSecureContext(tls);
}
