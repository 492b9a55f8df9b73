// e2e/bench/hostile-measure.ts — a process of its own per hostile pack: what it costs to refuse it, before anything is warm.
import { readFileSync, writeFileSync } from 'node:fs';
import { ATTACKS } from '../../runners/installer/hostile-packs.setup.ts';

export interface HostileCost {
  /** Of all threads of the process. */
  readonly cpuMs: number;
  /** By how much the process grew at its peak. */
  readonly bytes: number;
  readonly isRefused: boolean;
}

const resident = (what: 'VmHWM' | 'VmRSS'): number =>
  Number(new RegExp(`${what}:\\s*(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) * 1024;

const [verb, what, top = ''] = process.argv.slice(2);
const attack = ATTACKS.find((one) => one.what === what);
if (!attack) throw new Error(`there is no attack "${what}"`);
if (verb === 'make') attack.make(top);
else {
  globalThis.gc?.();
  await new Promise((resolve) => setImmediate(resolve));
  writeFileSync('/proc/self/clear_refs', '5'); // the high-water mark begins anew
  const [before, since] = [resident('VmRSS'), process.cpuUsage()];
  const said = await attack.meet(top);
  const { user, system } = process.cpuUsage(since);
  const cost: HostileCost = {
    cpuMs: (user + system) / 1000,
    bytes: resident('VmHWM') - before,
    isRefused: attack.message.test(said),
  };
  console.log(JSON.stringify(cost));
}
