// operator/domain/workflow/graph/layout.ts — a graph → boxes and curves, in pixels; the same graph always gives the same.
import { placed } from './labels.ts';
import { type Cell, rowsOf, type Strand } from './layers.ts';
import type { Graph, GraphNode } from './model.ts';
import { centresOf, orderRows } from './places.ts';
import { linesOf, shorten } from './signs.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** `x` and `y` are those of the centre. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly string[];
  readonly node: GraphNode;
}

export interface Curve {
  /** From the box that leads to the one that is led to. */
  readonly points: readonly Point[];
  /** A loop at one box bends out to its right. */
  readonly isLoop: boolean;
  readonly label: { readonly at: Point; readonly text: string } | undefined;
}

export interface Layout {
  /** Where the picture begins, from 0 down: labels may stand out to the left. */
  readonly left: number;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly curves: readonly Curve[];
}

export const LINE_HEIGHT = 17;
const CHARACTER_WIDTH = 7.4;
const PADDING = { x: 14, y: 9 };
const GAP = { x: 28, y: 52 };
const MARGIN = 16;
/** Room for an edge between two boxes; with a label, for that too. */
const EDGE_WIDTH = 18;
/** How far a loop bends out of its box. */
export const LOOP_WIDTH = 34;
const PORT_GAP = 16;
const LABEL_HEIGHT = 13;
/** Letters of labels, beside those of names. */
const SMALL = 0.85;

/** East Asian signs take the room of two. */
const textWidth = (text: string): number =>
  [...text].reduce((sum, sign) => sum + (/[\u1100-\u115f\u2e80-\uffdc\u{1f300}-\u{1faff}]/u.test(sign) ? 2 : 1), 0) *
  CHARACTER_WIDTH;

export function layOut(graph: Graph): Layout {
  const { rows, strands, loops } = rowsOf(graph);
  const sizes = graph.nodes.map((node) => {
    const lines = linesOf(node);
    const width = Math.max(48, ...lines.map(textWidth)) + 2 * PADDING.x;
    return { node, lines, width, height: lines.length * LINE_HEIGHT + 2 * PADDING.y };
  });
  const looped = new Set(loops.map(({ node }) => node));
  const widthOf = ({ node }: Cell): number => {
    if (node === undefined) return EDGE_WIDTH + GAP.x;
    return (sizes[node]?.width ?? 0) + GAP.x + (looped.has(node) ? 2 * LOOP_WIDTH : 0);
  };
  const ordered = orderRows(rows);
  const centres = centresOf(ordered, widthOf);
  const heights = ordered.map((row) => largest(row, ({ node }) => sizes[node ?? -1]?.height ?? 0));
  const tops: number[] = [];
  for (const [i] of heights.entries()) tops.push(i === 0 ? MARGIN : (tops[i - 1] ?? 0) + (heights[i - 1] ?? 0) + GAP.y);
  const yOf = (row: number): number => (tops[row] ?? 0) + (heights[row] ?? 0) / 2;
  const xOf = (cell: Cell): number => (centres.get(cell) ?? 0) + MARGIN;
  const boxes = new Map<number, Box>();
  for (const cell of ordered.flat()) {
    const size = cell.node === undefined ? undefined : sizes[cell.node];
    if (cell.node !== undefined && size) boxes.set(cell.node, { ...size, x: xOf(cell), y: yOf(cell.row) });
  }
  const place = (cell: Cell): Point => ({ x: xOf(cell), y: yOf(cell.row) });
  const all = [...boxes.values()];
  const curves = apart([...strandCurves(strands, graph, boxes, place), ...loopCurves(loops, graph, boxes)], all);
  const labels = curves.flatMap(({ label }) => (label ? [{ x: label.at.x, half: textWidth(label.text) / 2 }] : []));
  const left = Math.max(
    0,
    largest(labels, ({ x, half }) => half - x + MARGIN),
  );
  const right = Math.max(
    largest(all, (box) => box.x + box.width / 2),
    largest(labels, ({ x, half }) => x + half),
    largest(ordered.flat(), xOf),
  );
  const height = largest(all, (box) => box.y + box.height / 2) + MARGIN;
  return {
    left: -left,
    width: left + right + MARGIN,
    height,
    boxes: graph.nodes.flatMap((_, i) => boxes.get(i) ?? []),
    curves,
  };
}

