// operator/domain/expression/python/regex/program.ts — the tree of an expression → RE2 programs, one for each kind of text it meets.
import { RE2JS } from 're2js';
import { ExpressionFault } from '../../fault.ts';
import { type Emitted, emitRegex, type Traits } from './emit.ts';
import { Engine, type Occurrence } from './engine.ts';
import { expandReferences } from './references.ts';
import { allowProgram, programSize } from './size.ts';
import { type Node, type Pattern, widthOf } from './tree.ts';

/** Where a match is, in UTF-16 units: the whole first, then group after group; -1 for groups without a part in it. */
export type Spans = readonly (readonly [start: number, end: number])[];

/** With room for two traits each. */
const ANCHORS = { anywhere: 0, start: 4, whole: 8 } as const;
type Anchor = keyof typeof ANCHORS;

interface Compiled {
  readonly engine: Engine;
  readonly groups: readonly number[];
}

/** A condition on what the text begins with, split off a lookahead. */
interface Condition {
  readonly program: Program;
  readonly negated: boolean;
}

export class Program {
  readonly #pattern: Pattern;
  readonly #node: Node;
  readonly #conditions: readonly Condition[];
  /** Whether the conditions hold only where the text begins, without a ^ that says so. */
  readonly #isFloating: boolean;
  /** By anchor and traits; read for every text, so no Map. */
  readonly #compiled: (Compiled | undefined)[] = [];
  readonly #looksAhead: boolean;
  readonly #knowsWords: boolean;

  /** Instructions of the programs of the same expression that were made before, those of its conditions among them. */
  readonly #others: number;

  constructor(pattern: Pattern, before = 0) {
    const { node, conditions, isFloating } = split({ ...pattern, node: expandReferences(pattern.node) }, before);
    this.#pattern = pattern;
    this.#node = node;
    this.#conditions = conditions;
    this.#isFloating = isFloating;
    this.#looksAhead = has(node, (one) => one.is === 'at' && one.position === 'end');
    this.#knowsWords = has(node, (one) => one.is === 'at' && one.position.endsWith('boundary'));
    this.#others = before + sumOf(conditions);
    this.#get('x', 'anywhere'); // what RE2 does not take is told now
  }

  /** Instructions of the program: the work for each character is at most that. */
  size(): number {
    return this.#get('x', 'anywhere').engine.size();
  }

