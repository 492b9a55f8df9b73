// operator/domain/workflow/orquesta/compose.ts — the tasks of a workflow → the graph that is conducted.
import { compareText } from '../../expression/python/compare.ts';
import type { Edge, Graph, GraphNode, RetrySpec, TaskSpec, Workflow } from './model.ts';
import { type Network, networkOf, type Way } from './network.ts';
import { NO_SPLITS, Splits, type Trail } from './splits.ts';

/** What `do: retry` means. */
const COMMANDED_RETRIES = 3;

interface Draft {
  trail: Trail | undefined;
  /** By target, then by condition and place. */
  readonly out: Map<string, Map<string, Edge>>;
  readonly in: Map<string, Edge[]>;
}

/** Made for definitions without findings; what is not defined is a node that leads nowhere. */
export function compose(workflow: Workflow): Graph {
  const network = networkOf(workflow);
  const drafts = draftsOf(network);
  const nodes = new Map<string, GraphNode>();
  for (const [id, draft] of drafts) nodes.set(id, nodeOf(id, draft, network));
  const roots = [...nodes.values()].filter((node) => node.in.length === 0).map(({ id }) => id);
  return { nodes, roots: roots.sort(compareText) };
}

interface Visit {
  readonly name: string;
  readonly trail: Trail;
}

/** From the start on, breadth first; a task is looked at again when a way leads to it that has splits not seen before. */
function draftsOf(network: Network): ReadonlyMap<string, Draft> {
  const drafts = new Map<string, Draft>();
  const splits = new Splits();
  const visits: Visit[] = network.starts.map((name) => ({ name, trail: NO_SPLITS }));
  for (const { name, trail: inherited } of visits) {
    const isSplit = network.isSplit(name) && !network.inCycle(name);
    const trail = isSplit ? splits.after(inherited, name) : inherited;
    const draft = draftIn(drafts, name);
    if (trail !== NO_SPLITS) draft.trail = trail;
    for (const way of network.next(name)) {
      if (way.target === 'retry') continue;
      const isNew = !drafts.has(way.target) || !network.inCycle(way.target);
      if (isNew && splits.isNews(way.target, trail)) visits.push({ name: way.target, trail });
      connect(name, draft, way, draftIn(drafts, way.target));
    }
  }
  return drafts;
}

function draftIn(drafts: Map<string, Draft>, name: string): Draft {
  let draft = drafts.get(name);
  if (!draft) drafts.set(name, (draft = { trail: undefined, out: new Map(), in: new Map() }));
  return draft;
}

function connect(source: string, draft: Draft, { target, when, ref }: Way, next: Draft): void {
  const criteria = when === undefined ? [] : [when];
  const edges = draft.out.get(target) ?? new Map<string, Edge>();
  draft.out.set(target, edges);
  const id = JSON.stringify([criteria, ref]);
  if (edges.has(id)) return;
  const edge = { source, target, key: edges.size, criteria, ref };
  edges.set(id, edge);
  const inbound = next.in.get(source);
  if (inbound) inbound.push(edge);
  else next.in.set(source, [edge]);
}

function nodeOf(id: string, draft: Draft, network: Network): GraphNode {
  const targets = [...draft.out].sort(([a], [b]) => compareText(a, b));
  const task = network.task(id);
  return {
    id,
    barrier: task?.join === 'all' ? '*' : task?.join,
    splits: draft.trail?.names(),
    retry: retryOf(id, task, network),
    out: targets.flatMap(([, edges]) => [...edges.values()]),
    in: [...draft.in.values()].flat(),
    inCycle: network.inCycle(id),
    isSplit: network.isSplit(id),
  };
}

/** The last `do: retry` counts, and before the task's own. */
function retryOf(id: string, task: TaskSpec | undefined, network: Network): RetrySpec | undefined {
  const command = network.next(id).findLast(({ target }) => target === 'retry');
  if (!command) return task?.retry;
  return { when: command.when ?? '<% completed() %>', count: COMMANDED_RETRIES, delay: undefined };
}
