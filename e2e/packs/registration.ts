// e2e/packs/registration.ts — real packs in a folder, read as an installation reads them: do their counts agree with StackStorm's?
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { readPack } from '../../operator/domain/pack/read.ts';
import { treeOf } from './tree.ts';

const Cases = z.looseObject({
  registration: z.array(z.looseObject({ pack: z.string(), registered: z.record(z.string(), z.number()) })),
});

const [folder, casesFile, only] = process.argv.slice(2);
if (folder === undefined || casesFile === undefined) {
  console.error('usage: node e2e/packs/registration.ts <folder with a folder for each pack> <cases.json> [pack]');
  process.exit(2);
}

const { registration } = Cases.parse(JSON.parse(readFileSync(casesFile, 'utf8')));
let agreeing = 0;
const asked = registration.filter(({ pack }) => only === undefined || pack === only);
for (const { pack, registered } of asked) {
  const started = performance.now();
  const reading = readPack(treeOf(join(folder, pack)));
  const took = `${Math.round(performance.now() - started)} ms`;
  if (!reading.ok) {
    console.log(`${pack}: refused (${took})`);
    for (const { file, line, message } of reading.findings) console.log(`  ${file}:${line ?? 1}: ${message}`);
    continue;
  }
  const { ref, counts, warnings, resources, waiting } = reading.manifest;
  const differing = Object.entries(registered).filter(([kind, count]) => (counts[kind] ?? 0) !== count);
  const told = differing.map(([kind, count]) => `${kind} ${counts[kind] ?? 0} instead of ${count}`);
  if (ref !== pack) told.push(`ref ${ref}`);
  if (told.length === 0) agreeing += 1;
  const size = `${resources.length} registered, ${waiting.length} waiting, ${warnings.length} warnings, ${took}`;
  console.log(`${pack}: ${told.length === 0 ? 'agrees' : told.join(', ')} (${size})`);
  for (const warning of warnings) console.log(`  warning ${warning}`);
}
console.log(`${agreeing} of ${asked.length} packs agree`);
process.exitCode = agreeing === asked.length ? 0 : 1;
