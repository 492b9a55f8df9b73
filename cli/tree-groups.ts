// cli/tree-groups.ts — steps of one workflow → groups: a step alone, the items of a task, the rounds of a loop.
import type { TreeNode } from './tree-model.ts';

export interface Group {
  /** Name for people, for example `poll`, `poll (visit 2)`, `each [1000]`, `poll ×30`. */
  readonly name: string;
  /** Whether it is one step, and so needs no line of its own. */
  readonly isSingle: boolean;
  /** With what tells them apart. */
  readonly members: readonly { readonly name: string; readonly node: TreeNode }[];
}

/** More visits of one task than these are a group of their own. */
const VISITS_MAX = 8;

/** In the order in which their first steps were made. */
export function groupsOf(children: readonly TreeNode[]): readonly Group[] {
  const routes = new Map<string, Set<number>>();
  for (const { place } of children) {
    if (!place) continue;
    const known = routes.get(place.task);
    if (known) known.add(place.route);
    else routes.set(place.task, new Set([place.route]));
  }
  const titleOf = (task: string, route: number): string =>
    (routes.get(task)?.size ?? 0) > 1 ? `${task} (route ${route})` : task;
  const byTask = bucketsOf(children, ({ execution, place }) =>
    place ? `${place.route}/${place.task}` : `-${execution.metadata.uid}`,
  );
  return byTask.flatMap((nodes): readonly Group[] => {
    const [{ place, execution }] = nodes;
    if (!place) return [single(execution.metadata.name, nodes[0])];
    return groupsOfTask(titleOf(place.task, place.route), nodes);
  });
}

type Nodes = readonly [TreeNode, ...TreeNode[]];

function groupsOfTask(title: string, nodes: Nodes): readonly Group[] {
  const visits = bucketsOf(nodes, ({ place }) => String(place?.visit ?? 0));
  const visitOf = ([{ place }]: Nodes): string => (place?.visit ? `${title} (visit ${place.visit + 1})` : title);
  if (nodes.every(({ place }) => place?.item === undefined)) {
    if (visits.length <= VISITS_MAX) return visits.map((visit) => single(visitOf(visit), visit[0]));
    const members = visits.map(([node]) => ({ name: `visit ${(node.place?.visit ?? 0) + 1}`, node }));
    return [{ name: `${title} ×${visits.length}`, isSingle: false, members }];
  }
  return visits.map((visit) => ({
    name: `${visitOf(visit)} [${visit.length}]`,
    isSingle: false,
    members: visit
      .toSorted((a, b) => (a.place?.item ?? 0) - (b.place?.item ?? 0))
      .map((node) => ({ name: `[${node.place?.item ?? ''}]`, node })),
  }));
}

const single = (name: string, node: TreeNode): Group => ({ name, isSingle: true, members: [{ name, node }] });

function bucketsOf(nodes: readonly TreeNode[], keyOf: (node: TreeNode) => string): readonly Nodes[] {
  const buckets = new Map<string, [TreeNode, ...TreeNode[]]>();
  for (const node of nodes) {
    const key = keyOf(node);
    const bucket = buckets.get(key);
    if (bucket) bucket.push(node);
    else buckets.set(key, [node]);
  }
  return [...buckets.values()];
}
