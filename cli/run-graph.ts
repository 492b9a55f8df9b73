// cli/run-graph.ts — `squall execution graph`: the definition that a workflow began with, drawn with how its tasks stand.
import type { Execution } from '../operator/api/kinds.ts';
import { LABEL, labelValue } from '../operator/api/meta.ts';
import type { WorkflowEngine } from '../operator/api/workflow.ts';
import type { Value } from '../operator/domain/expression/python/values.ts';
import { parentOf } from '../operator/domain/workflow/children.ts';
import { mermaidOf } from '../operator/domain/workflow/graph/mermaid.ts';
import { type Graph, type GraphNode, withRun } from '../operator/domain/workflow/graph/model.ts';
import { svgOf } from '../operator/domain/workflow/graph/svg.ts';
import { openDefinition } from '../operator/domain/workflow/inspect.ts';
import { executionPath } from './execution.ts';
import { Failure, isMissing } from './failure.ts';
import { call, listAll } from './kube.ts';
import { phaseTogether, statusOfPhase } from './phases.ts';
import { isFinal, phaseOf, readResult } from './result.ts';
import { readRevision } from './revision.ts';
import type { Session } from './session.ts';
import { placesOf } from './tree-model.ts';

interface View {
  readonly task: string;
  readonly status: string;
  readonly children: readonly string[];
}

/** Re-runs of re-runs whose tasks are drawn. */
const RERUNS_MAX = 16;

/** @throws Failure for what is no workflow, or has no definition any more */
export async function drawRun(session: Session, name: string, format: 'mermaid' | 'svg'): Promise<void> {
  const execution = await call<Execution>(session.to, `get Execution ${name}`, executionPath(session.namespace, name));
  const pinned = await readRevision(session, execution);
  const workflow = execution.spec.request.workflow ?? pinned.workflow;
  const definition = { value: pinned.definition as Value };
  const { picture } = openDefinition(pinned.engine, { definition, ref: pinned.ref, workflow });
  if (!picture) throw new Failure(`Execution ${name}: its definition cannot be drawn: it is not valid`);
  const views = await viewsOf(session, execution, pinned.engine);
  const graph = runGraph(picture(), views, isFinal(execution));
  session.screen.out(format === 'svg' ? svgOf(graph, `${pinned.ref}: ${name}`) : mermaidOf(graph));
}

/** Tasks that never ran wait, or are skipped once all is over; nobody records whether a command was reached. */
function runGraph(graph: Graph, views: ReadonlyMap<string, View>, isOver: boolean): Graph {
  const nodes = graph.nodes.map((node): GraphNode => (isOver ? { ...node, status: 'skipped' } : node));
  const shown = withRun({ ...graph, nodes }, [...views.values()]);
  return { ...shown, nodes: shown.nodes.map((node) => (node.kind === 'command' ? withoutStatus(node) : node)) };
}

const withoutStatus = ({ status: _, ...node }: GraphNode): GraphNode => node;

async function viewsOf(
  session: Session,
  execution: Execution,
  engine: WorkflowEngine,
): Promise<ReadonlyMap<string, View>> {
  const runs = await Promise.all(
    (await earlierOf(session, execution)).map(async (run) => childViews(await childrenOf(session, run), engine)),
  );
  const ofChildren = new Map(runs.toReversed().flatMap((run) => [...run]));
  if (!isFinal(execution) || (engine === 'orquesta' && execution.status?.result === undefined)) return ofChildren;
  return withResult(ofChildren, await readResult(session, execution));
}

/** Itself, and before it what it goes on from: the tasks that were not run again stand as they did. */
async function earlierOf(session: Session, execution: Execution): Promise<readonly Execution[]> {
  const runs = [execution];
  for (let last = execution; last.spec.request.rerun && runs.length < RERUNS_MAX; ) {
    const { rerunOf } = last.spec.request.cause ?? {};
    if (rerunOf === undefined) break;
    const path = executionPath(session.namespace, rerunOf);
    const before = await call<Execution>(session.to, `get Execution ${rerunOf}`, path).catch((error) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (!before) break;
    runs.push(before);
    last = before;
  }
  return runs;
}

async function childrenOf(session: Session, { metadata }: Execution): Promise<readonly Execution[]> {
  const query = { labelSelector: `${LABEL.parent}=${labelValue(metadata.name)}` };
  const path = executionPath(session.namespace);
  const found = await listAll<Execution>(session.to, 'list Executions', path, query);
  return found.filter((child) => parentOf(child)?.uid === metadata.uid);
}

/** A task stands as the last visit on each of its routes. */
function childViews(children: readonly Execution[], engine: WorkflowEngine | undefined): ReadonlyMap<string, View> {
  const tasks = new Map<string, { readonly names: string[]; readonly last: Map<number, Last> }>();
  for (const [child, { task, route, visit }] of placesOf(children, engine)) {
    const known = tasks.get(task) ?? { names: [], last: new Map<number, Last>() };
    tasks.set(task, known);
    known.names.push(child.metadata.name);
    const last = known.last.get(route);
    if (!last || visit > last.visit) known.last.set(route, { visit, children: [child] });
    else if (visit === last.visit) last.children.push(child);
  }
  return new Map(
    Array.from(tasks, ([task, { names, last }]): [string, View] => {
      const phases = [...last.values()].flatMap((visit) => visit.children.map(phaseOf));
      return [task, { task, status: statusOfPhase(phaseTogether(phases)), children: names }];
    }),
  );
}

interface Last {
  readonly visit: number;
  readonly children: Execution[];
}

/** What a result says of tasks that had no Execution: those that the engine did by itself, and those that were refused. */
function withResult(views: ReadonlyMap<string, View>, result: unknown): ReadonlyMap<string, View> {
  const { tasks, errors } = (result ?? {}) as { tasks?: unknown; errors?: unknown };
  const all = new Map(views);
  for (const one of Array.isArray(tasks) ? (tasks as unknown[]) : []) {
    const { name, state } = (one ?? {}) as { name?: unknown; state?: unknown };
    if (typeof name !== 'string' || typeof state !== 'string') continue;
    all.set(name, { task: name, status: state, children: views.get(name)?.children ?? [] });
  }
  for (const one of Array.isArray(errors) ? (errors as unknown[]) : []) {
    const { task_id: task } = (one ?? {}) as { task_id?: unknown };
    if (typeof task === 'string' && !all.has(task)) all.set(task, { task, status: 'failed', children: [] });
  }
  return all;
}
