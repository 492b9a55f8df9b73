// operator/domain/expression/jinja/compile-call.ts — calls, filters and tests → functions of the running frame.
import { spend } from '../evaluation.ts';
import { typeFault } from '../fault.ts';
import { type Call as CallOf, callOf } from '../functions/call.ts';
import { dictEntries, isDict } from '../python/dict.ts';
import { allowGrowth } from '../python/growth.ts';
import { iterable } from '../python/iterate.ts';
import { typeName, type Value } from '../python/values.ts';
import type { Arguments, Call, Expression, FilterCall, Located, TestCall } from './ast.ts';
import { compileExpression } from './compile-expression.ts';
import { plainText } from './markup.ts';
import { type Frame, runtimeFault } from './run.ts';
import { nearest, Undefined } from './undefined.ts';
import { type Evaluate, failAt, type Position, pythonFault } from './unit.ts';

/** A call; `caller` is what a call block passes besides. */
export function compileCall(at: Position, node: Call, caller?: Evaluate): Evaluate {
  const callee = compileExpression(at, node.callee);
  const args = compileArguments(at, node, node.args, caller);
  const offset = node.at;
  return (frame) => {
    const called = callee(frame);
    const call = args(frame);
    frame.run.at = offset;
    spend(1);
    return frame.run.invoke(called, call);
  };
}

function compileArguments(
  at: Position,
  node: Located,
  { positional, named, rest, namedRest }: Arguments,
  caller?: Evaluate,
): (frame: Frame) => CallOf {
  const values = positional.map((value) => compileExpression(at, value));
  const names = named.map(([name, value]) => [name, compileExpression(at, value)] as const);
  const all = [...names.map(([name]) => name), ...(caller ? ['caller'] : [])];
  const twice = all.find((name, i) => all.indexOf(name) !== i);
  if (twice !== undefined) throw pythonFault(at, node, `keyword argument repeated: ${twice}`);
  const more = rest && compileExpression(at, rest);
  const moreNamed = namedRest && compileExpression(at, namedRest);
  if (all.length === 0 && !more && !moreNamed) {
    return compilePositional(positional, values);
  }
  return (frame) => {
    const args = values.map((value) => value(frame));
    if (more) args.push(...spread(more(frame)));
    const given = new Map<string, Value>();
    for (const [name, value] of names) given.set(name, value(frame));
    if (caller) given.set('caller', caller(frame));
    if (moreNamed) spreadNamed(moreNamed(frame), given);
    return { args, named: given };
  };
}

/** The usual calls: arguments without names, and constants most of them. */
function compilePositional(nodes: readonly Expression[], values: readonly Evaluate[]): (frame: Frame) => CallOf {
  const constants = nodes.flatMap((node) => (node.kind === 'const' ? [node.value] : []));
  if (constants.length === nodes.length) {
    const call = callOf(...constants);
    return () => call;
  }
  const [first, second] = values;
  if (first && !second) return (frame) => callOf(first(frame));
  if (first && second && values.length === 2) return (frame) => callOf(first(frame), second(frame));
  return (frame) => callOf(...values.map((value) => value(frame)));
}

/** `*value` */
function spread(value: Value): Value[] {
  const items = iterable(value);
  if (!items) throw typeFault(`argument after * must be an iterable, not ${typeName(value)}`);
  const list: Value[] = [];
  for (const item of items) {
    list.push(item);
    allowGrowth(list.length);
  }
  return list;
}

/** `**value` */
function spreadNamed(value: Value, given: Map<string, Value>): void {
  if (value instanceof Undefined) throw value.fault();
  if (!isDict(value)) throw typeFault(`argument after ** must be a mapping, not ${typeName(value)}`);
  for (const [key, item] of dictEntries(value)) {
    const name = plainText(key);
    if (name === undefined) throw typeFault('keywords must be strings');
    if (given.has(name)) throw typeFault(`got multiple values for keyword argument '${name}'`);
    given.set(name, item);
  }
}

/** A filter; `block` is what it filters when that is no expression. */
export function compileFilter(at: Position, node: FilterCall, block?: Evaluate): Evaluate {
  const value = node.value ? operand(at, node.value, block) : block;
  const filter = at.unit.environment.filters.get(node.name);
  const args = compileArguments(at, node, node.args);
  if (!filter || !value) return unknown(at, node, value, args);
  const offset = node.at;
  return (frame) => {
    const piped = value(frame);
    const call = args(frame);
    frame.run.at = offset;
    return filter(piped, call, frame.run);
  };
}

/** What is piped: the first filter of a chain may be that of a block. */
const operand = (at: Position, value: Expression, block: Evaluate | undefined): Evaluate =>
  block && value.kind === 'filter' ? compileFilter(at, value, block) : compileExpression(at, value);

export function compileTest(at: Position, node: TestCall): Evaluate {
  const value = compileExpression(at, node.value);
  const test = at.unit.environment.tests.get(node.name);
  const args = compileArguments(at, node, node.args);
  if (!test) return unknown(at, node, value, args);
  const offset = node.at;
  return (frame) => {
    const tested = value(frame);
    const call = args(frame);
    frame.run.at = offset;
    return test(tested, call, frame.run);
  };
}

/** There is none of that name: inside `if` that counts only when it is reached. */
function unknown(
  at: Position,
  node: FilterCall | TestCall,
  value: Evaluate | undefined,
  args: (frame: Frame) => CallOf,
): Evaluate {
  const { kind: what } = node;
  const { filters, tests } = at.unit.environment;
  const near = nearest(node.name, (what === 'filter' ? filters : tests).keys());
  if (!at.soft) throw failAt(at, node, `No ${what} named '${node.name}'.${near}`);
  const offset = node.at;
  return (frame) => {
    value?.(frame);
    args(frame);
    frame.run.at = offset;
    throw runtimeFault(`No ${what} named '${node.name}' found.${near}`);
  };
}