  /** Instructions of it and of its conditions. */
  total(): number {
    return this.size() + sumOf(this.#conditions);
  }

  /** Instructions when it has met every kind of text. */
  weight(): number {
    const kinds = 3 * (this.#looksAhead ? 2 : 1) * (this.#knowsWords ? 3 : 1);
    return this.#conditions.reduce((sum, { program }) => sum + program.weight(), kinds * this.size());
  }

  test(text: string, anchor: Anchor): boolean {
    return this.#admits(text, anchor) && this.#get(text, anchor).engine.test(text);
  }

  find(text: string, from: number, anchor: Anchor): Spans | undefined {
    return this.finder(text, anchor)(from);
  }

  /** Finds from one place after the other, never further left: what lookbehinds have seen of the text is not looked at again. */
  finder(text: string, anchor: Anchor): (from: number) => Spans | undefined {
    if (!this.#admits(text, anchor)) return () => undefined;
    const { engine, groups } = this.#get(text, anchor);
    const find = engine.finder(text);
    return (from) => {
      const found = find(from);
      return found && spansOf(found, groups, this.#pattern.groups);
    };
  }

  #admits(text: string, anchor: Anchor): boolean {
    if (this.#conditions.length === 0) return true;
    if (this.#isFloating && anchor === 'anywhere') {
      const message =
        'an expression that begins with a lookahead cannot be searched for in linear time; begin it with ^';
      throw new ExpressionFault('value', 'error', message);
    }
    return this.#conditions.every(({ program, negated }) => program.test(text, 'start') !== negated);
  }

  #get(text: string, anchor: Anchor): Compiled {
    const endsLine = this.#looksAhead && text.endsWith('\n');
    const wide = this.#knowsWords && /[^\0-\x7f]/.test(text);
    const empty = this.#knowsWords && text === '';
    const key = ANCHORS[anchor] + (endsLine ? 2 : 0) + (wide ? 1 : 0) + (empty ? 12 : 0);
    const known = this.#compiled[key];
    if (known) return known;
    const compiled = compile(this.#emitted({ endsLine, wide, empty }, anchor), anchor, this.#others);
    this.#compiled[key] = compiled;
    return compiled;
  }

  #emitted(traits: Traits, anchor: Anchor): Emitted {
    const { flags } = this.#pattern;
    if (anchor !== 'whole') return emitRegex(this.#node, flags, traits);
    // A whole match may not be cut off again: what is looked ahead at would be part of it.
    return emitRegex({ is: 'sequence', nodes: [this.#node, { is: 'at', position: 'end text' }] }, flags, traits);
  }
}

function compile({ text, groups }: Emitted, anchor: Anchor, others: number): Compiled {
  const source = anchor === 'anywhere' ? text : `\\A(?:${text})`;
  allowProgram(programSize(source), others);
  try {
    return { engine: new Engine(source, RE2JS.LOOKBEHINDS), groups };
  } catch (cause) {
    throw new ExpressionFault('value', 'error', `RE2 does not take it: ${(cause as Error).message}`, { cause });
  }
}

const sumOf = (conditions: readonly Condition[]): number =>
  conditions.reduce((sum, { program }) => sum + program.total(), 0);

/** Groups as Python counts them. What was matched behind a mark is cut off, from what encloses the mark too. */
function spansOf(found: Occurrence, groups: readonly number[], count: number): Spans {
  const spans: [number, number][] = Array.from({ length: count + 1 }, () => [-1, -1]);
  const mark = groups.findIndex((group, i) => group === 0 && found.start(i + 1) >= 0);
  const cut = mark < 0 ? Number.POSITIVE_INFINITY : found.start(mark + 1);
  spans[0] = [found.start(), Math.min(found.end(), cut)];
  for (const [i, group] of groups.entries()) {
    const start = group === 0 ? -1 : found.start(i + 1);
    if (start >= 0) spans[group] = [start, i < mark ? Math.min(found.end(i + 1), cut) : found.end(i + 1)];
  }
  return spans;
}

function has(node: Node, isOne: (node: Node) => boolean): boolean {
  if (isOne(node)) return true;
  if ('nodes' in node) return node.nodes.some((one) => has(one, isOne));
  return 'node' in node && has(node.node, isOne);
}

/** Takes lookaheads at a known distance from the start of the text out of an expression, as conditions of their own. */
function split(
  pattern: Pattern,
  others: number,
): { node: Node; conditions: readonly Condition[]; isFloating: boolean } {
  const { node, flags } = pattern;
  const whole = { node, conditions: [], isFloating: false };
  if (node.is !== 'sequence') return whole;
  const isStart = (one: Node | undefined) =>
    one?.is === 'at' && (one.position === 'begin text' || (one.position === 'begin' && !flags.has('m')));
  const isFloating = !isStart(node.nodes[0]);
  const before: Node[] = [];
  const conditions: Condition[] = [];
  for (const [i, one] of node.nodes.entries()) {
    const isLast = i === node.nodes.length - 1;
    if (one.is === 'look' && one.ahead && !(isLast && isFloating)) {
      const ahead: Node = { is: 'sequence', nodes: [...before, one.node] };
      conditions.push({
        program: new Program({ ...pattern, node: ahead }, others + sumOf(conditions)),
        negated: one.negated,
      });
      continue;
    }
    const [least, most] = widthOf(one);
    if (least !== most || (isFloating && most > 0)) {
      before.push(...node.nodes.slice(i));
      break;
    }
    before.push(one);
  }
  return conditions.length === 0 ? whole : { node: { is: 'sequence', nodes: before }, conditions, isFloating };
}
