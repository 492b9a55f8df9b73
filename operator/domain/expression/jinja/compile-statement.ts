// operator/domain/expression/jinja/compile-statement.ts — statements → functions of the running frame.
import { str } from '../python/repr.ts';
import { truthy, type Value } from '../python/values.ts';
import { analyzeBody, analyzeExpression, analyzeParameters, flat } from './analyze.ts';
import type {
  Autoescape,
  Block,
  Body,
  Expression,
  FilterBlock,
  If,
  Load,
  SetBlock,
  Statement,
  Target,
  With,
} from './ast.ts';
import { compileFilter } from './compile-call.ts';
import { compileExpression } from './compile-expression.ts';
import { compileFor } from './compile-loop.ts';
import { compileCallBlock, compileMacro } from './compile-macro.ts';
import { compileCheck, compileTarget } from './compile-target.ts';
import { loadFault } from './load.ts';
import { Markup } from './markup.ts';
import { Context, type Frame, outputOf, runtimeFault } from './run.ts';
import { enterScope, type Execute, failAt, frameOf, inner, type Position, sequence, softly } from './unit.ts';

export const compileBody = (at: Position, body: Body): Execute =>
  sequence(body.flatMap((statement) => compileStatement(at, statement)));

function compileStatement(at: Position, node: Statement): Execute | readonly Execute[] {
  at.unit.nodes++;
  switch (node.kind) {
    case 'output':
      return node.parts.map((part) => (typeof part === 'string' ? compileData(part) : compilePrint(at, part)));
    case 'set':
      return compileSet(at, node.target, node.value);
    case 'set-block':
      return compileSetBlock(at, node);
    case 'if':
      return compileIf(at, node);
    case 'for':
      return compileFor(at, node);
    case 'with':
      return compileWith(at, node);
    case 'macro':
      return compileMacro(at, node);
    case 'call-block':
      return compileCallBlock(at, node);
    case 'filter-block':
      return compileFilterBlock(at, node);
    case 'autoescape':
      return compileAutoescape(at, node);
    case 'block':
      return compileBlock(at, node);
    case 'extends':
    case 'include':
    case 'import':
      return compileLoad(at, node);
  }
}

const compileData =
  (text: string): Execute =>
  (frame) => {
    frame.out += text;
    frame.run.written(frame.out.length);
  };

function compilePrint(at: Position, expression: Expression): Execute {
  const { finalize } = at.unit.environment;
  const plain = compileExpression(at, expression);
  const evaluate = finalize ? (frame: Frame) => finalize(plain(frame)) : plain;
  const offset = expression.at;
  const escapes = at.autoescape !== false;
  return (frame) => {
    const value = evaluate(frame);
    if (typeof value === 'string' && !escapes) frame.out += value;
    else {
      frame.run.at = offset;
      frame.out += escapes ? frame.run.print(value) : str(value);
    }
    frame.run.written(frame.out.length);
  };
}

/** What blocks see of a variable that is set where nothing is around it. */
function compileExport(at: Position, target: Target): Execute | undefined {
  if (!at.topLevel || at.unit.blockNodes.size === 0) return undefined;
  const refs = flat(target).map(({ name }) => at.symbols.ref(name));
  return (frame) => {
    for (const { name, slot } of refs) frame.context.export(name, frame.vars[slot] ?? null);
  };
}

function compileSet(at: Position, target: Target, value: Expression): Execute {
  const check = compileCheck(at, target);
  const evaluate = compileExpression(at, value);
  const assign = compileTarget(at, target);
  const exporting = compileExport(at, target);
  const offset = target.at;
  return (frame) => {
    frame.run.at = offset;
    check?.(frame);
    const result = evaluate(frame);
    frame.run.at = offset;
    assign(frame, result);
    exporting?.(frame);
  };
}

/** What a body prints, as a text. */
export function capture(frame: Frame, body: Execute): string {
  const { out, wrong } = frame;
  frame.out = '';
  frame.wrong = undefined;
  body(frame);
  const text = outputOf(frame);
  frame.out = out;
  frame.wrong = wrong;
  return text;
}

