// operator/domain/expression/python/regex/engine.ts — an expression of RE2's, whose work on a text counts to the evaluation.
import { RE2JS } from 're2js';
import { spendIfEvaluating } from '../../evaluation.ts';
import { indexIn } from '../search.ts';

/** Memory of the automaton that grows while texts are tested, in bytes as RE2 counts them: some 500 states. */
const AUTOMATON_BYTES = 256 * 1024;
/** RE2 goes back over a text of so many characters times instructions; in longer ones it follows all instructions at once. */
const BACKTRACKED = 256 * 1024;
/** Longer texts are tested for a match before one is looked for: telling what it is takes ten times as long. */
const LONG = 4096;

/** A compiled expression. */
export class Engine {
  readonly #re2: RE2JS;
  #isFast: boolean | undefined;
  /** @throws what RE2JS throws of an expression that it does not take */
  constructor(source: string, flags = 0) {
    this.#re2 = RE2JS.compile(source, flags);
    // The engine for expressions that never have a choice is ten times slower in testing a text than the automaton.
    Object.assign(this.#re2.re2(), { onepass: null });
  }

  /** Instructions of the program. */
  size(): number {
    return this.#re2.programSize();
  }

  /** Whether it occurs in a text. @throws ExpressionFault when the evaluation has no steps left */
  test(text: string): boolean {
    const metered = this.#metered(text);
    const isFound = this.#re2.test(metered.asText());
    metered.settle();
    return isFound;
  }

  /** Finds occurrences in a text, each from a place of it on. */
  finder(text: string): (from: number) => Occurrence | undefined {
    if (text.length > LONG && this.#prepare() && !this.test(text)) return () => undefined;
    const metered = this.#metered(text);
    const matcher = this.#re2.matcher(metered.asText());
    return (from) => {
      const isFound = from <= text.length && matcher.find(from);
      metered.settle();
      return isFound ? matcher : undefined;
    };
  }

  #metered(text: string): MeteredText {
    const size = this.size();
    const goesBack = this.#prepare() && text.length * size <= BACKTRACKED;
    return new MeteredText(text, goesBack ? AGAIN : 2 * size);
  }

  /** Bounds the automaton. @returns whether it has one: not for what looks behind */
  #prepare(): boolean {
    if (this.#isFast !== undefined) return this.#isFast;
    const { dfa } = this.#re2.re2();
    dfa.memBudget = AUTOMATON_BYTES;
    dfa.stateBudget = AUTOMATON_BYTES;
    this.#isFast = !dfa.failed;
    return this.#isFast;
  }
}

/** Where groups are, in UTF-16 units; -1 for those without a part. Valid until the next one is found. */
export interface Occurrence {
  start(group?: number): number;
  end(group?: number): number;
}

/** Parts of a step: what it takes the automaton to read one character. */
const UNITS = 64;
/** What it takes to go back to one, in units. */
const AGAIN = 4;

/**
 * A text for RE2 to read. The automaton reads each character once. What reads it again has gone back, or follows every instruction of
 * the program, for which it looks around each place twice. How far it reads for one match is known only when it does.
 */
class MeteredText {
  readonly #text: string;
  /** What it takes to read a character again, in units. */
  readonly #again: number;
  readonly length: number;
  #furthest = -1;
  #units = 0;
  constructor(text: string, again: number) {
    this.#text = text;
    this.#again = again;
    this.length = text.length;
  }

  /** RE2 asks for this to know a text. */
  get [Symbol.toStringTag](): string {
    return 'String';
  }

  asText(): string {
    return this as unknown as string;
  }

  charCodeAt(at: number): number {
    if (at > this.#furthest) {
      this.#furthest = at;
      this.#units++;
    } else this.#units += this.#again;
    if (this.#units >= 64 * UNITS) this.#count();
    return this.#text.charCodeAt(at);
  }

  indexOf(part: string, from: number): number {
    return indexIn(this.#text, part, from);
  }

  #count(): void {
    const steps = Math.floor(this.#units / UNITS);
    this.#units -= steps * UNITS;
    spendIfEvaluating(steps);
  }

  /** At the end of a search, which is a step by itself. */
  settle(): void {
    this.#units += UNITS;
    this.#count();
  }
}
