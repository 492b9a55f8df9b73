// operator/domain/alias/automaton-run.ts — an automaton on a text: the match that Python's backtracking would find first, in linear time.
import { spend } from '../expression/evaluation.ts';
import type { Automaton } from './automaton.ts';

/** Where the groups begin and end, in code points: slots 2n and 2n + 1; undefined for those without a part in the match. */
export type Slots = readonly (number | undefined)[];

/** A way through the automaton that is still open. Earlier ones in a list are preferred. */
interface Thread {
  readonly pc: number;
  readonly slots: Slots;
}

/**
 * Finds the first match at or after `from`; `advance`: not an empty one right there. Counts its work.
 * @throws ExpressionFault of kind `budget`
 */
export function findMatch(
  automaton: Automaton,
  codes: readonly number[],
  from: number,
  advance = false,
): Slots | undefined {
  return new Run(automaton, codes).find(from, advance);
}

class Run {
  readonly #automaton: Automaton;
  readonly #codes: readonly number[];
  /** What was looked for, by instruction and place. */
  readonly #looks = new Map<number, boolean>();
  readonly #empty: Slots;
  /** The position at which an instruction was reached last, so that none is followed twice. */
  readonly #reached: Int32Array;
  constructor(automaton: Automaton, codes: readonly number[]) {
    this.#automaton = automaton;
    this.#codes = codes;
    this.#empty = Array.from({ length: automaton.slots }, () => undefined);
    this.#reached = new Int32Array(automaton.instructions.length).fill(-1);
  }

  find(from: number, advance: boolean): Slots | undefined {
    let threads: Thread[] = [];
    let found: Slots | undefined;
    for (let at = from; at <= this.#codes.length; at++) {
      if (found && threads.length === 0) break;
      const list: Thread[] = [];
      for (const { pc, slots } of threads) this.#follow(list, pc, slots, at);
      if (!found) this.#follow(list, 0, this.#empty, at);
      spend(1 + (list.length >>> 3));
      threads = [];
      for (const { pc, slots } of list) {
        const instruction = this.#automaton.instructions[pc];
        if (instruction?.does === 'match') {
          if (advance && at === from) continue;
          found = slots;
          break; // Those after it are not preferred.
        }
        const code = this.#codes[at];
        if (instruction?.does === 'take' && code !== undefined && instruction.accepts(code)) {
          threads.push({ pc: pc + 1, slots });
        }
      }
    }
    return found;
  }

  /** Whether there is a match that begins at a place. */
  #holdsAt(start: number): boolean {
    let list: Thread[] = [];
    this.#follow(list, 0, this.#empty, start);
    for (let at = start; list.length > 0; at++) {
      spend(1 + (list.length >>> 3));
      const threads = list;
      list = [];
      for (const { pc } of threads) {
        const instruction = this.#automaton.instructions[pc];
        if (instruction?.does === 'match') return true;
        const code = this.#codes[at];
        const goesOn = instruction?.does === 'take' && code !== undefined && instruction.accepts(code);
        if (goesOn) this.#follow(list, pc + 1, this.#empty, at + 1);
      }
    }
    return false;
  }

  /** Adds the threads that a place in the automaton leads to without taking a character. */
  #follow(list: Thread[], start: number, given: Slots, at: number): void {
    const open: Thread[] = [{ pc: start, slots: given }];
    for (let thread = open.pop(); thread; thread = open.pop()) {
      const { pc, slots } = thread;
      const instruction = this.#automaton.instructions[pc];
      if (!instruction || this.#reached[pc] === at) continue;
      this.#reached[pc] = at;
      switch (instruction.does) {
        case 'take':
        case 'match':
          list.push(thread);
          break;
        case 'jump':
          open.push({ pc: instruction.next, slots });
          break;
        case 'fork':
          open.push({ pc: instruction.other, slots }, { pc: instruction.next, slots });
          break;
        case 'save':
          open.push({ pc: pc + 1, slots: slots.length === 0 ? slots : slots.with(instruction.slot, at) });
          break;
        case 'check':
          if (instruction.position(this.#codes, at)) open.push({ pc: pc + 1, slots });
          break;
        case 'look':
          if (this.#looksAt(pc, at) !== instruction.negated) open.push({ pc: pc + 1, slots });
          break;
      }
    }
  }

  #looksAt(pc: number, at: number): boolean {
    const key = pc * (this.#codes.length + 1) + at;
    const known = this.#looks.get(key);
    if (known !== undefined) return known;
    const instruction = this.#automaton.instructions[pc];
    if (instruction?.does !== 'look') return false;
    const start = at - instruction.back;
    const holds = start >= 0 && new Run(instruction.program, this.#codes).#holdsAt(start);
    this.#looks.set(key, holds);
    return holds;
  }
}
