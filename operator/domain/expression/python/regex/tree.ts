// operator/domain/expression/python/regex/tree.ts — what an expression of Python's `re` means, as a tree.

/** Classes of characters: \d, \w, \s and what they leave out. */
export type Category = 'digit' | 'not digit' | 'word' | 'not word' | 'space' | 'not space';

/** What a set has: characters from `low` to `high`, or a class of them. */
export type SetItem = { readonly low: number; readonly high: number } | { readonly category: Category };

export type Position = 'begin' | 'end' | 'begin text' | 'end text' | 'boundary' | 'not boundary';

/** Flags by their letters: a, i, m, s, u, x. */
export type Flags = ReadonlySet<string>;

export type Node =
  | { readonly is: 'literal'; readonly code: number }
  | { readonly is: 'any' }
  | { readonly is: 'set'; readonly negated: boolean; readonly items: readonly SetItem[] }
  | { readonly is: 'at'; readonly position: Position }
  | { readonly is: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly is: 'branch'; readonly nodes: readonly Node[] }
  | {
      readonly is: 'repeat';
      readonly node: Node;
      readonly least: number;
      /** Infinity: as often as it can. */
      readonly most: number;
      readonly how: 'greedy' | 'lazy' | 'possessive';
    }
  | { readonly is: 'group'; readonly node: Node; readonly number: number }
  | { readonly is: 'scope'; readonly node: Node; readonly on: Flags; readonly off: Flags }
  | { readonly is: 'atomic'; readonly node: Node }
  | { readonly is: 'look'; readonly node: Node; readonly ahead: boolean; readonly negated: boolean }
  | { readonly is: 'reference'; readonly number: number }
  | { readonly is: 'condition' };

/** An expression, read. */
export interface Pattern {
  readonly node: Node;
  readonly flags: Flags;
  /** Number of groups that capture. */
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
}

/** The least and the most characters that a node takes. */
export function widthOf(node: Node): readonly [least: number, most: number] {
  switch (node.is) {
    case 'literal':
    case 'any':
    case 'set':
      return [1, 1];
    case 'at':
    case 'look':
      return [0, 0];
    case 'sequence': {
      const widths = node.nodes.map(widthOf);
      return [widths.reduce((sum, [least]) => sum + least, 0), widths.reduce((sum, [, most]) => sum + most, 0)];
    }
    case 'branch': {
      const widths = node.nodes.map(widthOf);
      return [Math.min(...widths.map(([least]) => least)), Math.max(...widths.map(([, most]) => most))];
    }
    case 'repeat': {
      const [least, most] = widthOf(node.node);
      return [least * node.least, most === 0 ? 0 : most * node.most];
    }
    case 'group':
    case 'scope':
    case 'atomic':
      return widthOf(node.node);
    case 'reference':
    case 'condition':
      return [0, Number.POSITIVE_INFINITY];
  }
}

/** Whether a group that captures is somewhere inside. */
export function captures(node: Node): boolean {
  if (node.is === 'group') return true;
  if ('nodes' in node) return node.nodes.some(captures);
  return 'node' in node && captures(node.node);
}
