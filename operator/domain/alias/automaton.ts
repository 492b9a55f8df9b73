// operator/domain/alias/automaton.ts — the tree of a regular expression → instructions that all run at once, so that no text takes long.
import { ExpressionFault } from '../expression/fault.ts';
import type { Category, Flags, Node, Pattern, Position, SetItem } from '../expression/python/regex/tree.ts';
import { widthOf } from '../expression/python/regex/tree.ts';

/** One step; `next` and `other` are indexes of instructions, `next` is preferred. */
export type Instruction =
  | { readonly does: 'take'; readonly accepts: (code: number) => boolean }
  | { readonly does: 'fork'; next: number; other: number }
  | { readonly does: 'jump'; next: number }
  | { readonly does: 'save'; readonly slot: number }
  | { readonly does: 'check'; readonly position: (codes: readonly number[], at: number) => boolean }
  | {
      readonly does: 'look';
      readonly program: Automaton;
      readonly negated: boolean;
      /** Characters before the place where it is looked from. */
      readonly back: number;
    }
  | { readonly does: 'match' };

/** Slots 2n and 2n + 1 are where group n begins and ends; group 0 is all of it. */
export interface Automaton {
  readonly instructions: readonly Instruction[];
  readonly slots: number;
}

/** Largest automaton, in instructions. */
const SIZE_MAX = 20_000;

const fault = (message: string) => new ExpressionFault('value', 'error', message);

/** Compiles an expression. @throws ExpressionFault for references to groups, conditions, atomic groups and what is too large */
export function compileAutomaton({ node, flags, groups }: Pattern): Automaton {
  return { instructions: instructionsOf({ is: 'group', number: 0, node }, flags), slots: (groups + 1) * 2 };
}

function instructionsOf(node: Node, flags: Flags): readonly Instruction[] {
  const instructions: Instruction[] = [];
  new Assembler(instructions).add(node, flags);
  instructions.push({ does: 'match' });
  return instructions;
}

class Assembler {
  readonly #out: Instruction[];
  constructor(out: Instruction[]) {
    this.#out = out;
  }

  add(node: Node, flags: Flags): void {
    if (this.#out.length > SIZE_MAX) throw fault('the expression is too large');
    switch (node.is) {
      case 'literal':
        this.#out.push({ does: 'take', accepts: folding((code) => code === node.code, flags) });
        return;
      case 'any':
        this.#out.push({ does: 'take', accepts: flags.has('s') ? () => true : (code) => code !== 0x0a });
        return;
      case 'set':
        this.#out.push({ does: 'take', accepts: setTest(node.items, node.negated, flags) });
        return;
      case 'at':
        this.#out.push({ does: 'check', position: positionTest(node.position, flags) });
        return;
      case 'sequence':
        for (const one of node.nodes) this.add(one, flags);
        return;
      case 'branch':
        this.#addBranch(node.nodes, flags);
        return;
      case 'repeat':
        this.#addRepeat(node, flags);
        return;
      case 'group':
        this.#out.push({ does: 'save', slot: node.number * 2 });
        this.add(node.node, flags);
        this.#out.push({ does: 'save', slot: node.number * 2 + 1 });
        return;
      case 'scope':
        this.add(node.node, new Set([...flags, ...node.on].filter((flag) => !node.off.has(flag))));
        return;
      case 'look': {
        const program = { instructions: instructionsOf(node.node, flags), slots: 0 };
        this.#out.push({ does: 'look', program, negated: node.negated, back: node.ahead ? 0 : widthOf(node.node)[0] });
        return;
      }
      case 'atomic':
      case 'reference':
      case 'condition':
        throw fault('references to groups, conditional and atomic groups are not available in formats of aliases');
    }
  }

  #addBranch(nodes: readonly Node[], flags: Flags): void {
    const ends: (Instruction & { does: 'jump' })[] = [];
    for (const [i, one] of nodes.entries()) {
      if (i === nodes.length - 1) this.add(one, flags);
      else {
        const fork = this.#fork();
        this.add(one, flags);
        const end = { does: 'jump' as const, next: 0 };
        this.#out.push(end);
        ends.push(end);
        fork.other = this.#out.length;
      }
    }
    for (const end of ends) end.next = this.#out.length;
  }

