// operator/domain/expression/python/regex/emit.ts — the tree of an expression → RE2's text, which says the same.
import { emitNegative } from './negative.ts';
import { REFUSALS } from './refusal.ts';
import { emitSet, quoteCode, wordClass } from './sets.ts';
import { captures, type Flags, type Node, type Position, widthOf } from './tree.ts';

/** What is known of the texts that the result is for: Python's $ and \b need to see what comes next, RE2 does not look. */
export interface Traits {
  /** The text ends with a line break. */
  readonly endsLine: boolean;
  /** The text has characters beyond ASCII. */
  readonly wide: boolean;
  /** There is no text: for Python, \B is not there either. */
  readonly empty: boolean;
}

/** An expression for RE2. */
export interface Emitted {
  readonly text: string;
  /** The Python group that each of RE2's groups is, from 1 on; 0: a mark, where the match ends. */
  readonly groups: readonly number[];
}

/** What stands beside a node: a character of a word, another, or either. */
type Side = 'word' | 'other' | 'unknown';

interface Place {
  readonly flags: Flags;
  /** Nothing follows: what is matched from here on may be cut off again. */
  readonly isTail: boolean;
  readonly before: Side;
  readonly after: Side;
}

/** Longest text for RE2, in characters. */
const SIZE_MAX = 64 * 1024;
/** Largest number that RE2 takes in {m,n}. */
const REPEAT_MAX = 1000;

export function emitRegex(node: Node, flags: Flags, traits: Traits): Emitted {
  const emitter = new Emitter(traits);
  const text = emitter.emit(node, { flags, isTail: true, before: 'unknown', after: 'unknown' });
  return { text, groups: emitter.groups };
}

class Emitter {
  readonly #traits: Traits;
  readonly groups: number[] = [];
  #isCapturing = true;
  #size = 0;
  constructor(traits: Traits) {
    this.#traits = traits;
  }

  emit(node: Node, place: Place): string {
    const text = this.#emit(node, place);
    this.#size += node.is === 'repeat' || node.is === 'literal' ? text.length : 0;
    if (text.length > SIZE_MAX || this.#size > 16 * SIZE_MAX) throw REFUSALS.size();
    return text;
  }

  #emit(node: Node, place: Place): string {
    const { flags } = place;
    switch (node.is) {
      case 'literal':
        return this.#folded(quoteCode(node.code), flags, hasCase(node.code));
      case 'any':
        return flags.has('s') ? '(?s:.)' : '[^\\n]';
      case 'set': {
        const hasLetters = node.items.some((item) => 'low' in item && (item.low !== item.high || hasCase(item.low)));
        return this.#folded(emitSet(node.items, node.negated, flags.has('a')), flags, hasLetters);
      }
      case 'at':
        return this.#at(node.position, place);
      case 'sequence':
        return this.#sequence(node.nodes, place);
      case 'branch':
        return `(?:${node.nodes.map((one) => this.emit(one, place)).join('|')})`;
      case 'repeat':
        return this.#repeat(node, place);
      case 'group':
        if (!this.#isCapturing) return `(?:${this.emit(node.node, place)})`;
        this.groups.push(node.number);
        return `(${this.emit(node.node, place)})`;
      case 'scope':
        return `(?:${this.emit(node.node, { ...place, flags: changed(flags, node.on, node.off) })})`;
      case 'atomic':
        if (!place.isTail) throw REFUSALS.atomic();
        return `(?:${this.emit(node.node, place)})`;
      case 'look':
        return node.ahead ? this.#ahead(node, place) : this.#behind(node, place);
      case 'reference':
        throw REFUSALS.reference();
      case 'condition':
        throw REFUSALS.condition();
    }
  }

  #folded(text: string, flags: Flags, matters: boolean): string {
    return flags.has('i') && matters ? `(?i:${text})` : text;
  }

