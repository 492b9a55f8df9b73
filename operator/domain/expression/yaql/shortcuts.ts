// operator/domain/expression/yaql/shortcuts.ts — the calls that every expression is made of, without the search for an overload.
import { allowCharacters, spend } from '../evaluation.ts';
import { compareText } from '../python/compare.ts';
import { dictGet, isDict } from '../python/dict.ts';
import { add, divide, floorDivide, modulo, multiply, subtract } from '../python/numbers.ts';
import { isList, truthy, type Value } from '../python/values.ts';
import { property } from './access.ts';
import type { CallSite } from './call-site.ts';
import { type Argument, Code, type Run } from './code.ts';
import type { Context } from './context.ts';
import { callFunction } from './resolve.ts';
import type { Expression } from './syntax.ts';
import { same } from './values.ts';

/**
 * How to run a call while no function of the library is replaced; undefined where only the search for an overload will do.
 * Each does what its overload in the library does: these are the same answers, sooner.
 */
export function shortcut(node: Expression, args: readonly Argument[], site: CallSite): Run | undefined {
  const codes = args.filter((argument) => argument instanceof Code && argument.node.kind !== 'mapping') as Code[];
  if (node.kind !== 'operator' || codes.length !== args.length) return undefined;
  const run = runOf(node.name, codes, site);
  if (!run) return undefined;
  return (context, receiver) => (context.registry.isStandard ? run(context, receiver) : site.run(context, receiver));
}

function runOf(name: string, codes: readonly Code[], site: CallSite): Run | undefined {
  if (name === '#list') return (context) => codes.map((code) => code.run(context, undefined));
  const [left, right] = codes;
  if (!left) return undefined;
  if (name === '#unary_operator_not') return (context) => !truthy(left.run(context, undefined));
  if (!right || codes.length > 2) return undefined;
  const access = name === '#operator_.' || name === '#operator_?.' ? accessor(right) : undefined;
  if (access) {
    return (context) => {
      const target = left.run(context, undefined);
      return target === null && name === '#operator_?.' ? null : access(context, target);
    };
  }
  switch (name) {
    case '#operator_and':
      return (context) => {
        const value = left.run(context, undefined);
        return truthy(value) ? right.run(context, undefined) : value;
      };
    case '#operator_or':
      return (context) => {
        const value = left.run(context, undefined);
        return truthy(value) ? value : right.run(context, undefined);
      };
    default:
      return binary(name, left, right, site);
  }
}

/** What stands right of a dot: a method, or a property. */
function accessor(right: Code): ((context: Context, target: Value) => Value) | undefined {
  if (right.node.kind === 'function') return (context, target) => right.run(context, target);
  return right.node.kind === 'keyword' ? (context, target) => property(context, target, right) : undefined;
}

function binary(name: string, left: Code, right: Code, site: CallSite): Run | undefined {
  const quick = QUICK.get(name);
  if (!quick) return undefined;
  return (context) => {
    site.prepare(context);
    const [a, b] = [left.run(context, undefined), right.run(context, undefined)];
    return quick(a, b) ?? callFunction(context, name, a, b);
  };
}

type Quick = (a: Value, b: Value) => Value | undefined;

const numbers =
  (compute: (a: number, b: number) => Value): Quick =>
  (a, b) =>
    typeof a === 'number' && typeof b === 'number' ? compute(a, b) : undefined;

const order =
  (isTrue: (order: number) => boolean): Quick =>
  (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') {
      return isTrue(a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN);
    }
    return typeof a === 'string' && typeof b === 'string' ? isTrue(compareText(a, b)) : undefined;
  };

function concatenate(a: string, b: string): string {
  allowCharacters(a.length + b.length);
  return a + b;
}

const plus = numbers(add);

/** An operator that a library function applies, the short way where it may. @throws ExpressionFault */
export function operate(context: Context, name: string, a: Value, b: Value): Value {
  const result = context.registry.isStandard ? QUICK.get(name)?.(a, b) : undefined;
  if (result === undefined) return callFunction(context, name, a, b);
  spend(1);
  return result;
}

/** The common types of operands; undefined leaves the answer to the library. */
const QUICK: ReadonlyMap<string, Quick> = new Map<string, Quick>([
  ['#operator_+', (a, b) => (typeof a === 'string' && typeof b === 'string' ? concatenate(a, b) : plus(a, b))],
  ['#operator_-', numbers(subtract)],
  ['#operator_*', numbers(multiply)],
  ['#operator_/', numbers((a, b) => (Number.isInteger(a) && Number.isInteger(b) ? floorDivide(a, b) : divide(a, b)))],
  ['#operator_mod', numbers(modulo)],
  ['#operator_<', order((sign) => sign < 0)],
  ['#operator_<=', order((sign) => sign <= 0)],
  ['#operator_>', order((sign) => sign > 0)],
  ['#operator_>=', order((sign) => sign >= 0)],
  ['*equal', same],
  ['*not_equal', (a, b) => !same(a, b)],
  [
    '#indexer',
    (a, b) => {
      if (isList(a)) return typeof b === 'number' && Number.isInteger(b) ? a.at(b) : undefined;
      return typeof b === 'string' && isDict(a) ? dictGet(a, b) : undefined;
    },
  ],
]);
