// operator/domain/workflow/orquesta/unreachable.ts — joins of ways that were split at different places: they could never all arrive.
import { type Bits, NONE, sameBits, union } from './bits.ts';
import type { Network } from './network.ts';
import { NO_SPLITS, Splits, type Trail } from './splits.ts';

interface Station {
  /** Splits of all ways that lead here. */
  splits: Bits;
  readonly previous: Set<string>;
}

/** Joins that a way leads to from a task that has other splits behind it, in the order in which they are reached. */
export function unreachableJoins(network: Network): readonly string[] {
  const stations = stationsOf(network);
  const splitsOf = (name: string): Bits => stations.get(name)?.splits ?? NONE;
  return [...stations]
    .filter(([name]) => network.isJoin(name))
    .filter(([, { splits, previous }]) => [...previous].some((one) => !sameBits(splits, splitsOf(one))))
    .map(([name]) => name);
}

interface Arrival {
  readonly from: string | undefined;
  readonly name: string;
  readonly trail: Trail;
}

/** Breadth first; the same way is taken again with splits that it has not been taken with. */
function stationsOf(network: Network): ReadonlyMap<string, Station> {
  const stations = new Map<string, Station>();
  const splits = new Splits();
  const queue: Arrival[] = network.starts.map((name) => ({ from: undefined, name, trail: NO_SPLITS }));
  for (const { from, name, trail: inherited } of queue) {
    if (!network.has(name)) continue;
    const isSplit = network.isSplit(name) && !network.inCycle(name);
    const trail = isSplit ? splits.after(inherited, name) : inherited;
    const station: Station = stations.get(name) ?? { splits: NONE, previous: new Set() };
    stations.set(name, station);
    station.splits = union(station.splits, trail.set);
    if (from !== undefined) station.previous.add(from);
    for (const { target } of network.next(name)) {
      if (stations.has(target) && network.inCycle(target)) continue;
      if (splits.isNews(`${name}_${target}`, trail)) queue.push({ from: name, name: target, trail });
    }
  }
  return stations;
}