/** Labels of edges that leave side by side stand one above the other. */
function apart(curves: readonly Curve[], boxes: readonly Box[]): readonly Curve[] {
  const labels = curves.flatMap(({ label }) => (label ? [label] : []));
  const ys = placed(
    labels.map(({ at, text }) => ({ ...at, width: textWidth(text) * SMALL, height: LABEL_HEIGHT })),
    boxes,
  );
  const moved = new Map(labels.map((label, i) => [label, { ...label, at: { ...label.at, y: ys[i] ?? label.at.y } }]));
  return curves.map((curve) => ({ ...curve, label: curve.label && moved.get(curve.label) }));
}

/** 0 of nothing. */
const largest = <T>(items: readonly T[], valueOf: (item: T) => number): number =>
  items.reduce((most, item) => Math.max(most, valueOf(item)), 0);

/** Edges leave and reach a box side by side, in the order in which they go on. */
function portsOf(
  strands: readonly Strand[],
  side: 'below' | 'above',
  place: (cell: Cell) => Point,
): ReadonlyMap<Strand, number> {
  const groups = new Map<Cell, Strand[]>();
  const ends = ({ cells }: Strand) =>
    (side === 'below' ? [cells[0], cells[1]] : [cells.at(-1), cells.at(-2)]) as [Cell, Cell];
  for (const strand of strands) {
    const [cell] = ends(strand);
    const group = groups.get(cell);
    if (group) group.push(strand);
    else groups.set(cell, [strand]);
  }
  const ports = new Map<Strand, number>();
  for (const group of groups.values()) {
    group.sort((a, b) => place(ends(a)[1]).x - place(ends(b)[1]).x || a.edge - b.edge);
    for (const [i, strand] of group.entries()) ports.set(strand, i - (group.length - 1) / 2);
  }
  return ports;
}

function strandCurves(
  strands: readonly Strand[],
  graph: Graph,
  boxes: ReadonlyMap<number, Box>,
  place: (cell: Cell) => Point,
): Curve[] {
  const [leaving, reaching] = [portsOf(strands, 'below', place), portsOf(strands, 'above', place)];
  const port = (cell: Cell | undefined, count: number, side: 1 | -1): Point[] => {
    const box = boxes.get(cell?.node ?? -1);
    if (!box) return [];
    const reach = box.width / 2 - PADDING.x;
    return [{ x: box.x + Math.max(-reach, Math.min(reach, count * PORT_GAP)), y: box.y + (side * box.height) / 2 }];
  };
  return strands.map((strand) => {
    const passed = strand.cells.slice(1, -1).map(place);
    const down = [
      ...port(strand.cells[0], leaving.get(strand) ?? 0, 1),
      ...passed,
      ...port(strand.cells.at(-1), reaching.get(strand) ?? 0, -1),
    ];
    const points = strand.isReversed ? down.toReversed() : down;
    return { points, isLoop: false, label: labelOf(graph, strand.edge, middleOf(points)) };
  });
}

const loopCurves = (
  loops: readonly { readonly edge: number; readonly node: number }[],
  graph: Graph,
  boxes: ReadonlyMap<number, Box>,
): Curve[] =>
  loops.flatMap(({ edge, node }) => {
    const box = boxes.get(node);
    if (!box) return [];
    const x = box.x + box.width / 2;
    const points = [
      { x, y: box.y - box.height / 5 },
      { x, y: box.y + box.height / 5 },
    ];
    return [
      { points, isLoop: true, label: labelOf(graph, edge, { x: x + LOOP_WIDTH, y: box.y - box.height / 2 - 4 }) },
    ];
  });

function labelOf({ edges }: Graph, edge: number, at: Point): Curve['label'] {
  const text = shorten((edges[edge]?.label ?? '').replaceAll(/\s+/g, ' ').trim());
  return text === '' ? undefined : { at, text };
}

/** Halfway along the first stretch of an edge, where it still is near the box that has the condition. */
function middleOf([a, b]: readonly Point[]): Point {
  if (!a || !b) return { x: 0, y: 0 };
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
