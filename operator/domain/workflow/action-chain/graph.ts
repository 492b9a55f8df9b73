// operator/domain/workflow/action-chain/graph.ts — a chain → its picture: tasks, and the ways between them.
import { truthy } from '../../expression/python/values.ts';
import type { Graph, GraphEdge } from '../graph/model.ts';
import type { Chain, ChainTask } from './model.ts';
import { textOf } from './text.ts';

/** Ids of nodes are the tasks' names. A way that names no task leads nowhere, and is not drawn. */
export function chainGraph(chain: Chain): Graph {
  const reachable = chain.tasks.filter((task) => chain.taskNamed(task.name) === task);
  return {
    nodes: reachable.map(({ name, ref }) => ({
      id: textOf(name),
      label: `${textOf(name)}\n${textOf(ref)}`,
      kind: 'task',
    })),
    edges: reachable.flatMap((task) => edgesOf(chain, task)),
  };
}

function edgesOf(chain: Chain, task: ChainTask): GraphEdge[] {
  const ways = [
    ['on-success', task.onSuccess],
    ['on-failure', task.onFailure],
  ] as const;
  return ways.flatMap(([label, target]) => {
    const next = truthy(target) ? chain.taskNamed(target) : undefined;
    return next ? [{ from: textOf(task.name), to: textOf(next.name), label }] : [];
  });
}
