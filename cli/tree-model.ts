// cli/tree-model.ts — Executions → the tree that they are, with the place that each has in its workflow.
import type { Execution } from '../operator/api/kinds.ts';
import { ANNOTATION } from '../operator/api/meta.ts';
import type { WorkflowEngine } from '../operator/api/workflow.ts';
import { parentOf } from '../operator/domain/workflow/children.ts';
import { isFinal } from './result.ts';

/** Where an Execution stands in the workflow that it is a step of. */
export interface Place {
  readonly task: string;
  /** Of Orquesta: which way through the workflow led to it, from 0. */
  readonly route: number;
  /** Which run of the task it is, from 0: of a loop, a retry or a re-run. */
  readonly visit: number;
  readonly item?: number;
}

export interface TreeNode {
  readonly execution: Execution;
  /** Of a step only. */
  readonly place: Place | undefined;
  readonly children: readonly TreeNode[];
  /** Children that its workflow asked for and that are not made yet: they wait for their time. */
  readonly unmade: number;
}

/** The engine of a workflow, by the name of its revision; undefined where it cannot be known. */
export type EngineOf = (revision: string) => WorkflowEngine | undefined;

/** `all` may hold Executions of other trees; only what belongs to `root` by its ownerReferences is taken. */
export function treeOf(root: Execution, all: Iterable<Execution>, engineOf: EngineOf): TreeNode {
  const byParent = new Map<string, Execution[]>();
  for (const execution of all) {
    const uid = parentOf(execution)?.uid;
    if (uid === undefined) continue;
    const siblings = byParent.get(uid);
    if (siblings) siblings.push(execution);
    else byParent.set(uid, [execution]);
  }
  const nodeOf = (execution: Execution, place: Place | undefined): TreeNode => {
    const children = byParent.get(execution.metadata.uid) ?? [];
    const engine = engineOf(execution.status?.workflow?.revision ?? '');
    const places = placesOf(children, engine);
    const nodes = children.map((child) => nodeOf(child, places.get(child)));
    return { execution, place, children: nodes.toSorted(byAge), unmade: unmadeOf(execution, children.length) };
  };
  return nodeOf(root, undefined);
}

/** Names of the revisions that its workflows run. */
export function revisionsIn(executions: Iterable<Execution>): ReadonlyMap<string, Execution> {
  const found = new Map<string, Execution>();
  for (const execution of executions) {
    const revision = execution.status?.workflow?.revision;
    if (revision) found.set(revision, execution);
  }
  return found;
}

/** Keys are `task/route/visit[/item]` in Orquesta, else `task/visit[/item]`; those of other programs have no place. */
export function placesOf(
  children: readonly Execution[],
  engine: WorkflowEngine | undefined,
): ReadonlyMap<Execution, Place> {
  const read = children.map((child) => ({ child, key: keyOf(child) }));
  const lengths = new Set(read.map(({ key }) => key?.numbers.length));
  // With two numbers alone it can be either: a route and a visit, or a visit and an item.
  const hasRoutes = engine === undefined ? lengths.has(3) || !lengths.has(1) : engine === 'orquesta';
  return new Map(
    read.flatMap(({ child, key }): [Execution, Place][] => {
      if (!key) return [];
      // Orquesta counts visits from 0, the others from 1.
      const [first = 1, ...items] = key.numbers;
      const [route = 0, visit = 0, item] = hasRoutes ? key.numbers : [0, first - 1, ...items];
      return [[child, { task: key.task, route, visit, ...(item !== undefined && { item }) }]];
    }),
  );
}

function keyOf({ metadata }: Execution): { readonly task: string; readonly numbers: readonly number[] } | undefined {
  const { [ANNOTATION.task]: task, [ANNOTATION.taskKey]: key } = metadata.annotations ?? {};
  if (task === undefined) return undefined;
  const numbers = /(?:\/\d+)*$/.exec(own(key ?? '', task))?.[0] ?? '';
  return { task, numbers: numbers.split('/').slice(1).map(Number) };
}

/** What stands after the task: its name, or what of it may stand in a key. */
const own = (key: string, task: string): string =>
  key.startsWith(`${task}/`) ? key.slice(task.length) : key.slice(Math.max(0, key.indexOf('/')));

/** Entries of a journal about children of which there is no Execution: refused, given up before they were made, or deleted. */
const WITHOUT = /^\d+ \d+(?:[a-z] "|[A-Z])/;

function unmadeOf({ status }: Execution, made: number): number {
  const { workflow } = status ?? {};
  // Of a re-run the journal tells of another Execution's children too.
  if (!workflow || workflow.journal.some((line) => / rerun \{/.test(line))) return 0;
  const { running, succeeded, failed } = workflow.tasks;
  const without = workflow.journal.filter((line) => WITHOUT.test(line)).length;
  return Math.max(0, Math.min(running, running + succeeded + failed - without - made));
}

/** Those of the same second stand as they began, then as they ended, then by their place. */
function byAge(a: TreeNode, b: TreeNode): number {
  const times = ({ execution: { metadata, status } }: TreeNode) => [
    metadata.creationTimestamp ?? '',
    status?.startedAt ?? '9',
    status?.endedAt ?? '9',
  ];
  const [left, right] = [times(a), times(b)];
  for (const [i, time] of left.entries()) if (time !== right[i]) return time < (right[i] ?? '') ? -1 : 1;
  return (
    (a.place?.visit ?? 0) - (b.place?.visit ?? 0) ||
    (a.place?.item ?? 0) - (b.place?.item ?? 0) ||
    a.execution.metadata.name.localeCompare(b.execution.metadata.name)
  );
}

/** Executions that are at work or wait by themselves now, with the way that leads to each, from below the root. */
export function edgeOf(root: TreeNode): readonly (readonly TreeNode[])[] {
  const found: TreeNode[][] = [];
  const visit = (node: TreeNode, path: TreeNode[]): void => {
    if (isFinal(node.execution)) return;
    const before = found.length;
    for (const child of node.children) visit(child, [...path, child]);
    if (found.length === before) found.push(path);
  };
  visit(root, []);
  return found;
}
