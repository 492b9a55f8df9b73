// operator/domain/expression/fault.ts — what an expression can do wrong: a class of Python's, a neutral kind, where, and the nearest known name.

/** Neutral classes of errors; `budget` is ours: the evaluation took too much. */
export type FaultKind =
  | 'syntax'
  | 'resolution'
  | 'undefined'
  | 'type'
  | 'value'
  | 'arithmetic'
  | 'security'
  | 'empty'
  | 'validation'
  | 'assertion'
  | 'other'
  | 'budget';

/** A place in the source of an expression; lines and columns count from 1, in characters. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The one error that parsing and evaluating expressions throw. `type` is the class that the reference raises, as `TypeError`. */
export class ExpressionFault extends Error {
  readonly kind: FaultKind;
  readonly type: string;
  readonly place: Place | undefined;
  constructor(kind: FaultKind, type: string, message: string, options: { place?: Place; cause?: unknown } = {}) {
    // A user's mistake, made by the thousand and caught again: where in our code it was noticed says nothing, and costs most.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      super(message, options.cause === undefined ? undefined : { cause: options.cause });
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    this.name = 'ExpressionFault';
    this.kind = kind;
    this.type = type;
    this.place = options.place;
  }

  /** The same fault, told with the place where it happened, unless it has one already. */
  at(place: Place): ExpressionFault {
    if (this.place) return this;
    return new ExpressionFault(this.kind, this.type, this.message, { place, cause: this.cause });
  }
}

export const typeFault = (message: string) => new ExpressionFault('type', 'TypeError', message);
export const valueFault = (message: string) => new ExpressionFault('value', 'ValueError', message);
export const undefinedFault = (
  type: 'KeyError' | 'IndexError' | 'AttributeError' | 'UndefinedError',
  message: string,
) => new ExpressionFault('undefined', type, message);
export const budgetFault = (message: string) => new ExpressionFault('budget', 'BudgetExceeded', message);

/** Line and column of an offset in a source. */
export function placeOf(source: string, offset: number): Place {
  const before = source.slice(0, offset);
  const lines = before.split('\n');
  return { line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1 };
}

/** Names that nobody mistypes, in characters; keys of an event may be of any length and number. */
const NAME_MAX = 64;
const CANDIDATES_MAX = 200;

/** ` Did you mean "upper"?` for the known name that is nearest to `name`, or nothing when none is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  if (name.length > NAME_MAX) return '';
  let looked = 0;
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    if (looked++ >= CANDIDATES_MAX) break;
    if (candidate.length > NAME_MAX || Math.abs(candidate.length - name.length) >= least) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best === undefined ? '' : ` Did you mean "${best}"?`;
}

/** Insertions, deletions, replacements and swaps of neighbours between two names; names are short. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let d = Math.min((rows[i - 1]?.[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (rows[i - 1]?.[j - 1] ?? 0) + same);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      row.push(d);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
