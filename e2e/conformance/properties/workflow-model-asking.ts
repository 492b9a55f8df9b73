// e2e/conformance/properties/workflow-model-asking.ts — which children the second interpreter of Orquesta asks for next.
import type { Plain, Value } from '../../../operator/domain/expression/python/values.ts';
import { ask } from './workflow-model-flow.ts';
import type { ModelState, Staged } from './workflow-model-state.ts';
import { Broken, brokenName, isActive, Murky, valueOf } from './workflow-model-values.ts';

/** A child that is asked for. */
export interface Asked {
  readonly task: string;
  readonly item: number | undefined;
  readonly action: string;
  readonly input: Plain;
  readonly delay: number;
}

interface Batched {
  readonly staged: Staged;
  readonly children: readonly Asked[];
}

export function batchOf(state: ModelState): readonly Batched[] {
  const rescuers = state.status === 'failed' ? state.ready().filter(({ runsOnFail }) => runsOnFail) : [];
  if (state.status !== 'running' && state.status !== 'resuming' && rescuers.length === 0) return [];
  let isBroken = false;
  const batch: Batched[] = [];
  for (const staged of rescuers.length > 0 ? rescuers : state.ready()) {
    try {
      const children = childrenOf(state, staged);
      if (children.length > 0 || staged.items?.length === 0) batch.push({ staged, children });
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      isBroken = true;
      const name = error.message === 'no list' ? 'TypeError' : brokenName(state.program.language);
      state.log({ name, task: staged.task, route: staged.route });
    }
  }
  if (isBroken) ask(state, 'fail');
  const place = ({ staged }: Batched) => staged.task;
  return isBroken
    ? []
    : batch.toSorted((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : a.staged.route - b.staged.route));
}

function childrenOf(state: ModelState, staged: Staged): readonly Asked[] {
  const task = state.graph.task(staged.task);
  if (!task) throw new Error(`no task ${staged.task}`);
  const variables = state.variables(staged.deltas);
  const delay = staged.retryDelay ?? task.delay ?? 0;
  const input = (item?: Value): Plain =>
    task.input
      ? { message: structuredClone(valueOf(task.input, { variables, ...(item !== undefined && { item }) })) }
      : {};
  const action = task.hasAction ? 'core.echo' : 'core.noop';
  if (!task.items) {
    const message = input();
    return [{ task: task.name, item: undefined, action, input: task.hasAction ? message : {}, delay }];
  }
  const list = valueOf(task.items.of, { variables });
  if (!Array.isArray(list)) throw new Broken('no list');
  const inputs = list.map((item) => input(item as Value));
  const limit = task.items.concurrency && Math.max(1, valueOf(task.items.concurrency, { variables }) as number);
  if (!staged.items || staged.items.length === 0) staged.items = list.map(() => undefined);
  const statuses = staged.items;
  if (statuses.length !== inputs.length) throw new Murky('another list than before');
  const room = limit === undefined ? Infinity : limit - statuses.filter(isActive).length;
  return inputs
    .map((input, item) => ({
      task: task.name,
      item,
      action,
      input,
      delay: limit === undefined || item < limit ? delay : 0,
    }))
    .filter(({ item }) => statuses[item] === undefined)
    .slice(0, Math.max(0, room));
}
