// operator/domain/workflow/orquesta/inbound.ts — how many tasks have led to a task so far: joins count distinct predecessors on a route.
import { taskKey } from './keys.ts';
import type { Graph, GraphNode } from './model.ts';

/** An execution, as far as joins care. */
interface Execution {
  readonly id: string;
  readonly route: number;
}

interface Count {
  /** Predecessors that have run, or run. */
  started: number;
  /** Those whose last execution leads here. */
  readonly from: Set<string>;
}

const distinct = (names: Iterable<string>): readonly string[] => [...new Set(names)];

/** Kept up to date with each execution, so that a join of many branches costs each of them the same. */
export class Inbound {
  readonly #nodes: Graph['nodes'];
  readonly #counts = new Map<string, Count>();
  readonly #targets = new Map<string, readonly string[]>();
  readonly #sources = new Map<string, number>();

  constructor({ nodes }: Graph) {
    this.#nodes = nodes;
  }

  /** A task is executed; what its execution before led to counts no more. */
  started({ id, route }: Execution, before: Execution | undefined): void {
    for (const target of this.#targetsOf(id)) {
      const count = this.#countOf(target, route);
      if (before) count.from.delete(id);
      else count.started++;
    }
  }

  satisfied({ id, route }: Execution, target: string): void {
    this.#countOf(target, route).from.add(id);
  }

  of(target: string, route: number): { readonly satisfied: number; readonly unknown: number; readonly all: number } {
    const all = this.#sourcesOf(target);
    const count = this.#counts.get(taskKey(target, route));
    return { satisfied: count?.from.size ?? 0, unknown: all - (count?.started ?? 0), all };
  }

  #countOf(target: string, route: number): Count {
    const key = taskKey(target, route);
    let count = this.#counts.get(key);
    if (!count) {
      count = { started: 0, from: new Set() };
      this.#counts.set(key, count);
    }
    return count;
  }

  #targetsOf(task: string): readonly string[] {
    let targets = this.#targets.get(task);
    if (!targets) {
      targets = distinct((this.#nodes.get(task) as GraphNode).out.map((edge) => edge.target));
      this.#targets.set(task, targets);
    }
    return targets;
  }

  #sourcesOf(target: string): number {
    let sources = this.#sources.get(target);
    if (sources === undefined) {
      sources = distinct((this.#nodes.get(target) as GraphNode).in.map((edge) => edge.source)).length;
      this.#sources.set(target, sources);
    }
    return sources;
  }
}