  #sequence(nodes: readonly Node[], place: Place): string {
    return nodes
      .map((node, i) => {
        const isLast = i === nodes.length - 1;
        const before = sideOf(nodes.slice(0, i).reverse(), 'last', place);
        const after = sideOf(nodes.slice(i + 1), 'first', place);
        return this.emit(node, { ...place, isTail: place.isTail && isLast, before, after });
      })
      .join('');
  }

  #repeat(node: Node & { is: 'repeat' }, place: Place): string {
    const { least, most, how } = node;
    if (how === 'possessive' && !place.isTail) throw REFUSALS.atomic();
    const inner =
      most <= 1 ? place : { ...place, isTail: false, before: 'unknown' as const, after: 'unknown' as const };
    const lazy = how === 'lazy' ? '?' : '';
    if (least <= REPEAT_MAX && (most <= REPEAT_MAX || !Number.isFinite(most)) && !isDeep(node)) {
      return `(?:${this.emit(node.node, inner)})${count(least, most)}${lazy}`;
    }
    return this.#unrolled(node, inner, lazy);
  }

  /** Numbers that RE2 does not take: as several repeats, or written out where they are nested. */
  #unrolled({ node, least, most }: Node & { is: 'repeat' }, place: Place, lazy: string): string {
    if (captures(node)) throw REFUSALS.size();
    const one = `(?:${this.emit(node, place)})`;
    const optional = Number.isFinite(most) ? most - least : 0;
    const largest = Math.max(1, Math.floor(REPEAT_MAX / timesOf(node)));
    const pieces = Math.ceil(least / largest) + Math.ceil(optional / largest);
    if (pieces * one.length > SIZE_MAX) throw REFUSALS.size();
    let text = '';
    for (let rest = least; rest > 0; rest -= largest) text += `${one}{${Math.min(rest, largest)}}`;
    for (let rest = optional; rest > 0; rest -= largest) text += `${one}{0,${Math.min(rest, largest)}}${lazy}`;
    return `(?:${text}${Number.isFinite(most) ? '' : `${one}*${lazy}`})`;
  }

  #mark(): string {
    this.groups.push(0);
    return '()';
  }

  #at(position: Position, place: Place): string {
    switch (position) {
      case 'begin':
        return place.flags.has('m') ? '(?m:^)' : '\\A';
      case 'begin text':
        return '\\A';
      case 'end text':
        return '\\z';
      case 'end':
        if (place.flags.has('m')) return '(?m:$)';
        if (!this.#traits.endsLine) return '\\z';
        return place.isTail ? `(?:${this.#mark()}\\n\\z|\\z)` : '(?m:$)';
      case 'boundary':
      case 'not boundary':
        if (this.#traits.empty) return NEVER;
        if (!this.#traits.wide || place.flags.has('a')) return position === 'boundary' ? '\\b' : '\\B';
        return this.#boundary(position === 'boundary', place);
    }
  }

  /** \b and \B with words of all scripts: a look behind, and what is known of the next character. */
  #boundary(differs: boolean, { isTail, before, after }: Place): string {
    const word = wordClass(false);
    const behind = (isWord: boolean) => `(?<${isWord ? '=' : '!'}[${word}])`;
    if (after !== 'unknown') {
      const wantsWord = (after === 'word') !== differs;
      if (before === 'unknown') return behind(wantsWord);
      return (before === 'word') === wantsWord ? '' : NEVER;
    }
    if (!isTail) return differs ? '\\b' : '\\B';
    const next = (isWord: boolean) => this.#mark() + (isWord ? `[${word}]` : `(?:[^${word}]|\\z)`);
    if (before !== 'unknown') return next((before === 'word') !== differs);
    return `(?:${behind(true)}${next(!differs)}|${behind(false)}${next(differs)})`;
  }

  #behind(node: Node & { is: 'look' }, place: Place): string {
    const outer = this.#isCapturing;
    this.#isCapturing = false;
    const inner = this.emit(node.node, { ...place, isTail: false, before: 'unknown', after: 'unknown' });
    this.#isCapturing = outer;
    return `(?<${node.negated ? '!' : '='}${inner})`;
  }

  /** At the end, what is looked at is matched, and cut off again. */
  #ahead(node: Node & { is: 'look' }, place: Place): string {
    if (!place.isTail) throw REFUSALS.look();
    if (!node.negated) return `(?:${this.#mark()}${this.emit(node.node, place)})`;
    const single = (one: Node) => this.emit(one, { ...place, isTail: false });
    return `(?:${this.#mark()}${emitNegative(node.node, single)})`;
  }
}

