// e2e/packs/installation.ts — real packs in a folder, installed in the cluster: do their counts agree with StackStorm's?
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { createNamespace, deleteNamespace } from '../harness.ts';
import { type Installed, installAll, installPack } from './installing.ts';
import { LISTED_PACKS } from './listed.ts';

const Cases = z.looseObject({
  registration: z.array(z.looseObject({ pack: z.string(), registered: z.record(z.string(), z.number()) })),
});

const NOTHING: Installed = { isReady: false, told: 'it was not installed', took: {}, counts: {} };

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
let listed = 0;
try {
  const packs = asked.map(({ pack }) => pack);
  const installed = await installAll(packs, (pack) => installPack(namespace, folder, pack, undefined));
  for (const { pack, registered } of asked) {
    const { isReady, told, counts } = installed.get(pack) ?? NOTHING;
    const differing = Object.entries(registered).filter(([kind, count]) => (counts[kind] ?? 0) !== count);
    const known = LISTED_PACKS[pack];
    if (isReady && differing.length === 0) agreeing += 1;
    else if (!isReady && known?.says.test(told)) {
      listed += 1;
      console.log(`${pack}: not installed, since ${known.why}`);
    } else if (isReady)
      console.log(`${pack}: ${differing.map(([kind, count]) => `${kind} ${counts[kind] ?? 0} instead of ${count}`)}`);
    else console.log(`${pack}: not ready, and that is not listed: ${told}`);
  }
} finally {
  await deleteNamespace(namespace);
}
const rest = asked.length - agreeing - listed;
console.log(
  `of ${asked.length} packs ${agreeing} are ready and agree, ${listed} are listed with a reason, ${rest} differ`,
);
process.exit(rest === 0 ? 0 : 1);
