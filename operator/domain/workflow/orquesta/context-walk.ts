// operator/domain/workflow/orquesta/context-walk.ts — walks the tasks along their transitions with the names of variables that each sees.
import { truthy } from '../../expression/python/values.ts';
import { NONE, sameBits, union } from './bits.ts';
import type { ContextWatch, Names } from './context-names.ts';
import { field, item, type Spot, taskSpot } from './findings.ts';
import type { Fields, TaskParts, TransitionParts } from './instantiate.ts';
import { ENGINE_COMMANDS } from './model.ts';
import type { Network } from './network.ts';

/** Visits for each task, on average; beyond them no task is visited again. Joins that follow on joins double the visits each time. */
const VISITS_EACH = 16;
const VISITS_MORE = 256;

interface Visit {
  readonly name: string;
  /** Undefined for a join: what all ways have brought until its turn comes. */
  readonly names: Names | undefined;
}

/**
 * Breadth first from the start, each task with the names of the way that leads to it, a join with those of all ways so far; a task is
 * visited again by ways that were open before its first visit. Gives the names that any task sees.
 */
export function walkTasks(
  tasks: ReadonlyMap<string, TaskParts>,
  network: Network,
  given: Names,
  watch: ContextWatch,
): Names {
  const joined = new Map<string, Names>();
  const latest = new Map<string, Names>();
  const visited = new Set<string>();
  let all = given;
  const queue = network.starts.map((name): Visit => ({ name, names: given }));
  let visitsLeft = VISITS_EACH * tasks.size + VISITS_MORE;
  for (const { name, names } of queue) {
    if (--visitsLeft < 0 && visited.has(name)) continue;
    visited.add(name);
    const seen = names && names.length > 0 ? names : (joined.get(name) ?? NONE);
    all = union(all, seen);
    const task = ENGINE_COMMANDS.has(name) ? undefined : tasks.get(name);
    if (!task) continue;
    const spot = taskSpot(name);
    watchTask(task, spot, seen, watch);
    for (const [i, transition] of task.next.entries()) {
      const at = item(field(spot, 'next'), i);
      const before = watch.findings.length;
      const branch = watchTransition(transition, at, seen, watch);
      const found = watch.findings.slice(before);
      for (const [nth, target] of transition.targets.entries()) {
        if (nth > 0) for (const one of found) watch.findings.push(one); // it is found again for each target
        if (visited.has(target) || (!network.has(target) && !ENGINE_COMMANDS.has(target))) continue;
        if (isWaiting(network, target)) {
          joined.set(target, union(joined.get(target) ?? NONE, branch));
          queue.push({ name: target, names: undefined });
        } else if (!sameBits(latest.get(target) ?? NONE, branch) || !latest.has(target)) {
          latest.set(target, branch);
          queue.push({ name: target, names: branch });
        }
      }
    }
  }
  return all;
}

/** `join: 0` waits for nothing. */
const isWaiting = (network: Network, name: string): boolean => truthy(network.task(name)?.join ?? null);

function watchTask({ fields, with: items }: TaskParts, spot: Spot, names: Names, watch: ContextWatch): void {
  const look = (from: Fields | undefined, name: string, at: Spot) =>
    watch.along(from?.get(name) ?? null, field(at, name), names);
  look(fields, 'delay', spot);
  look(items, 'items', field(spot, 'with'));
  look(items, 'concurrency', field(spot, 'with'));
  look(fields, 'action', spot);
  look(fields, 'input', spot);
}

function watchTransition({ fields }: TransitionParts, spot: Spot, names: Names, watch: ContextWatch): Names {
  let known = names;
  for (const name of ['when', 'publish', 'do']) {
    known = watch.along(fields.get(name) ?? null, field(spot, name), known, name === 'publish');
  }
  return known;
}
