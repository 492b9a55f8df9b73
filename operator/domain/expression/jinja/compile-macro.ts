// operator/domain/expression/jinja/compile-macro.ts — macros and call blocks.
import type { Value } from '../python/values.ts';
import { analyzeMacro, undeclared } from './analyze.ts';
import type { CallBlock, Macro as MacroNode } from './ast.ts';
import { compileCall } from './compile-call.ts';
import { compileExpression } from './compile-expression.ts';
import { compileBody } from './compile-statement.ts';
import { Macro, type MacroShape } from './macro.ts';
import { enterFunction, type Frame, outputOf } from './run.ts';
import { enterScope, type Evaluate, type Execute, failAt, innerFunction, type Position, pythonFault } from './unit.ts';

export function compileMacro(at: Position, node: MacroNode): Execute {
  const make = compileMaker(at, node, node.name);
  const { slot } = at.symbols.ref(node.name);
  const exported = at.topLevel && at.unit.blockNodes.size > 0;
  return (frame) => {
    const macro = make(frame);
    frame.vars[slot] = macro;
    if (exported) frame.context.export(node.name, macro);
  };
}

export function compileCallBlock(at: Position, node: CallBlock): Execute {
  const caller = compileMaker(at, node, undefined);
  const call = compileCall(at, node.call, caller);
  return (frame) => {
    frame.run.write(frame, call(frame));
  };
}

const SPECIAL = ['caller', 'kwargs', 'varargs'] as const;

function compileMaker(at: Position, node: MacroNode | CallBlock, name: string | undefined): Evaluate {
  const scope = innerFunction(at);
  const names = node.parameters.map(([parameter]) => parameter.name);
  const twice = names.find((one, i) => names.indexOf(one) !== i);
  if (twice !== undefined) throw pythonFault(at, node, `duplicate argument '${twice}' in function definition`);
  analyzeMacro(scope.symbols, node.parameters, node.body);
  const read = undeclared(node.body, SPECIAL);
  const explicit = node.parameters.find(([parameter]) => parameter.name === 'caller');
  if (read.has('caller') && explicit && !explicit[1]) {
    const message =
      'When defining macros or call blocks the special "caller" argument must be omitted or be given a default.';
    throw failAt(at, node, message);
  }
  const special = {
    caller: read.has('caller'),
    kwargs: read.has('kwargs') && !names.includes('kwargs'),
    varargs: read.has('varargs') && !names.includes('varargs'),
  };
  const added = SPECIAL.filter((one) => special[one] && !names.includes(one));
  const slots = [...names, ...added].map((one) => scope.symbols.parameter(one).slot);
  analyzeMacro(scope.symbols, node.parameters, node.body);
  const shape: MacroShape = { name, parameters: names, special };
  const run = compileMacroBody(scope, node, slots);
  const { owner } = scope.symbols;
  return (frame) => new Macro(frame.run, shape, (values) => run(enterFunction(owner.size, frame), values));
}

type RunMacro = (frame: Frame, values: readonly (Value | undefined)[]) => string;

function compileMacroBody(scope: Position, node: MacroNode | CallBlock, slots: readonly number[]): RunMacro {
  const enter = enterScope(scope);
  const defaults = node.parameters.map(([parameter, fallback]): Evaluate => {
    if (fallback) return compileExpression(scope, fallback);
    const { name } = parameter;
    const hint = `parameter '${name}' was not provided`;
    return (frame) => frame.run.undefined({ hint, name });
  });
  const body = compileBody(scope, node.body);
  return (frame, values) => {
    for (let i = 0; i < slots.length; i++) frame.vars[slots[i] ?? 0] = values[i];
    enter?.(frame);
    for (let i = 0; i < defaults.length; i++) {
      const slot = slots[i] ?? 0;
      if (frame.vars[slot] === undefined) frame.vars[slot] = defaults[i]?.(frame);
    }
    body(frame);
    return outputOf(frame);
  };
}
