// operator/domain/workflow/graph/of-orquesta.ts — a workflow of Orquesta → its picture: tasks, joins, and the ways between them.
import { ENGINE_COMMANDS, type TaskSpec, type Workflow } from '../orquesta/model.ts';
import { conditionText } from './condition.ts';
import type { Graph, GraphEdge, GraphNode } from './model.ts';

/** Ids of nodes are names of tasks and engine commands. `continue` is not drawn: nothing is done; `retry` leads back to its task. */
export function orquestaGraph({ tasks }: Workflow): Graph {
  const edges = [...tasks.values()].flatMap(edgesOf);
  const commands = new Set(edges.map(({ to }) => to).filter((name) => ENGINE_COMMANDS.has(name) && !tasks.has(name)));
  return {
    nodes: [...Array.from(tasks.values(), nodeOf), ...Array.from(commands, commandNode)],
    edges,
  };
}

const commandNode = (id: string): GraphNode => ({ id, label: id, kind: 'command' });

function nodeOf({ name, action, join, with: items, retry }: TaskSpec): GraphNode {
  const lines = [
    name,
    ...(action === undefined ? [] : [action]),
    ...(items ? [`with ${items.items.trim()}`] : []),
    ...(join === undefined ? [] : [`join ${join}`]),
    ...(retry ? [`retry ${retry.count}`] : []),
  ];
  return { id: name, label: lines.join('\n'), kind: join === undefined ? 'task' : 'join' };
}

const edgesOf = ({ name, next }: TaskSpec): GraphEdge[] =>
  next.flatMap(({ when, do: targets }) =>
    targets
      .filter((target) => target !== 'continue')
      .map((target) => {
        const condition = when === undefined ? undefined : conditionText(when);
        if (target !== 'retry') return { from: name, to: target, ...(condition !== undefined && { label: condition }) };
        return { from: name, to: name, label: condition === undefined ? 'retry' : `retry: ${condition}` };
      }),
  );