/** A set that takes nothing. */
const NEVER = '[^\\x{0}-\\x{10ffff}]';

const hasCase = (code: number): boolean => {
  const c = String.fromCodePoint(code);
  return c.toLowerCase() !== c.toUpperCase();
};

function count(least: number, most: number): string {
  if (least === 0 && most === 1) return '?';
  if (!Number.isFinite(most)) return least === 0 ? '*' : least === 1 ? '+' : `{${least},}`;
  return least === most ? `{${least}}` : `{${least},${most}}`;
}

/** RE2 multiplies nested numbers, and takes no more than 1000 altogether. */
const isDeep = (node: Node): boolean => timesOf(node) > REPEAT_MAX;

function timesOf(node: Node): number {
  if (node.is === 'repeat') {
    const own = Number.isFinite(node.most) ? node.most : node.least;
    return Math.max(1, own) * timesOf(node.node);
  }
  if ('nodes' in node) return Math.max(1, ...node.nodes.map(timesOf));
  return 'node' in node ? timesOf(node.node) : 1;
}

export function changed(flags: Flags, on: Flags, off: Flags): Flags {
  const types = ['a', 'u'].some((type) => on.has(type)) ? new Set(['a', 'u']) : new Set<string>();
  return new Set([...[...flags].filter((flag) => !off.has(flag) && !types.has(flag)), ...on]);
}

/** What the first character of the nodes is sure to be; going backwards, the last. */
function sideOf(nodes: readonly Node[], which: 'first' | 'last', place: Place): Side {
  for (const node of nodes) {
    const [least, most] = widthOf(node);
    if (most === 0 && node.is !== 'at') continue;
    if (node.is === 'at') {
      const edges = which === 'first' ? ['end text', 'end'] : ['begin text', 'begin'];
      if (edges.includes(node.position) && !(edges[1] === node.position && place.flags.has('m'))) return 'other';
      continue;
    }
    return least === 0 ? 'unknown' : sideWithin(node, which, place);
  }
  return which === 'first' ? place.after : place.before;
}

const isWordCode = (code: number) => /[\p{L}\p{N}_]/u.test(String.fromCodePoint(code));

function sideWithin(node: Node, which: 'first' | 'last', place: Place): Side {
  switch (node.is) {
    case 'literal':
      return isWordCode(node.code) ? 'word' : 'other';
    case 'set': {
      const sides = node.items.map((item): Side => {
        if ('category' in item) {
          if (item.category === 'digit' || item.category === 'word') return 'word';
          return item.category === 'space' || item.category === 'not word' ? 'other' : 'unknown';
        }
        if (item.low === item.high) return isWordCode(item.low) ? 'word' : 'other';
        return sameKind(item) ? 'word' : 'unknown';
      });
      if (node.negated) return 'unknown';
      return sides.every((side) => side === sides[0]) ? (sides[0] ?? 'unknown') : 'unknown';
    }
    case 'sequence':
      return sideOf(which === 'first' ? node.nodes : node.nodes.toReversed(), which, place);
    case 'branch': {
      const sides = node.nodes.map((one) => sideOf([one], which, place));
      return sides.every((side) => side === sides[0]) ? (sides[0] ?? 'unknown') : 'unknown';
    }
    case 'group':
    case 'scope':
    case 'atomic':
    case 'repeat':
      return sideOf([node.node], which, place);
    default:
      return 'unknown';
  }
}

/** Digits, small letters or capitals throughout. */
const sameKind = ({ low, high }: { low: number; high: number }): boolean =>
  ['09', 'AZ', 'az'].some((ends) => low >= (ends.codePointAt(0) ?? 0) && high <= (ends.codePointAt(1) ?? 0));
