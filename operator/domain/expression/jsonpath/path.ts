// operator/domain/expression/jsonpath/path.ts — a JSONPath as jsonpath_rw 1.4.0 understands it: compiled once, then asked often.
import type { Value } from '../python/values.ts';
import { SourceCache } from '../source-cache.ts';
import { compileFind, type Find, fieldOf, itemOf, present } from './find.ts';
import { type Node, parsePath } from './parse.ts';

export interface JsonPath {
  /** All matches, in the reference's order. @throws ExpressionFault where the reference raises, or beyond the budget */
  readonly find: (value: Value) => Value[];
  /** The first match, undefined when there is none. @throws as `find` does */
  readonly first: (value: Value) => Value | undefined;
  /** The field that it begins with; undefined when that is no single one. */
  readonly head: string | undefined;
}

/** Compiled, a character of a path takes up to 150 bytes. */
const kept = new SourceCache<JsonPath>({ weight: 256 * 1024 });

/** Compiles a path, inside of an evaluation. @throws ExpressionFault with the place of the mistake */
export const compilePath = (text: string): JsonPath => kept.get(text, compile);

function compile(text: string): JsonPath {
  const node = parsePath(text);
  const find = findValues(compileFind(node));
  const steps = straight(node);
  return { find, first: steps ? walk(steps) : (value) => find(value)[0], head: headOf(node) };
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

function headOf(node: Node): string | undefined {
  switch (node.is) {
    case 'fields':
      return node.names.length === 1 && node.names[0] !== '*' ? node.names[0] : undefined;
    case 'child':
      return headOf(node.left.is === 'root' ? node.right : node.left);
    case 'descendants':
    case 'where':
      return headOf(node.left);
    default:
      return undefined;
  }
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