function compileSetBlock(at: Position, node: SetBlock): Execute {
  const scope = inner(at);
  analyzeBody(scope.symbols, node.body);
  const enter = enterScope(scope);
  const body = compileBody(scope, node.body);
  const assign = compileTarget(at, node.target);
  const text = (frame: Frame): Value =>
    scope.autoescape === false ? capture(frame, body) : frame.run.made(capture(frame, body));
  const evaluate = node.filter ? compileFilter(scope, node.filter, text) : text;
  const exporting = compileExport(at, node.target);
  return (frame) => {
    enter?.(frame);
    const value = evaluate(frame);
    assign(frame, frame.run.autoescape && scope.autoescape !== false ? new Markup(str(value)) : value);
    exporting?.(frame);
  };
}

function compileIf(at: Position, node: If): Execute {
  const inside = softly(at);
  const branch = ({ test, body }: If) => [compileExpression(inside, test), compileBody(inside, body)] as const;
  const [test, then] = branch(node);
  const rest = node.elif.map(branch);
  const otherwise = node.otherwise.length > 0 ? compileBody(inside, node.otherwise) : undefined;
  return (frame) => {
    if (truthy(test(frame))) return then(frame);
    for (const [also, body] of rest) if (truthy(also(frame))) return body(frame);
    otherwise?.(frame);
  };
}

/** The values belong to the scope around: none of them sees the others. */
function compileWith(at: Position, node: With): Execute {
  const scope = inner(at);
  for (const [target] of node.pairs) analyzeParameters(scope.symbols, target);
  analyzeBody(scope.symbols, node.body);
  const enter = enterScope(scope);
  const pairs = node.pairs.map(
    ([target, value]) => [compileTarget(scope, target), compileExpression(at, value)] as const,
  );
  const body = compileBody(scope, node.body);
  return (frame) => {
    enter?.(frame);
    for (const [assign, value] of pairs) assign(frame, value(frame));
    body(frame);
  };
}

function compileFilterBlock(at: Position, node: FilterBlock): Execute {
  const scope = inner(at);
  analyzeBody(scope.symbols, node.body);
  analyzeExpression(scope.symbols, node.filter);
  const enter = enterScope(scope);
  const body = compileBody(scope, node.body);
  const filtered = compileFilter(scope, node.filter, (frame) =>
    at.autoescape === false ? capture(frame, body) : frame.run.made(capture(frame, body)),
  );
  return (frame) => {
    enter?.(frame);
    frame.run.write(frame, filtered(frame));
  };
}

function compileAutoescape(at: Position, node: Autoescape): Execute {
  const plain = inner(at);
  analyzeExpression(plain.symbols, node.mode);
  analyzeBody(plain.symbols, node.body);
  const mode = compileExpression(plain, node.mode);
  const known = node.mode.kind === 'const' ? truthy(node.mode.value) : 'dynamic';
  const scope: Position = { ...plain, autoescape: known };
  const enter = enterScope(scope);
  const body = compileBody(scope, node.body);
  return (frame) => {
    enter?.(frame);
    const before = frame.run.autoescape;
    frame.run.autoescape = truthy(mode(frame));
    body(frame);
    frame.run.autoescape = before;
  };
}

function compileBlock(at: Position, node: Block): Execute {
  const { name } = node;
  const visible = (node.scoped ? at.symbols.visibleStores() : []).map((ref) => ({
    ...ref,
    find: frameOf(ref, at.symbols.owner),
  }));
  const offset = node.at;
  return (frame) => {
    frame.run.at = offset;
    if (node.required) throw runtimeFault(`Required block '${name}' not found`);
    const context = node.scoped ? new Context(frame.run, frame.context) : frame.context;
    for (const { name: variable, slot, find } of visible) {
      const value = find(frame).vars[slot];
      if (value !== undefined) context.export(variable, value);
    }
    const rendered = frame.run.block(name, context);
    frame.out += rendered?.out ?? '';
    frame.wrong ??= rendered?.wrong;
    frame.run.written(frame.out.length);
  };
}

/** There are no other templates, and nothing to load them with. */
function compileLoad(at: Position, node: Load): Execute {
  if (node.kind === 'extends' && !at.topLevel) {
    throw failAt(at, node, 'cannot use extend from a non top-level scope');
  }
  const template = compileExpression(at, node.template);
  const fault = loadFault(node);
  return (frame) => {
    const name = template(frame);
    frame.run.at = node.at;
    const found = fault(name);
    if (found) throw found;
  };
}
