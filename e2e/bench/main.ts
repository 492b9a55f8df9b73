// e2e/bench/main.ts — npm run bench: measures the budgets on a real cluster, prints a table, writes artifacts/bench.json.
import { cpus, totalmem } from 'node:os';
import { writeFileSync } from 'node:fs';
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
const BENCHES = ['idle', 'single', 'burst', 'writes', 'door', 'live', 'chaos'] as const;
type Bench = (typeof BENCHES)[number];

const unknown = positionals.find((name) => !(BENCHES as readonly string[]).includes(name));
if (unknown !== undefined) {
  console.error(`"${unknown}" is no benchmark: say one of ${BENCHES.join(', ')}, or none for all but chaos.`);
  process.exit(2);
}
const wanted = (positionals.length > 0 ? positionals : BENCHES.filter((name) => name !== 'chaos')) as Bench[];

async function measure(name: Bench, namespace: string): Promise<Figure[]> {
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
    case 'chaos':
      return (await import('./chaos.ts')).chaos(namespace);
  }
}

let cluster: Cluster | undefined;
const figures: Figure[] = [];
let failed = false;
try {
  const setup = await setUp({
    context: options.context,
    registry: options.registry,
    progress: createProgress(),
    timed: async (_, work) => work(),
    opened: (open) => (cluster = open),
  });
  Object.assign(process.env, setup.environment);
  const { createNamespace, deleteNamespace, eventually, namespaceExists } = await import('../harness.ts');
  for (const name of wanted) {
    const namespace = `bench-${name}-${Date.now().toString(36)}`;
    console.error(`benchmark ${name} …`);
    await createNamespace(namespace);
    try {
      figures.push(...(await measure(name, namespace)));
    } catch (error) {
      failed = true;
      console.error(`benchmark ${name}:`, error);
    }
    await deleteNamespace(namespace);
    // Thousands of objects that are being deleted would disturb what comes next.
    await eventually(`${namespace} is gone`, async () => !(await namespaceExists(namespace)), 600);
  }
  setup.installed.close();
} finally {
  if (cluster && cluster.origin !== 'context' && !options.keep) await cluster.down();
}

const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${mebibytes(totalmem())}`;
writeFileSync('artifacts/bench.json', JSON.stringify({ machine, at: new Date().toISOString(), figures }, null, 2));
console.log(`\n${machine}\n${table(figures)}`);
process.exitCode = failed ? 1 : 0;
