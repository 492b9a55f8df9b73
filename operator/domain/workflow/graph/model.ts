// operator/domain/workflow/graph/model.ts — a workflow as a picture: what every engine's definition and run can be told as.

/** What a node is: a step that runs something, a barrier that waits for several, a command of the engine, a sub-workflow. */
export type NodeKind = 'task' | 'join' | 'command' | 'workflow';

/** How a node stands, over all engines; undefined where the definition alone is drawn. */
export type NodeStatus = 'waiting' | 'running' | 'paused' | 'succeeded' | 'failed' | 'canceled' | 'skipped';

export interface GraphNode {
  readonly id: string;
  /** Lines are separated by `\n`; the first is the name. */
  readonly label: string;
  readonly kind: NodeKind;
  readonly status?: NodeStatus;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** The condition. */
  readonly label?: string;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** Those that name a node that is not there are not drawn. */
  readonly edges: readonly GraphEdge[];
}

const STATUSES: ReadonlyMap<string, NodeStatus> = new Map<string, NodeStatus>([
  ['requested', 'waiting'],
  ['scheduled', 'waiting'],
  ['delayed', 'waiting'],
  ['waiting', 'waiting'],
  ['idle', 'waiting'],
  ['running', 'running'],
  ['retrying', 'running'],
  ['resuming', 'running'],
  ['pausing', 'running'],
  ['canceling', 'running'],
  ['paused', 'paused'],
  ['pending', 'paused'],
  ['succeeded', 'succeeded'],
  ['success', 'succeeded'],
  ['failed', 'failed'],
  ['error', 'failed'],
  ['timeout', 'failed'],
  ['timedOut', 'failed'],
  ['abandoned', 'failed'],
  ['canceled', 'canceled'],
  ['cancelled', 'canceled'],
  ['skipped', 'skipped'],
]);

/** What a task's status is in a picture, however its engine spells it. */
export const nodeStatus = (status: string): NodeStatus =>
  STATUSES.get(status.trim()) ?? STATUSES.get(status.toLowerCase()) ?? 'waiting';

interface View {
  readonly task: string;
  readonly status: string;
  readonly children: readonly unknown[];
}

/** The graph of a definition with how a run stands: nodes whose id is a task's name have its status and how often it ran. */
export function withRun(graph: Graph, views: readonly View[]): Graph {
  const known = new Map(views.map((view) => [view.task, view]));
  const nodes = graph.nodes.map((node): GraphNode => {
    const view = known.get(node.id);
    if (!view) return { ...node, status: node.status ?? 'waiting' };
    const times = view.children.length > 1 ? `\n×${view.children.length}` : '';
    return { ...node, label: node.label + times, status: nodeStatus(view.status) };
  });
  return { ...graph, nodes };
}
