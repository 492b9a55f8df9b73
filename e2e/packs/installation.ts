// e2e/packs/installation.ts — real packs in a folder, installed in the cluster: do their counts agree with StackStorm's?
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { createNamespace, deleteNamespace } from '../harness.ts';
import { installAll, installPack } from './installing.ts';

const Cases = z.looseObject({
  registration: z.array(z.looseObject({ pack: z.string(), registered: z.record(z.string(), z.number()) })),
});

const [folder, casesFile, ...only] = process.argv.slice(2);
if (folder === undefined || casesFile === undefined) {
  console.error('usage: node e2e/packs/installation.ts <folder with a folder for each pack> <cases.json> [pack …]');
  process.exit(2);
}

const { registration } = Cases.parse(JSON.parse(readFileSync(casesFile, 'utf8')));
const asked = registration.filter(({ pack }) => only.length === 0 || only.includes(pack));
const namespace = `packs-${randomBytes(3).toString('hex')}`;
await createNamespace(namespace);
let agreeing = 0;
try {
  const packs = asked.map(({ pack }) => pack);
  const installed = await installAll(packs, (pack) => installPack(namespace, folder, pack, undefined));
  for (const { pack, registered } of asked) {
    const { isReady = false, counts = {} } = installed.get(pack) ?? {};
    const differing = Object.entries(registered).filter(([kind, count]) => (counts[kind] ?? 0) !== count);
    if (isReady && differing.length === 0) agreeing += 1;
    else
      console.log(`${pack}: ${differing.map(([kind, count]) => `${kind} ${counts[kind] ?? 0} instead of ${count}`)}`);
  }
} finally {
  await deleteNamespace(namespace);
}
console.log(`${agreeing} of ${asked.length} packs are ready and agree`);
process.exit(agreeing === asked.length ? 0 : 1);
