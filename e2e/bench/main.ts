// e2e/bench/main.ts — npm run bench: measures the budgets, most on a real cluster, prints a table, writes artifacts/bench.json.
import { cpus, totalmem } from 'node:os';
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Cluster } from '../cluster/cluster.ts';
import { createProgress } from '../cluster/progress.ts';
import { setUp } from '../setup.ts';
import { type Figure, mebibytes, table } from './figures.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { context: { type: 'string' }, registry: { type: 'string' }, keep: { type: 'boolean', default: false } },
});

/** What can be asked for by name; `chaos` only when it is asked for. */
const CLUSTER_BENCHES = [
  'idle',
  'single',
  'burst',
  'writes',
  'door',
  'live',
  'running',
  'workflow-runs',
  'packs',
  'chaos',
] as const;
type ClusterBench = (typeof CLUSTER_BENCHES)[number];
/** What needs no cluster. */
const LOCAL_BENCHES = ['expressions', 'corpus', 'properties', 'workflow-engine', 'hostile-packs'] as const;
type LocalBench = (typeof LOCAL_BENCHES)[number];
const BENCHES = [...LOCAL_BENCHES, ...CLUSTER_BENCHES];
/** One name for several. */
const GROUPS: ReadonlyMap<string, readonly string[]> = new Map([['workflows', ['workflow-engine', 'workflow-runs']]]);

const asked = positionals.flatMap((name) => GROUPS.get(name) ?? [name]);
const unknown = asked.find((name) => !BENCHES.some((bench) => bench === name));
if (unknown !== undefined) {
  const names = [...BENCHES, ...GROUPS.keys()].join(', ');
  console.error(`"${unknown}" is no benchmark: say one of ${names}, or none for all but chaos.`);
  process.exit(2);
}
const wanted = BENCHES.filter((name) => (asked.length > 0 ? asked.includes(name) : name !== 'chaos'));
const isLocal = (name: LocalBench | ClusterBench): name is LocalBench => LOCAL_BENCHES.some((bench) => bench === name);

async function measureLocal(name: LocalBench): Promise<Figure[]> {
  switch (name) {
    case 'expressions':
      return (await import('./expressions.ts')).expressions();
    case 'corpus':
      return (await import('./corpus.ts')).corpus();
    case 'properties':
      return (await import('./properties.ts')).properties();
    case 'workflow-engine':
      return (await import('./workflows.ts')).workflowEngine();
    case 'hostile-packs':
      return (await import('./hostile-packs.ts')).hostilePacks();
  }
}

async function measure(name: ClusterBench, namespace: string): Promise<Figure[]> {
  switch (name) {
    case 'idle':
      return (await import('./idle.ts')).idle();
    case 'single':
      return (await import('./jobs.ts')).single(namespace);
    case 'burst':
      return (await import('./jobs.ts')).burst(namespace);
    case 'writes':
      return (await import('./writes.ts')).writes(namespace);
    case 'door':
      return (await import('./door.ts')).door(namespace);
    case 'live':
      return (await import('./live.ts')).live(namespace);
    case 'running':
      return (await import('./running.ts')).running(namespace);
    case 'workflow-runs':
      return (await import('./workflow-runs.ts')).workflowRuns(namespace);
    case 'packs':
      return (await import('./packs.ts')).packs(namespace);
    case 'chaos':
      return (await import('./chaos.ts')).chaos(namespace);
  }
}

let cluster: Cluster | undefined;
const figures: Figure[] = [];
let failed = false;

/** Adds what a benchmark found; one that breaks off fails the run, and the next goes on. */
async function attempt(name: string, work: () => Promise<Figure[]>): Promise<void> {
  console.error(`benchmark ${name} …`);
  try {
    figures.push(...(await work()));
  } catch (error) {
    failed = true;
    console.error(`benchmark ${name}:`, error);
  }
}

async function onCluster(names: readonly ClusterBench[]): Promise<void> {
  const setup = await setUp({
    context: options.context,
    registry: options.registry,
    progress: createProgress(),
    timed: async (_, work) => work(),
    opened: (open) => (cluster = open),
  });
  Object.assign(process.env, setup.environment);
  const { createNamespace, deleteNamespace, eventually, namespaceExists } = await import('../harness.ts');
  for (const name of names) {
    const namespace = `bench-${name}-${Date.now().toString(36)}`;
    await createNamespace(namespace);
    await attempt(name, () => measure(name, namespace));
    await deleteNamespace(namespace);
    // Thousands of objects that are being deleted would disturb what comes next.
    await eventually(`${namespace} is gone`, async () => !(await namespaceExists(namespace)), 600);
  }
  setup.installed.close();
}

try {
  for (const name of wanted) if (isLocal(name)) await attempt(name, () => measureLocal(name));
  const names = wanted.filter((name) => !isLocal(name));
  if (names.length > 0) await onCluster(names);
} finally {
  if (cluster && cluster.origin !== 'context' && !options.keep) await cluster.down();
}

const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${mebibytes(totalmem())}`;
mkdirSync('artifacts', { recursive: true });
writeFileSync('artifacts/bench.json', JSON.stringify({ machine, at: new Date().toISOString(), figures }, null, 2));
console.log(`\n${machine}\n${table(figures)}`);
process.exitCode = failed ? 1 : 0;
