// operator/domain/workflow/graph/of-mistral.ts — a workflow of Mistral → its picture: tasks, joins, and the ways between them.
import { isList, type Plain } from '../../expression/python/values.ts';
import { ENGINE_COMMANDS, type Task, type Transition, type Workflow } from '../mistral/model.ts';
import { conditionText } from './condition.ts';
import type { Graph, GraphEdge, GraphNode, NodeKind } from './model.ts';

/** Ids of nodes are names of tasks and engine commands. Of a reverse workflow the ways lead from what is required. */
export function mistralGraph({ type, tasks }: Workflow): Graph {
  const all = [...tasks.values()];
  const edges = all.flatMap(type === 'direct' ? directEdges : requiredEdges);
  const commands = new Set(edges.map(({ to }) => to).filter((name) => ENGINE_COMMANDS.has(name) && !tasks.has(name)));
  return { nodes: [...all.map(nodeOf), ...Array.from(commands, commandNode)], edges };
}

const commandNode = (id: string): GraphNode => ({ id, label: id, kind: 'command' });

function nodeOf({ name, action, workflow, join, withItems, policies, spec }: Task): GraphNode {
  const isBare = workflow === undefined && !Object.hasOwn(spec, 'action');
  const lines = [
    name,
    ...(isBare ? [] : [workflow ?? action]),
    ...(withItems ? [`with ${itemsText(spec)}`] : []),
    ...(join === undefined ? [] : [`join ${join}`]),
    ...(policies.retry ? ['retry'] : []),
  ];
  return { id: name, label: lines.join('\n'), kind: kindOf(join, workflow) };
}

/** As it was written: one text, or several. */
function itemsText(spec: Plain): string {
  const written = Object.hasOwn(spec, 'with-items') ? spec['with-items'] : undefined;
  const texts = written !== undefined && isList(written) ? written : [written];
  return texts.filter((text) => typeof text === 'string').join('; ');
}

function kindOf(join: Task['join'], workflow: string | undefined): NodeKind {
  if (join !== undefined) return 'join';
  return workflow === undefined ? 'task' : 'workflow';
}

/** What is taken in both cases stands in both lists. */
const directEdges = ({ name, next }: Task): GraphEdge[] =>
  [...next.SUCCESS, ...next.ERROR.filter(({ event }) => event !== 'on-complete')].map((transition) => ({
    from: name,
    to: transition.to,
    label: labelOf(transition),
  }));

const labelOf = ({ event, condition }: Transition): string =>
  condition === undefined ? event : `${event}: ${conditionText(condition)}`;

const requiredEdges = ({ name, requires }: Task): GraphEdge[] =>
  requires.map((required) => ({ from: required, to: name, label: 'required' }));
