// operator/domain/workflow/orquesta/network.ts — which task leads to which, as the transitions say.
import { compareText } from '../../expression/python/compare.ts';
import { cyclicIn } from './cycles.ts';
import { ENGINE_COMMANDS, type TaskSpec, type Workflow } from './model.ts';

/** One name in a `do`. */
export interface Way {
  readonly target: string;
  readonly when: string | undefined;
  /** Which of the task's `next` it stands in. */
  readonly ref: number;
}

/** What is asked of a task may be asked of engine commands and of names that are not defined too: nothing leads on from them. */
export interface Network {
  /** Sorted by target. */
  next(name: string): readonly Way[];
  /** Tasks that nothing leads to, sorted. */
  readonly starts: readonly string[];
  readonly has: (name: string) => boolean;
  task(name: string): TaskSpec | undefined;
  isJoin(name: string): boolean;
  /** Led to more than once, and no join. */
  isSplit(name: string): boolean;
  inCycle(name: string): boolean;
}

/** Linear in the transitions, but for sorting them. */
export function networkOf({ tasks }: Pick<Workflow, 'tasks'>): Network {
  const ways = new Map<string, readonly Way[]>();
  const inbound = new Map<string, number>();
  for (const [name, task] of tasks) {
    if (ENGINE_COMMANDS.has(name)) continue;
    const found = task.next.flatMap(({ when, do: targets }, ref) => targets.map((target) => ({ target, when, ref })));
    ways.set(
      name,
      found.sort((a, b) => compareText(a.target, b.target)),
    );
    for (const { target } of found) inbound.set(target, (inbound.get(target) ?? 0) + 1);
  }
  const next = (name: string): readonly Way[] => ways.get(name) ?? [];
  const cyclic = cyclicIn(tasks.keys(), (name) => next(name).map(({ target }) => target));
  const task = (name: string) => (ENGINE_COMMANDS.has(name) ? undefined : tasks.get(name));
  const isJoin = (name: string) => task(name)?.join !== undefined;
  return {
    next,
    starts: [...tasks.keys()].filter((name) => !inbound.has(name)).sort(compareText),
    has: (name) => tasks.has(name),
    task,
    isJoin,
    isSplit: (name) => !isJoin(name) && (inbound.get(name) ?? 0) > 1,
    inCycle: (name) => cyclic.has(name),
  };
}
