// operator/domain/workflow/graph/layers.ts — a graph → rows: what leads on stands above what it leads to, and edges over several rows pass through each.
import type { Graph } from './model.ts';

/** A node of the graph, or the place where an edge passes a row. */
export interface Cell {
  /** Index of the node; undefined for the place of an edge. */
  readonly node: number | undefined;
  readonly row: number;
  readonly above: Cell[];
  readonly below: Cell[];
}

/** An edge from the upper cell to the lower, with those that it passes between them. */
export interface Strand {
  /** Index of the edge. */
  readonly edge: number;
  readonly cells: readonly Cell[];
  /** Whether the edge leads up, as the last of a loop does. */
  readonly isReversed: boolean;
}

interface Rows {
  readonly rows: readonly (readonly Cell[])[];
  readonly strands: readonly Strand[];
  /** Edges from a node to itself. */
  readonly loops: readonly { readonly edge: number; readonly node: number }[];
}

/** With more places than these, long edges go straight. */
const PLACES_MAX = 20_000;

interface Link {
  readonly edge: number;
  readonly from: number;
  readonly to: number;
}

export function rowsOf({ nodes, edges }: Graph): Rows {
  const index = new Map(nodes.map(({ id }, i) => [id, i]));
  const links = edges.flatMap(({ from, to }, edge): Link[] => {
    const [a, b] = [index.get(from), index.get(to)];
    return a === undefined || b === undefined ? [] : [{ edge, from: a, to: b }];
  });
  const loops = links.filter(({ from, to }) => from === to).map(({ edge, from }) => ({ edge, node: from }));
  const ways = links.filter(({ from, to }) => from !== to);
  const back = backLinks(nodes.length, ways);
  const down = ways.map((link) => (back.has(link) ? { ...link, from: link.to, to: link.from } : link));
  const depths = depthsOf(nodes.length, down);
  const rows: Cell[][] = Array.from({ length: Math.max(0, ...depths.map((depth) => depth + 1)) }, () => []);
  const cells = depths.map((row, node): Cell => newCell(rows, row, node));
  const places = down.reduce((sum, { from, to }) => sum + (depths[to] ?? 0) - (depths[from] ?? 0) - 1, 0);
  const strands = down.map(({ edge, from, to }, i): Strand => {
    const passed = places > PLACES_MAX ? [] : between(rows, depths[from] ?? 0, depths[to] ?? 0);
    const all = [cells[from], ...passed, cells[to]].filter((cell) => cell !== undefined);
    for (const [k, cell] of all.entries()) join(cell, all[k + 1]);
    return { edge, cells: all, isReversed: back.has(ways[i] as Link) };
  });
  return { rows, strands, loops };
}

function newCell(rows: Cell[][], row: number, node?: number): Cell {
  const cell: Cell = { node, row, above: [], below: [] };
  rows[row]?.push(cell);
  return cell;
}

const between = (rows: Cell[][], from: number, to: number): Cell[] =>
  Array.from({ length: Math.max(0, to - from - 1) }, (_, i) => newCell(rows, from + 1 + i));

function join(upper: Cell, lower: Cell | undefined): void {
  if (!lower) return;
  upper.below.push(lower);
  lower.above.push(upper);
}

function outgoing(count: number, links: readonly Link[]): Link[][] {
  const out: Link[][] = Array.from({ length: count }, () => []);
  for (const link of links) out[link.from]?.push(link);
  return out;
}

/** The edges that close a loop, seen from the nodes that nothing leads to, then from the others in their order. */
function backLinks(count: number, links: readonly Link[]): ReadonlySet<Link> {
  const out = outgoing(count, links);
  const led = new Set(links.map(({ to }) => to));
  const all = Array.from({ length: count }, (_, i) => i);
  const back = new Set<Link>();
  const state = new Uint8Array(count); // 0: not seen, 1: on the way, 2: done
  for (const start of [...all.filter((i) => !led.has(i)), ...all]) {
    if (state[start] !== 0) continue;
    const path = [{ node: start, next: 0 }];
    state[start] = 1;
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const link = out[top.node]?.[top.next++];
      if (!link) {
        state[top.node] = 2;
        path.pop();
      } else if (state[link.to] === 1) back.add(link);
      else if (state[link.to] === 0) {
        state[link.to] = 1;
        path.push({ node: link.to, next: 0 });
      }
    }
  }
  return back;
}

/** The longest way to each node. */
function depthsOf(count: number, links: readonly Link[]): number[] {
  const out = outgoing(count, links);
  const open = Array.from({ length: count }, () => 0);
  for (const { to } of links) open[to] = (open[to] ?? 0) + 1;
  const depths = Array.from({ length: count }, () => 0);
  const ready = open.flatMap((n, i) => (n === 0 ? [i] : []));
  for (const node of ready) {
    for (const { to } of out[node] ?? []) {
      depths[to] = Math.max(depths[to] ?? 0, (depths[node] ?? 0) + 1);
      open[to] = (open[to] ?? 0) - 1;
      if (open[to] === 0) ready.push(to);
    }
  }
  return depths;
}
