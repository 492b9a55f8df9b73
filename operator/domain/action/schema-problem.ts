// operator/domain/action/schema-problem.ts — what a schema has against a value, and which of several complaints tells most.
import { compareText } from '../expression/python/compare.ts';
import type { Value } from '../expression/python/values.ts';

export type Step = string | number;
/** How a value is shown in a text: Python's repr(), or less of it. */
export type Show = (value: Value) => string;

/** One complaint. Its text is made only when it is asked for: most are never shown. */
export interface Problem {
  /** As Python's jsonschema words it. */
  readonly text: (show: Show) => string;
  /** The word of the schema that complains; undefined for a schema that is `false`. */
  readonly keyword: string | undefined;
  /** What the schema has at that word. */
  readonly wanted: Value;
  /** From the value that was checked to the one that does not fit. */
  readonly path: readonly Step[];
  /** Whether the value has the type that the schema around the word asks for. */
  readonly isOfType: boolean;
  /** The complaints of all branches, for anyOf and oneOf. */
  readonly context: readonly Problem[];
  /** A property that is missing or not allowed; `path` leads to the object around it. */
  readonly property?: string;
}

/** The complaint that jsonschema shows: the outermost; inside of anyOf and oneOf the innermost, if one is. */
export function bestProblem(problems: readonly Problem[]): Problem | undefined {
  let best = problems[0];
  for (const problem of problems) if (best && relevance(problem, best) > 0) best = problem;
  while (best && best.context.length > 0) {
    const [least, next] = [...best.context].sort(relevance); // stable, as Python's
    if (!least || (next && relevance(least, next) === 0)) return best;
    best = least;
  }
  return best;
}

const isWeak = ({ keyword }: Problem): boolean => keyword === 'anyOf' || keyword === 'oneOf';

/** Positive when `a` is more relevant. */
function relevance(a: Problem, b: Problem): number {
  const [x, y] = [jsonschemaPath(a), jsonschemaPath(b)];
  return (
    y.length - x.length ||
    comparePaths(x, y) ||
    Number(isWeak(b)) - Number(isWeak(a)) ||
    Number(b.isOfType) - Number(a.isOfType)
  );
}

/** jsonschema counts a missing property as a step of the path. */
const jsonschemaPath = ({ path, keyword, property }: Problem): readonly Step[] =>
  keyword === 'required' && property !== undefined ? [...path, property] : path;

function comparePaths(a: readonly Step[], b: readonly Step[]): number {
  for (const [i, x] of a.entries()) {
    const y = b[i];
    const order = typeof x === 'number' && typeof y === 'number' ? x - y : compareText(String(x), String(y));
    if (order !== 0) return order;
  }
  return 0;
}
