// operator/domain/expression/jinja/compile-loop.ts — for loops.
import { deeper, spend } from '../evaluation.ts';
import { Tuple } from '../python/collections.ts';
import { iterate } from '../python/iterate.ts';
import { isList, truthy, type Value } from '../python/values.ts';
import { analyzeBody, analyzeExpression, analyzeParameters, bodiesOf, findStore, undeclared } from './analyze.ts';
import type { Body, For, Target } from './ast.ts';
import { compileExpression } from './compile-expression.ts';
import { compileBody } from './compile-statement.ts';
import { type Assign, compileTarget } from './compile-target.ts';
import { Loop, type Recurse } from './loop.ts';
import { enterFunction, type Frame, outputOf } from './run.ts';
import { enterScope, type Execute, failAt, inner, innerFunction, type Position } from './unit.ts';

export function compileFor(at: Position, node: For): Execute {
  const stored = findStore([node], 'loop');
  if (stored) throw failAt(at, stored, "Can't assign to special loop variable in for-loop target");
  const filter = node.filter && compileFilterOf(at, node, node.filter);
  const inside = node.recursive ? innerFunction(at) : at;
  const turns = compileTurns(inside, node, filter);
  const iterable = compileExpression(at, node.iterable);
  const offset = node.iterable.at;
  if (!node.recursive) {
    return (frame) => {
      const items = iterable(frame);
      frame.run.at = offset;
      turns(frame, items, 0, undefined);
    };
  }
  const { owner } = inside.symbols;
  return (outer) => {
    const recurse: Recurse = (items, depth) =>
      deeper(() => {
        const frame = enterFunction(owner.size, outer);
        turns(frame, items, depth, recurse);
        return outer.run.made(outputOf(frame));
      });
    const items = iterable(outer);
    outer.run.at = offset;
    outer.out += outer.run.print(recurse(items, 0));
  };
}

/** Runs the body for all items, or what stands for no items. */
type Turns = (frame: Frame, items: Value, depth: number, recurse: Recurse | undefined) => void;
type FilterOf = (frame: Frame, items: Value) => Iterable<Value>;

function compileTurns(at: Position, node: For, filter: FilterOf | undefined): Turns {
  const scope = inner(at);
  const extended = node.recursive || undeclared(node.body, ['loop']).has('loop') || hasScopedBlock([node]);
  const loopSlot = extended ? scope.symbols.parameter('loop').slot : undefined;
  analyzeParameters(scope.symbols, node.target);
  analyzeBody(scope.symbols, node.body);
  const assign = compileTarget(scope, node.target);
  const nodes = at.unit.nodes;
  const enter = enterScope(scope);
  const body = compileBody(scope, node.body);
  const turn: Turn = { assign, enter, body, cost: 1 + at.unit.nodes - nodes };
  const otherwise = node.otherwise.length > 0 ? compileElse(at, node.otherwise) : undefined;
  return (frame, items, depth, recurse) => {
    // A filter sees the frame around a recursive loop.
    const outer = recurse ? (frame.outer ?? frame) : frame;
    const ran =
      loopSlot === undefined
        ? runPlain(frame, turn, filter ? filter(outer, items) : items)
        : runLoop(frame, turn, loopSlot, newLoop(outer, filter, { items, depth, recurse }));
    if (!ran) otherwise?.(frame);
  };
}

interface Turn {
  readonly assign: Assign;
  readonly enter: Execute | undefined;
  readonly body: Execute;
  /** Steps of one turn. */
  readonly cost: number;
}

/** Whether there was an item at all. */
function runPlain(frame: Frame, { assign, enter, body, cost }: Turn, items: Value | Iterable<Value>): boolean {
  if (isList(items as Value)) {
    const list = items as readonly Value[];
    // By index: what the body appends is walked as well, as in Python.
    for (let i = 0; i < list.length; i++) {
      spend(cost);
      assign(frame, list[i] as Value);
      enter?.(frame);
      body(frame);
    }
    return list.length > 0;
  }
  let ran = false;
  for (const item of isIterator(items) ? items : iterate(items as Value)) {
    ran = true;
    spend(cost);
    assign(frame, item);
    enter?.(frame);
    body(frame);
  }
  return ran;
}

const isIterator = (items: Value | Iterable<Value>): items is Iterable<Value> =>
  typeof items === 'object' && items !== null && Symbol.iterator in items;

function newLoop(
  frame: Frame,
  filter: FilterOf | undefined,
  { items, depth, recurse }: { items: Value; depth: number; recurse: Recurse | undefined },
): Loop {
  return new Loop(frame.run, items, {
    depth,
    ...(filter && { filtered: filter(frame, items) }),
    ...(recurse && { recurse }),
  });
}

function runLoop(frame: Frame, { assign, enter, body, cost }: Turn, slot: number, loop: Loop): boolean {
  frame.vars[slot] = undefined;
  let ran = false;
  for (let item = loop.next(); item !== undefined; item = loop.next()) {
    ran = true;
    spend(cost);
    assign(frame, item);
    frame.vars[slot] = loop;
    enter?.(frame);
    body(frame);
  }
  return ran;
}

function compileElse(at: Position, body: Body): Execute {
  const scope = inner(at);
  analyzeBody(scope.symbols, body);
  const enter = enterScope(scope);
  const run = compileBody(scope, body);
  return (frame) => {
    enter?.(frame);
    run(frame);
  };
}

/** `for … in … if test`: the items that pass, one at a time. */
function compileFilterOf(at: Position, node: For, filter: NonNullable<For['filter']>): FilterOf {
  const scope = innerFunction(at);
  analyzeParameters(scope.symbols, node.target);
  analyzeExpression(scope.symbols, filter);
  const enter = enterScope(scope);
  const assign = compileTarget(scope, node.target);
  const rebuild = compileRebuild(scope, node.target);
  const passes = compileExpression(scope, filter);
  const { owner } = scope.symbols;
  return function* passing(outer, items) {
    const frame = enterFunction(owner.size, outer);
    enter?.(frame);
    for (const item of iterate(items)) {
      spend(1);
      assign(frame, item);
      if (truthy(passes(frame))) yield rebuild(frame);
    }
  };
}

/** The item again, from the variables that it was unpacked to: tuples, whatever it was. */
function compileRebuild(at: Position, target: Target): (frame: Frame) => Value {
  if (target.kind === 'targets') {
    const items = target.items.map((item) => compileRebuild(at, item));
    return (frame) => new Tuple(items.map((item) => item(frame)));
  }
  const { slot } = at.symbols.ref(target.name);
  return (frame) => frame.vars[slot] ?? null;
}

const hasScopedBlock = (body: Body): boolean =>
  body.some(
    (statement) => (statement.kind === 'block' && statement.scoped) || bodiesOf(statement).some(hasScopedBlock),
  );
