// operator/domain/expression/jinja/unit.ts — what the compiler knows while it compiles one template.
import { ExpressionFault, placeOf } from '../fault.ts';
import type { Block, Located } from './ast.ts';
import type { Environment } from './environment.ts';
import type { Frame, Run, Context } from './run.ts';
import { FunctionScope, type Ref, Symbols } from './symbols.ts';
import { assertionFault } from './token.ts';
import type { Value } from '../python/values.ts';

/** An expression, ready to run. */
export type Evaluate = (frame: Frame) => Value;
/** A statement, ready to run; what it prints goes to the frame's output. */
export type Execute = (frame: Frame) => void;

/** One template. */
export interface Unit {
  readonly source: string;
  readonly environment: Environment;
  readonly blocks: Map<string, (run: Run, context: Context) => Frame>;
  readonly blockNodes: Map<string, Block>;
  /** Names that are looked up in the context. */
  readonly undeclared: Set<string>;
  /** Nodes compiled so far: what a loop costs per turn. */
  nodes: number;
}

/** Where in the template the compiler is. */
export interface Position {
  readonly unit: Unit;
  readonly symbols: Symbols;
  /** Not inside anything but `if`: what is set here, blocks see. */
  readonly topLevel: boolean;
  /** Inside `if` right here: filters and tests that there are not fail only when they are reached. */
  readonly soft: boolean;
  /** Whether texts are escaped; `dynamic`: known only when it runs. */
  readonly autoescape: boolean | 'dynamic';
}

/** A scope inside another one; `owner` when it is a function of its own. */
export const inner = (at: Position, owner: FunctionScope = at.symbols.owner): Position => ({
  ...at,
  symbols: new Symbols(owner, at.symbols),
  topLevel: false,
  soft: false,
});

export const softly = (at: Position): Position => (at.soft ? at : { ...at, soft: true });

/** A function inside that of a position. */
export const innerFunction = (at: Position): Position => inner(at, new FunctionScope(at.symbols.owner));

export const failAt = ({ unit }: Position, node: Located, message: string): ExpressionFault =>
  assertionFault(message, placeOf(unit.source, node.at));

/** What Python's compiler would refuse in the code that Jinja makes. */
export const pythonFault = ({ unit }: Position, node: Located, message: string): ExpressionFault =>
  new ExpressionFault('syntax', 'SyntaxError', message, { place: placeOf(unit.source, node.at) });

/** The frame of a variable, seen from a function. */
export function frameOf(ref: Ref, from: FunctionScope): (frame: Frame) => Frame {
  let hops = 0;
  for (let scope: FunctionScope | undefined = from; scope && scope !== ref.owner; scope = scope.parent) hops++;
  if (hops === 0) return (frame) => frame;
  if (hops === 1) return (frame) => frame.outer ?? frame;
  return (frame) => {
    let found = frame;
    for (let i = 0; i < hops; i++) found = found.outer ?? found;
    return found;
  };
}

/** Gives the variables of a scope their first values. */
export function enterScope(at: Position): Execute | undefined {
  const steps: Execute[] = [];
  for (const [ref, load] of at.symbols.loads) {
    const { slot, name } = ref;
    if (load.from === 'context') {
      if (!at.unit.environment.globals.has(name)) at.unit.undeclared.add(name);
      steps.push((frame) => {
        frame.vars[slot] = frame.context.resolve(name);
      });
    } else if (load.from === 'outer') {
      const find = frameOf(load.ref, at.symbols.owner);
      const from = load.ref.slot;
      steps.push((frame) => {
        frame.vars[slot] = find(frame).vars[from];
      });
    } else if (load.from === 'nothing') {
      steps.push((frame) => {
        frame.vars[slot] = undefined;
      });
    }
  }
  return steps.length === 0 ? undefined : sequence(steps);
}

/** Several steps as one. */
export function sequence(steps: readonly Execute[]): Execute {
  const [first, second, third] = steps;
  if (!first) return () => undefined;
  if (!second) return first;
  if (!third) {
    return (frame) => {
      first(frame);
      second(frame);
    };
  }
  if (steps.length === 3) {
    return (frame) => {
      first(frame);
      second(frame);
      third(frame);
    };
  }
  return (frame) => {
    for (const step of steps) step(frame);
  };
}
