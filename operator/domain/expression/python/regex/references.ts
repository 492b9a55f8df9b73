// operator/domain/expression/python/regex/references.ts — `(["'])…\1`: a reference to a group of few texts → one alternative for each text.
import { captures, type Node } from './tree.ts';

/** Most texts that a group may have for its references to be written out. */
const TEXTS_MAX = 32;

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

/** The node with texts in the place of references to a group. */
function filled(node: Node, group: number, text: Node): Node {
  if (node.is === 'reference') return node.number === group ? text : node;
  if (node.is === 'sequence' || node.is === 'branch') {
    return { ...node, nodes: node.nodes.map((one) => filled(one, group, text)) };
  }
  return 'node' in node ? { ...node, node: filled(node.node, group, text) } : node;
}

function refersTo(node: Node, group?: number): boolean {
  if (node.is === 'reference') return group === undefined || node.number === group;
  if ('nodes' in node) return node.nodes.some((one) => refersTo(one, group));
  return 'node' in node && refersTo(node.node, group);
}

/** Writes out what references there are to groups that stand before them in the same sequence; others stay. */
export function expandReferences(node: Node): Node {
  if (!refersTo(node)) return node;
  if (node.is === 'branch') return { ...node, nodes: node.nodes.map(expandReferences) };
  if (node.is !== 'sequence') return 'node' in node ? { ...node, node: expandReferences(node.node) } : node;
  const at = node.nodes.findIndex(
    (one, i) => one.is === 'group' && node.nodes.slice(i + 1).some((later) => refersTo(later, one.number)),
  );
  const group = node.nodes[at];
  const texts = group?.is === 'group' && !captures(group.node) ? textsOf(group.node) : undefined;
  if (!texts || group?.is !== 'group') return { ...node, nodes: node.nodes.map(expandReferences) };
  const rest: Node = { is: 'sequence', nodes: node.nodes.slice(at + 1) };
  const nodes = texts.map((codes): Node => {
    const text = literal(codes);
    return { is: 'sequence', nodes: [{ ...group, node: text }, expandReferences(filled(rest, group.number, text))] };
  });
  return { is: 'sequence', nodes: [...node.nodes.slice(0, at), { is: 'branch', nodes }] };
}