  #fork(): Instruction & { does: 'fork' } {
    const fork = { does: 'fork' as const, next: this.#out.length + 1, other: 0 };
    this.#out.push(fork);
    return fork;
  }

  #addRepeat({ node, least, most, how }: Node & { is: 'repeat' }, flags: Flags): void {
    if (how === 'possessive') throw fault('possessive repeats are not available in formats of aliases');
    const leaves: (() => void)[] = [];
    const forkOut = () => {
      const fork = this.#fork();
      leaves.push(() => {
        const end = this.#out.length;
        if (how === 'lazy') [fork.next, fork.other] = [end, fork.next];
        else fork.other = end;
      });
    };
    for (let i = 0; i < least; i++) this.add(node, flags);
    if (Number.isFinite(most)) {
      for (let i = least; i < most; i++) {
        forkOut();
        this.add(node, flags);
      }
    } else {
      const start = this.#out.length;
      forkOut();
      this.add(node, flags);
      this.#out.push({ does: 'jump', next: start });
    }
    for (const leave of leaves) leave();
  }
}

/** With (?i), a character counts as each of its cases. */
function folding(accepts: (code: number) => boolean, flags: Flags): (code: number) => boolean {
  if (!flags.has('i')) return accepts;
  return (code) => {
    const c = String.fromCodePoint(code);
    return accepts(code) || [c.toLowerCase(), c.toUpperCase()].some((other) => accepts(other.codePointAt(0) ?? code));
  };
}

const CATEGORIES: Readonly<Record<'digit' | 'word' | 'space', readonly [unicode: RegExp, ascii: RegExp]>> = {
  digit: [/^\p{Nd}$/u, /^[0-9]$/],
  word: [/^[\p{L}\p{N}_]$/u, /^\w$/],
  space: [/^(?![\ufeff])\s$|^[\x85]$/u, /^[ \t\n\r\f\v]$/],
};

function categoryTest(category: Category, flags: Flags): (code: number) => boolean {
  const isNegated = category.startsWith('not ');
  const name = category.replace('not ', '') as keyof typeof CATEGORIES;
  const test = CATEGORIES[name][flags.has('a') ? 1 : 0];
  const separates = name === 'space' && !flags.has('a');
  return (code) => (test.test(String.fromCodePoint(code)) || (separates && code >= 0x1c && code <= 0x1f)) !== isNegated;
}

function setTest(items: readonly SetItem[], negated: boolean, flags: Flags): (code: number) => boolean {
  const tests = items.map((item) =>
    'category' in item
      ? categoryTest(item.category, flags)
      : folding((code) => code >= item.low && code <= item.high, flags),
  );
  return (code) => tests.some((test) => test(code)) !== negated;
}

type PositionTest = (codes: readonly number[], at: number) => boolean;

const NEWLINE = 0x0a;

function positionTest(position: Position, flags: Flags): PositionTest {
  const isMultiline = flags.has('m');
  switch (position) {
    case 'begin text':
      return (_, at) => at === 0;
    case 'begin':
      return (codes, at) => at === 0 || (isMultiline && codes[at - 1] === NEWLINE);
    case 'end text':
      return (codes, at) => at === codes.length;
    case 'end':
      return (codes, at) => at === codes.length || (codes[at] === NEWLINE && (isMultiline || at === codes.length - 1));
    case 'boundary':
    case 'not boundary': {
      const isWord = categoryTest('word', flags);
      const holds = (code: number | undefined) => code !== undefined && isWord(code);
      return (codes, at) => (holds(codes[at - 1]) !== holds(codes[at])) === (position === 'boundary');
    }
  }
}
