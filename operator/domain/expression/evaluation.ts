// operator/domain/expression/evaluation.ts — one evaluation: what it may spend, what time it is, and the chance it is given.
import { budgetFault } from './fault.ts';

/** What one evaluation may use. */
export interface Limits {
  /** Nodes evaluated, items visited, characters scanned in blocks of 64. */
  readonly steps: number;
  /** Characters of any one text, and of the output. */
  readonly characters: number;
  /** Items of any one list, dict, set or range. */
  readonly items: number;
  /** Depth of calls, of nested values, and of templates that give templates. */
  readonly depth: number;
}

export const DEFAULT_LIMITS: Limits = { steps: 250_000, characters: 1024 * 1024, items: 100_000, depth: 100 };

/** What an expression may know of the outside; all of it is given, so the same evaluation always gives the same answer. */
export interface World {
  /** For now(), utcnow() and time differences; milliseconds since 1970. */
  readonly nowMs: number;
  /** For random() and shuffle. */
  readonly seed: number;
}

/** The world of what needs neither time nor chance: compiling, checking, writing out. */
export const NOWHEN: World = { nowMs: 0, seed: 0 };

interface Evaluation {
  readonly limits: Limits;
  readonly world: World;
  stepsLeft: number;
  /** Of which `stepsLeft` are left: all, or those of a part. */
  stepsAllowed: number;
  depth: number;
  random: number;
}

/** Evaluations are synchronous, so one is current at a time; an inner one (a template in a pattern) shares the outer's budget. */
let current: Evaluation | undefined;

/** Runs one evaluation under its limits. @throws ExpressionFault of kind `budget` when they are exceeded */
export function evaluating<T>(world: World, run: () => T, limits: Limits = DEFAULT_LIMITS): T {
  if (current) return run();
  current = { limits, world, stepsLeft: limits.steps, stepsAllowed: limits.steps, depth: 0, random: world.seed >>> 0 };
  try {
    return run();
  } catch (error) {
    // The engines recurse with their input; what overflows the stack, or JavaScript's own limits, before ours see it is the same fault.
    if (error instanceof RangeError) {
      throw budgetFault(/call stack/.test(error.message) ? 'the expression nests too deeply' : error.message);
    }
    throw error;
  } finally {
    current = undefined;
  }
}

const outside = (): never => {
  throw new Error('an expression is evaluated outside of evaluating()');
};

/** Counts work done. @throws ExpressionFault */
export function spend(steps: number): void {
  const evaluation = current ?? outside();
  evaluation.stepsLeft -= steps;
  if (evaluation.stepsLeft < 0) throw budgetFault(`more than ${evaluation.stepsAllowed} steps`);
}

/** Runs a part that may spend no more than this of what is left. @throws ExpressionFault */
export function atMost<T>(steps: number, run: () => T): T {
  const evaluation = current ?? outside();
  const { stepsLeft, stepsAllowed } = evaluation;
  if (stepsLeft <= steps) return run();
  evaluation.stepsLeft = evaluation.stepsAllowed = steps;
  try {
    return run();
  } finally {
    evaluation.stepsLeft += stepsLeft - steps;
    evaluation.stepsAllowed = stepsAllowed;
  }
}

/** As `spend`, for what is done to values outside of evaluations too, where it is free. @throws ExpressionFault */
export function spendIfEvaluating(steps: number): void {
  if (current) spend(steps);
}

/** Refuses a text before it is built, and counts the work of building it. @throws ExpressionFault */
export function allowCharacters(length: number): void {
  const { limits } = current ?? outside();
  if (length > limits.characters) throw budgetFault(`a text of more than ${limits.characters} characters`);
  spend(length >>> 6);
}

/** Refuses a collection before it is built, and counts the work of building it. @throws ExpressionFault */
export function allowItems(count: number): void {
  const { limits } = current ?? outside();
  if (count > limits.items) throw budgetFault(`a collection of more than ${limits.items} items`);
  spend(count);
}

/** One level deeper, for what recurses with its input. @throws ExpressionFault */
export function deeper<T>(run: () => T): T {
  const evaluation = current ?? outside();
  if (evaluation.depth >= evaluation.limits.depth) {
    throw budgetFault(`nested deeper than ${evaluation.limits.depth} levels`);
  }
  evaluation.depth++;
  spend(1);
  try {
    return run();
  } finally {
    evaluation.depth--;
  }
}

/** Milliseconds since 1970, as the evaluation was given them. */
export const nowMs = (): number => (current ?? outside()).world.nowMs;

/** The next number in [0, 1) of the evaluation's sequence (mulberry32). */
export function nextRandom(): number {
  const evaluation = current ?? outside();
  evaluation.random = (evaluation.random + 0x6d2b79f5) >>> 0;
  let t = evaluation.random;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}
