// e2e/packs/peers.ts — the peers of cases on this machine, for `cases.ts --peers`: real servers, until it is interrupted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { widenPath } from '../cluster/facts.ts';
import { type Peers, startPeers } from './serving.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { host: { type: 'string' } },
});
const [file] = positionals;
if (file === undefined) {
  console.error(
    'usage: node e2e/packs/peers.ts [--host ADDRESS] <peers.json>\n' +
      'ADDRESS: one of this machine that pods reach; if the cluster was made by `npm test`, it is known',
  );
  process.exit(2);
}
const host = values.host ?? (await hostOfStage());
const addresses = Object.values(networkInterfaces()).flatMap((found = []) => found.map(({ address }) => address));
if (host === undefined || !addresses.includes(host)) {
  const others = addresses.filter((address) => !address.startsWith('fe80')).join(', ');
  console.error(
    host === undefined
      ? `which address of this machine do pods reach? Make the cluster first (npm test -- --stories --keep), or say --host, one of ${others}`
      : `${host}: this machine has no such address, it has ${others}; does the cluster run?`,
  );
  process.exit(2);
}

widenPath();
const folder = mkdtempSync(join(tmpdir(), 'squall-peers-'));
// One that was ended in the middle of its start may still write.
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
let peers: Peers | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());

console.log(`starts them at ${host} …`);
peers = await startPeers(host, folder);
for (const name of Object.keys(peers.tokens)) console.log(`runs    ${name}`);
for (const [name, why] of Object.entries(peers.missing)) console.log(`missing ${name}: ${why}`);
writeFileSync(file, `${JSON.stringify(peers.tokens, undefined, 2)}\n`);
console.log(`${file} is written. Logs: ${folder}. An interrupt (Ctrl-C) ends them, and removes both.`);

/** What the set-up of the cluster has noted; undefined where there was none. */
async function hostOfStage(): Promise<string | undefined> {
  return await import('../harness.ts').then(
    ({ stage }) => stage.hostAddress,
    () => undefined,
  );
}

async function end(): Promise<void> {
  await peers?.end();
  if (peers !== undefined) rmSync(file!, { force: true });
  // What had only begun to start is ended on exit.
  process.exit(0);
}
