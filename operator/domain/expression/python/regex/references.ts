// operator/domain/expression/python/regex/references.ts — `(["'])…\1`: a reference to a group of few texts → one alternative for each text.
import { REFUSALS } from './refusal.ts';
import { captures, type Node } from './tree.ts';

/** Most texts that a group may have for its references to be written out. */
const TEXTS_MAX = 32;
/** Most nodes that are written out: references beside each other multiply. */
const NODES_MAX = 10_000;

type Codes = readonly number[];

/** All texts that a node takes, in the order it prefers; undefined when they are too many. */
function textsOf(node: Node): readonly Codes[] | undefined {
  switch (node.is) {
    case 'literal':
      return [[node.code]];
    case 'set':
      return node.negated ? undefined : charactersOf(node);
    case 'sequence':
      return product(node.nodes);
    case 'branch': {
      const all = node.nodes.map(textsOf);
      return all.every((texts) => texts !== undefined) ? within(all.flat()) : undefined;
    }
    case 'repeat': {
      if (node.least !== 0 || node.most !== 1 || node.how === 'possessive') return undefined;
      const texts = textsOf(node.node);
      return texts && within(node.how === 'lazy' ? [[], ...texts] : [...texts, []]);
    }
    case 'scope':
      return node.on.size === 0 && node.off.size === 0 ? textsOf(node.node) : undefined;
    default:
      return undefined;
  }
}

const within = (texts: readonly Codes[]) => (texts.length > TEXTS_MAX ? undefined : texts);

function charactersOf(node: Node & { is: 'set' }): readonly Codes[] | undefined {
  const codes: Codes[] = [];
  for (const item of node.items) {
    if ('category' in item || item.high - item.low > TEXTS_MAX) return undefined;
    for (let code = item.low; code <= item.high; code++) codes.push([code]);
  }
  return within(codes);
}

function product(nodes: readonly Node[]): readonly Codes[] | undefined {
  let whole: readonly Codes[] | undefined = [[]];
  for (const node of nodes) {
    const texts = textsOf(node);
    whole = texts && within(whole.flatMap((head) => texts.map((tail) => [...head, ...tail])));
    if (!whole) return undefined;
  }
  return whole;
}

const literal = (codes: Codes): Node => ({
  is: 'sequence',
  nodes: codes.map((code) => ({ is: 'literal', code })),
});

interface Filling {
  readonly group: number;
  readonly text: Node;
  /** Nodes that may still be written. */
  readonly room: { left: number };
}

/** The node with texts in the place of references to a group. @throws ExpressionFault when there is no room for it */
function filled(node: Node, filling: Filling): Node {
  const { group, text, room } = filling;
  if (--room.left < 0) throw REFUSALS.size();
  if (node.is === 'reference') return node.number === group ? text : node;
  if (node.is === 'sequence' || node.is === 'branch') {
    return { ...node, nodes: node.nodes.map((one) => filled(one, filling)) };
  }
  return 'node' in node ? { ...node, node: filled(node.node, filling) } : node;
}

function refersTo(node: Node, group?: number): boolean {
  if (node.is === 'reference') return group === undefined || node.number === group;
  if ('nodes' in node) return node.nodes.some((one) => refersTo(one, group));
  return 'node' in node && refersTo(node.node, group);
}

/** Writes out what references there are to groups that stand before them in the same sequence; others stay. */
export function expandReferences(node: Node, room = { left: NODES_MAX }): Node {
  if (!refersTo(node)) return node;
  const expand = (one: Node) => expandReferences(one, room);
  if (node.is === 'branch') return { ...node, nodes: node.nodes.map(expand) };
  if (node.is !== 'sequence') return 'node' in node ? { ...node, node: expand(node.node) } : node;
  const at = node.nodes.findIndex(
    (one, i) => one.is === 'group' && node.nodes.slice(i + 1).some((later) => refersTo(later, one.number)),
  );
  const group = node.nodes[at];
  const texts = group?.is === 'group' && !captures(group.node) ? textsOf(group.node) : undefined;
  if (!texts || group?.is !== 'group') return { ...node, nodes: node.nodes.map(expand) };
  const rest: Node = { is: 'sequence', nodes: node.nodes.slice(at + 1) };
  const nodes = texts.map((codes): Node => {
    const text = literal(codes);
    const later = filled(rest, { group: group.number, text, room });
    return { is: 'sequence', nodes: [{ ...group, node: text }, expand(later)] };
  });
  return { is: 'sequence', nodes: [...node.nodes.slice(0, at), { is: 'branch', nodes }] };
}
