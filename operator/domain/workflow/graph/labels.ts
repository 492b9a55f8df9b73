// operator/domain/workflow/graph/labels.ts — labels where they would stand → where they do, so that none covers another.

/** `x` and `y` are those of the centre. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How far a label may move up or down from its place, nearest first, in its own heights. */
const MOVES = [0, 1, -1, 2, -2, 3, -3];

/** Places for labels, in their order: the nearest that is free of boxes and of labels before; its own where none is. */
export function placed(labels: readonly Area[], boxes: readonly Area[]): readonly number[] {
  const taken = new Map<number, Area[]>();
  /** What is near is found by its stripe. */
  const stripes = ({ y, height }: Area): number[] => {
    const [first, last] = [Math.floor((y - height / 2) / STRIPE), Math.floor((y + height / 2) / STRIPE)];
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  };
  const take = (area: Area) => {
    for (const stripe of stripes(area)) {
      const there = taken.get(stripe);
      if (there) there.push(area);
      else taken.set(stripe, [area]);
    }
  };
  const isFree = (area: Area) =>
    !stripes(area).some((stripe) => taken.get(stripe)?.some((other) => doOverlap(area, other)));
  for (const box of boxes) take(box);
  return labels.map((label) => {
    const y = MOVES.map((move) => label.y + move * label.height).find((at) => isFree({ ...label, y: at })) ?? label.y;
    take({ ...label, y });
    return y;
  });
}

const STRIPE = 64;

const doOverlap = (a: Area, b: Area): boolean =>
  Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2;
