// e2e/conformance/properties/workflow-model-graph.ts — which way leads where in a random workflow, looked up anew each time.
import {
  type Condition,
  COMMANDS,
  type Published,
  type TaskProgram,
  type WorkflowProgram,
} from './workflow-programs.ts';

export interface Transition {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly when: Condition | undefined;
  readonly publish: readonly Published[];
}

export const isCommand = (name: string): boolean => (COMMANDS as readonly string[]).includes(name);

export class ModelGraph {
  readonly #program: WorkflowProgram;

  constructor(program: WorkflowProgram) {
    this.#program = program;
  }

  /** Of a command nothing. */
  task(name: string): TaskProgram | undefined {
    return this.#program.tasks.find((task) => task.name === name);
  }

  /** In the order in which they are looked at: by the names of what they lead to. */
  from(name: string): readonly Transition[] {
    const ways = this.task(name)?.next ?? [];
    const all = ways.flatMap(({ when, publish, to }) =>
      (to.length > 0 ? to : ['continue']).map((to) => ({ from: name, to, when, publish })),
    );
    const sorted = all.filter(({ to }) => to !== 'retry').toSorted((a, b) => (a.to < b.to ? -1 : a.to > b.to ? 1 : 0));
    return sorted.map((way, i) => {
      const before = sorted.slice(0, i).filter(({ to }) => to === way.to);
      return { ...way, id: `${way.to}__t${before.length}` };
    });
  }

  /** All that the definition has. */
  #into(name: string): readonly Transition[] {
    return this.#program.tasks.flatMap((task) => this.from(task.name)).filter(({ to }) => to === name);
  }

  /** Those that a run can come by. */
  into(name: string): readonly Transition[] {
    const reached = new Set(this.roots().flatMap((root) => [root, ...this.#after(root)]));
    return this.#into(name).filter(({ from }) => reached.has(from));
  }

  roots(): readonly string[] {
    return this.#program.tasks.map(({ name }) => name).filter((name) => this.#into(name).length === 0);
  }

  isInCycle(name: string): boolean {
    return this.#after(name).has(name);
  }

  #after(name: string): ReadonlySet<string> {
    const seen = new Set<string>();
    const reach = (from: string): void => {
      for (const { to } of this.from(from)) {
        if (seen.has(to)) continue;
        seen.add(to);
        reach(to);
      }
    };
    reach(name);
    return seen;
  }

  /** It runs once for each way into it, on a route of its own. */
  isSplit(name: string): boolean {
    return this.task(name)?.join === undefined && this.#into(name).length > 1 && !this.isInCycle(name);
  }

  hasBarrier(name: string): boolean {
    return this.task(name)?.join !== undefined;
  }

  /** So many of the tasks before it must lead to it. */
  required(name: string): number {
    const join = this.task(name)?.join;
    return join === 'all' ? new Set(this.into(name).map(({ from }) => from)).size : join || 1;
  }

  /** `do: retry` is a retry of its own, and takes the place of the other. */
  retryOf(name: string): TaskProgram['retry'] {
    const task = this.task(name);
    const way = task?.next.findLast(({ to }) => to.includes('retry'));
    if (!way) return task?.retry;
    return { when: way.when ?? { is: 'completed' }, count: { is: 'const', value: 3 }, delay: undefined };
  }
}
