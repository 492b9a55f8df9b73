// operator/domain/expression/jsonpath/path.ts — a JSONPath as jsonpath_rw 1.4.0 understands it: compiled once, then asked often.
import type { Value } from '../python/values.ts';
import { compileFind, type Find, fieldOf, itemOf, present } from './find.ts';
import { type Node, parsePath } from './parse.ts';

/** Paths that are kept. */
const KEPT = 1000;
const kept = new Map<string, JsonPath>();

export interface JsonPath {
  /** All matches, in the reference's order. @throws ExpressionFault where the reference raises, or beyond the budget */
  readonly find: (value: Value) => Value[];
  /** The first match, undefined when there is none. @throws as `find` does */
  readonly first: (value: Value) => Value | undefined;
}

/** Compiles a path, inside of an evaluation. @throws ExpressionFault with the place of the mistake */
export function compilePath(text: string): JsonPath {
  const known = kept.get(text);
  if (known) return known;
  const node = parsePath(text);
  const find = findValues(compileFind(node));
  const steps = straight(node);
  const path: JsonPath = { find, first: steps ? walk(steps) : (value) => find(value)[0] };
  const oldest = kept.size >= KEPT ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  kept.set(text, path);
  return path;
}

/** The values that a path finds. @throws ExpressionFault */
export const query = (path: string, value: Value): Value[] => compilePath(path).find(value);

const findValues =
  (find: Find) =>
  (value: Value): Value[] =>
    find({ value, parent: undefined }).map((match) => present(match).value);

type Step = string | number | bigint;

/** The steps of a path that cannot have two matches, which is what nearly all are; undefined for any other. */
function straight(node: Node): Step[] | undefined {
  if (node.is === 'index') return [node.at];
  if (node.is === 'fields') {
    const [name] = node.names;
    return node.names.length === 1 && name !== undefined && name !== '*' ? [name] : undefined;
  }
  if (node.is !== 'child') return undefined;
  const left = node.left.is === 'root' ? [] : straight(node.left); // a root at the start changes nothing
  const right = straight(node.right);
  return left && right && [...left, ...right];
}

function walk(steps: readonly Step[]): JsonPath['first'] {
  return (value) => {
    let here: Value | undefined = value;
    for (const step of steps) {
      here = typeof step === 'string' ? fieldOf(here, step) : itemOf(here, step);
      if (here === undefined) return undefined;
    }
    return here;
  };
}
