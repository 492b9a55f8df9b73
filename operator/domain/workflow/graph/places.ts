// operator/domain/workflow/graph/places.ts — rows of cells → their order within the row and their centres, so that edges cross little and lean little.
import type { Cell } from './layers.ts';

/** Rounds of looking down and up. */
const ROUNDS = 6;

type Neighbours = (cell: Cell) => readonly Cell[];
const above: Neighbours = (cell) => cell.above;
const below: Neighbours = (cell) => cell.below;

/** Each row in the order in which it is to be drawn: a cell stands where its neighbours stand on average. */
export function orderRows(rows: readonly (readonly Cell[])[]): readonly (readonly Cell[])[] {
  const ordered = rows.map((row) => [...row]);
  const at = new Map<Cell, number>();
  const number = (row: readonly Cell[]) => {
    for (const [i, cell] of row.entries()) at.set(cell, i);
  };
  ordered.forEach(number);
  const sort = (row: Cell[], neighbours: Neighbours) => {
    const wish = new Map(row.map((cell, i) => [cell, mean(neighbours(cell), (other) => at.get(other) ?? 0) ?? i]));
    row.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0) || (at.get(a) ?? 0) - (at.get(b) ?? 0));
    number(row);
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (const row of ordered) sort(row, above);
    if (round < ROUNDS - 1) for (const row of ordered.toReversed()) sort(row, below);
  }
  return ordered;
}

/** The centres of all cells; `widthOf` has the room around a cell in it. The leftmost cell begins at 0. */
export function centresOf(
  rows: readonly (readonly Cell[])[],
  widthOf: (cell: Cell) => number,
): ReadonlyMap<Cell, number> {
  const centres = new Map<Cell, number>();
  for (const row of rows)
    settle(
      row,
      row.map(() => 0),
      widthOf,
      centres,
    );
  const pull = (row: readonly Cell[], neighbours: Neighbours) => {
    const wishes = row.map(
      (cell) => mean(neighbours(cell), (other) => centres.get(other) ?? 0) ?? centres.get(cell) ?? 0,
    );
    settle(row, wishes, widthOf, centres);
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (const row of rows) pull(row, above);
    for (const row of rows.toReversed()) pull(row, below);
  }
  for (const row of rows) pull(row, above);
  let left = Number.POSITIVE_INFINITY;
  for (const [cell, centre] of centres) left = Math.min(left, centre - widthOf(cell) / 2);
  return new Map([...centres].map(([cell, centre]) => [cell, centre - left]));
}

/** A run of cells that touch, and where its first would like to be. */
interface Block {
  wish: number;
  count: number;
}

/** As near to the wishes as the widths allow, in the least squares: neighbours that would overlap move together. */
function settle(
  row: readonly Cell[],
  wishes: readonly number[],
  widthOf: (cell: Cell) => number,
  centres: Map<Cell, number>,
) {
  const offsets: number[] = [];
  let edge = 0;
  for (const cell of row) {
    offsets.push(edge + widthOf(cell) / 2);
    edge += widthOf(cell);
  }
  const blocks: Block[] = [];
  for (const [i, wish] of wishes.entries()) {
    let block = { wish: wish - (offsets[i] ?? 0), count: 1 };
    for (let last = blocks.at(-1); last && last.wish >= block.wish; last = blocks.at(-1)) {
      blocks.pop();
      const count = last.count + block.count;
      block = { wish: (last.wish * last.count + block.wish * block.count) / count, count };
    }
    blocks.push(block);
  }
  let i = 0;
  for (const { wish, count } of blocks) {
    for (let k = 0; k < count; k++, i++) centres.set(row[i] as Cell, wish + (offsets[i] ?? 0));
  }
}

function mean<T>(items: readonly T[], valueOf: (item: T) => number): number | undefined {
  if (items.length === 0) return undefined;
  return items.reduce((sum, item) => sum + valueOf(item), 0) / items.length;
}
