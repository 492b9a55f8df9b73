// operator/domain/expression/python/regex/size.ts — how large a program RE2 makes of an expression, told from its text before RE2 sees it.
import { evaluating, spend, NOWHEN } from '../../evaluation.ts';
import { budgetFault } from '../../fault.ts';

/** Largest program, in instructions; each takes microseconds to make and some hundred bytes to keep. */
const PROGRAM_MAX = 10_000;
/** Instructions of all the programs that a cache keeps. */
export const KEPT_INSTRUCTIONS = 200_000;
/** What it takes to make one instruction, in steps. */
const STEPS = 4;
/** Characters that RE2 looks up one after the other when a range ignores case, as many as cost what an instruction does. */
const FOLDED = 64;

/**
 * Refuses a program that is too large, before it is made, and counts the work of making it.
 * `others`: instructions of the programs that are made of the same expression beside it. @throws ExpressionFault budget
 */
export function allowProgram(size: number, others = 0): void {
  if (size + others > PROGRAM_MAX) {
    const much = `about ${Math.round(size + others)} instructions, and ${PROGRAM_MAX} is the most`;
    throw budgetFault(`a regular expression of ${much}; use smaller numbers in its repeats, or * and +`);
  }
  // Expressions of our own are compiled outside of any evaluation: that is one of its own then.
  evaluating(NOWHEN, () => spend(STEPS * size));
}

const ESCAPE = /\\(?:[pPx]\{[^}]*\}|[\s\S]|$)/uy;
const QUOTED = /\\Q([\s\S]*?)(?:\\E|$)/y;
const SET = /\[\^?\]?(?:\[:\^?\w+:\]|\\[pPx]\{[^}]*\}|\\[\s\S]|[^\]\\])*\]/y;
const RANGE = /(\\x\{[^}]*\}|\\[\s\S]|[^\\])-(\\x\{[^}]*\}|\\[\s\S]|[^\\])/gu;
const PREFIX = /\(\?(?:P?<[^>=!]*>|<[=!]|[a-zA-Z-]*[:)])/y;
const NO_CAPTURE = /^\(\?[a-zA-Z-]*:$/;
const REPEAT = /(?:[*+?]|\{(\d+)(,(\d*))?\})\??/y;
const IGNORES_CASE = /\(\?[a-zA-Z]*i/;

interface Open {
  /** Instructions of everything in the group before its last item, and of that. */
  sum: number;
  last: number;
}

/** Instructions of the program for an expression of RE2's, or a few more: nested repeats multiply. Linear in its text. */
export function programSize(source: string): number {
  const isFolded = IGNORES_CASE.test(source);
  const outer: Open[] = [];
  let here: Open = { sum: 3, last: 0 };
  const item = (size: number) => {
    here.sum += here.last;
    here.last = size;
  };
  for (let at = 0; at < source.length; ) {
    const c = source[at] ?? '';
    const read = (pattern: RegExp): RegExpExecArray | undefined => {
      pattern.lastIndex = at;
      return pattern.exec(source) ?? undefined;
    };
    let found: RegExpExecArray | undefined;
    if (c === '\\') {
      found = read(QUOTED);
      if (found) here.sum += found[1]?.length ?? 0;
      item(1);
      found ??= read(ESCAPE);
    } else if (c === '[') {
      found = read(SET);
      if (!found) return here.sum; // it does not close: RE2 says so
      item(1 + (isFolded ? spanOf(found[0]) / FOLDED : 0));
    } else if (c === '(') {
      found = read(PREFIX);
      if (!found?.[0].endsWith(')')) {
        item(0);
        outer.push(here);
        here = { sum: NO_CAPTURE.test(found?.[0] ?? '') ? 0 : 2, last: 0 };
      }
    } else if (c === ')') {
      const size = Math.max(1, here.sum + here.last);
      here = outer.pop() ?? here;
      here.last = size;
    } else if (c === '|')
      item(2); // an alternative without anything is an instruction too
    else if ((found = read(REPEAT))) here.last = repeated(here.last, found);
    else item(1);
    at += found?.[0].length ?? 1;
  }
  return [...outer, here].reduce((sum, open) => sum + open.sum + open.last, 0);
}

/** `x{2,4}` is `xx(x(x)?)?`. */
function repeated(size: number, [, least, hasMost, most]: RegExpExecArray): number {
  if (least === undefined) return size + 1;
  const low = Number(least);
  if (hasMost === undefined) return Math.max(1, low * size);
  if (most === undefined || most === '') return Math.max(1, low) * size + 1;
  return Math.max(1, Number(most) * size + Math.max(0, Number(most) - low));
}

/** Characters in the ranges of a set. */
function spanOf(set: string): number {
  let span = 0;
  for (const [, low = '', high = ''] of set.matchAll(RANGE)) span += Math.max(0, codeOf(high) - codeOf(low));
  return span;
}

const codeOf = (written: string): number =>
  written.startsWith('\\x{') ? Number.parseInt(written.slice(3, -1), 16) || 0 : (written.codePointAt(0) ?? 0);
