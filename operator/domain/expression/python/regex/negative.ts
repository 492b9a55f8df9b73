// operator/domain/expression/python/regex/negative.ts — "not followed by this", for RE2: everything else that may follow.
import { REFUSALS } from './refusal.ts';
import type { Node } from './tree.ts';

/** A node that takes one character. */
const isSingle = (node: Node) => node.is === 'literal' || node.is === 'any' || node.is === 'set';

/** Texts of fixed length, as the single characters that they are made of; undefined when a node is not that simple. */
function alternatives(node: Node): readonly (readonly Node[])[] | undefined {
  if (isSingle(node)) return [[node]];
  if (node.is === 'group' || node.is === 'scope' || node.is === 'atomic') {
    return node.is === 'scope' && (node.on.size > 0 || node.off.size > 0) ? undefined : alternatives(node.node);
  }
  if (node.is === 'branch') {
    const all = node.nodes.map(alternatives);
    return all.every((one) => one !== undefined) ? all.flat() : undefined;
  }
  if (node.is !== 'sequence') return undefined;
  let whole: readonly (readonly Node[])[] = [[]];
  for (const part of node.nodes) {
    const next =
      part.is === 'at' && (part.position === 'end' || part.position === 'end text') ? [[part]] : alternatives(part);
    if (!next || whole.length * next.length > 100) return undefined;
    whole = whole.flatMap((head) => next.map((tail) => [...head, ...tail]));
  }
  return whole;
}

/** What follows where `node` does not. @throws ExpressionFault for nodes that are more than one text of fixed length */
export function emitNegative(node: Node, emit: (single: Node) => string): string {
  const texts = alternatives(node);
  const [only] = texts ?? [];
  if (!texts || only === undefined) throw REFUSALS.look();
  if (texts.length === 1) return without(only, emit);
  // Several: each has one character, so together they are one set.
  if (!texts.every((text) => text.length === 1)) throw REFUSALS.look();
  const singles = texts.map(([single]) => single as Node);
  if (!singles.every((single) => single.is === 'literal' || (single.is === 'set' && !single.negated)))
    throw REFUSALS.look();
  const items = singles.flatMap((single) =>
    single.is === 'literal' ? [{ low: single.code, high: single.code }] : single.is === 'set' ? single.items : [],
  );
  return without([{ is: 'set', negated: false, items }], emit);
}

/** The text ends, or its first character differs, or only what comes after it does. */
function without([first, ...rest]: readonly Node[], emit: (single: Node) => string): string {
  if (!first) return '[^\\x{0}-\\x{10ffff}]';
  if (first.is === 'at') return '(?s:.)';
  const other = inverted(first);
  const continued = rest.length === 0 ? '' : `|${emit(first)}${without(rest, emit)}`;
  return `(?:\\z|${other === undefined ? '\\n' : emit(other)}${continued})`;
}

/** Every character that a node does not take; undefined for the dot, which leaves out the line break only. */
function inverted(node: Node): Node | undefined {
  if (node.is === 'literal') return { is: 'set', negated: true, items: [{ low: node.code, high: node.code }] };
  return node.is === 'set' ? { ...node, negated: !node.negated } : undefined;
}
