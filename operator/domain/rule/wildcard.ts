// operator/domain/rule/wildcard.ts — a shell's pattern (`* ? [a-z] [!x]`) → does a text fit it, all of it? As Python's fnmatch.
import { spend } from '../expression/evaluation.ts';
import { valueFault } from '../expression/fault.ts';

type Piece = '*' | '?' | ((character: string) => boolean);

/** Longest pattern, in characters. */
const PATTERN_MAX = 4096;

/** Compiles a pattern; the function takes time in proportion to pattern and text, whatever they are. @throws ExpressionFault for one too long */
export function compileWildcard(pattern: string): (text: string) => boolean {
  if (pattern.length > PATTERN_MAX) throw valueFault(`the pattern is longer than ${PATTERN_MAX} characters`);
  spend(pattern.length);
  const pieces = piecesOf([...pattern]);
  return (text) => fits(pieces, [...text]);
}

/** Stars give back what they took from the last one on only: earlier ones need not change. */
function fits(pieces: readonly Piece[], text: readonly string[]): boolean {
  let [at, piece] = [0, 0];
  let [starAt, starPiece] = [0, -1];
  while (at < text.length) {
    spend(1);
    const expected = pieces[piece];
    if (expected === '*') {
      [starAt, starPiece] = [at, piece];
      piece++;
    } else if (expected !== undefined && (expected === '?' || expected(text[at] ?? ''))) {
      at++;
      piece++;
    } else if (starPiece >= 0) {
      at = ++starAt;
      piece = starPiece + 1;
    } else return false;
  }
  while (pieces[piece] === '*') piece++;
  return piece === pieces.length;
}

function piecesOf(pattern: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  const lastEnd = pattern.lastIndexOf(']');
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i] ?? '';
    if (c === '*') {
      if (pieces.at(-1) !== '*') pieces.push('*');
    } else if (c === '?') pieces.push('?');
    else {
      const end = c === '[' && i < lastEnd ? endOfSet(pattern, i + 1) : -1;
      pieces.push(end < 0 ? (character) => character === c : setOf(pattern.slice(i + 1, end)));
      if (end >= 0) i = end;
    }
  }
  return pieces;
}

/** Where the bracket closes, or -1: a bracket that does not is a character. A closing one that comes first is a member. */
function endOfSet(pattern: readonly string[], from: number): number {
  const first = pattern[from] === '!' ? from + 1 : from;
  return pattern.indexOf(']', pattern[first] === ']' ? first + 1 : first);
}

/** A set without members matches nothing, its negation everything. */
function setOf(inside: readonly string[]): Exclude<Piece, string> {
  const chunks = chunksOf(inside);
  const isNegated = chunks[0]?.[0] === '!';
  if (isNegated) chunks[0] = (chunks[0] ?? []).slice(1);
  const single = new Set(chunks.flat());
  const ranges = chunks.slice(1).map((chunk, i): [number, number] => {
    return [codeOf(chunks[i]?.at(-1)), codeOf(chunk[0])];
  });
  const has = (c: string) => {
    if (single.has(c)) return true;
    const code = codeOf(c);
    return ranges.some(([low, high]) => low <= code && code <= high);
  };
  return (c) => has(c) !== isNegated;
}

/** The members, cut at the hyphens that make ranges: from the last of one chunk to the first of the next. Empty ranges are left out. */
function chunksOf(inside: readonly string[]): string[][] {
  const chunks: string[][] = [];
  let from = 0;
  let hyphen = inside.indexOf('-', inside[0] === '!' ? 2 : 1);
  while (hyphen >= 0) {
    chunks.push(inside.slice(from, hyphen));
    from = hyphen + 1;
    hyphen = inside.indexOf('-', hyphen + 3);
  }
  const rest = inside.slice(from);
  if (rest.length > 0 || chunks.length === 0) chunks.push(rest);
  else chunks.at(-1)?.push('-');
  for (let k = chunks.length - 1; k > 0; k--) {
    const [left = [], right = []] = [chunks[k - 1], chunks[k]];
    if (codeOf(left.at(-1)) > codeOf(right[0])) chunks.splice(k - 1, 2, [...left.slice(0, -1), ...right.slice(1)]);
  }
  return chunks;
}

const codeOf = (character: string | undefined) => character?.codePointAt(0) ?? -1;
