// operator/domain/expression/jinja/compile-template.ts — the tree of a template → a function that renders it.
import type { Value } from '../python/values.ts';
import { analyzeBody, analyzeExpression, bodiesOf, undeclared } from './analyze.ts';
import type { Block, Body, Expression, Template } from './ast.ts';
import { compileExpression } from './compile-expression.ts';
import { compileBody } from './compile-statement.ts';
import type { Environment } from './environment.ts';
import { BlockReference, TemplateReference } from './references.ts';
import { type BlockTable, Context, type Frame, outputOf, type Run, unset } from './run.ts';
import { FunctionScope, Symbols } from './symbols.ts';
import { enterScope, type Execute, failAt, type Position, type Unit } from './unit.ts';

export interface Compiled<Result> {
  readonly source: string;
  readonly blocks: BlockTable;
  /** Names that are looked up in the context and are no globals, in the order of their first use. */
  readonly undeclared: readonly string[];
  readonly run: (run: Run) => Result;
}

const newUnit = (source: string, environment: Environment): Unit => ({
  source,
  environment,
  blocks: new Map(),
  blockNodes: new Map(),
  undeclared: new Set(),
  nodes: 0,
});

const rootPosition = (unit: Unit, topLevel: boolean): Position => ({
  unit,
  symbols: new Symbols(new FunctionScope()),
  topLevel,
  soft: false,
  autoescape: false,
});

const newFrame = (run: Run, context: Context, scope: FunctionScope): Frame => ({
  vars: unset(scope.size),
  outer: undefined,
  run,
  context,
  out: '',
  wrong: undefined,
});

/** @throws ExpressionFault TemplateAssertionError */
export function compileTemplateTree({ source, body }: Template, environment: Environment): Compiled<string> {
  const unit = newUnit(source, environment);
  const root = rootPosition(unit, true);
  findBlocks(root, body);
  const execute = compileFunction(root, body, undefined);
  for (const [name, block] of unit.blockNodes) {
    const position = rootPosition(unit, false);
    const run = compileFunction(position, block.body, name);
    unit.blocks.set(name, (running, context) => {
      const frame = newFrame(running, context, position.symbols.owner);
      run(frame);
      return frame;
    });
  }
  return compiled(root, (frame) => {
    execute(frame);
    return outputOf(frame);
  });
}

/** One expression by itself, which keeps its type. */
export function compileExpressionTree(
  { source, expression }: { source: string; expression: Expression },
  environment: Environment,
): Compiled<Value> {
  const unit = newUnit(source, environment);
  const root = rootPosition(unit, true);
  analyzeExpression(root.symbols, expression);
  const enter = enterScope(root);
  const evaluate = compileExpression(root, expression);
  return compiled(root, (frame) => {
    enter?.(frame);
    return evaluate(frame);
  });
}

const compiled = <Result>({ unit, symbols }: Position, run: (frame: Frame) => Result): Compiled<Result> => ({
  source: unit.source,
  blocks: unit.blocks,
  undeclared: [...unit.undeclared],
  run: (given) => run(newFrame(given, new Context(given), symbols.owner)),
});

function findBlocks(at: Position, body: Body): void {
  for (const statement of body) {
    if (statement.kind === 'block') addBlock(at, statement);
    for (const inside of bodiesOf(statement)) findBlocks(at, inside);
  }
}

function addBlock(at: Position, block: Block): void {
  if (at.unit.blockNodes.has(block.name)) throw failAt(at, block, `block '${block.name}' defined twice`);
  at.unit.blockNodes.set(block.name, block);
}

/** The template itself, or a block: a function of its own that sees nothing but the context. */
function compileFunction(at: Position, body: Body, block: string | undefined): Execute {
  const read = undeclared(body, block === undefined ? ['self'] : ['self', 'super']);
  const selfSlot = read.has('self') ? at.symbols.parameter('self').slot : undefined;
  const superSlot = read.has('super') ? at.symbols.parameter('super').slot : undefined;
  analyzeBody(at.symbols, body);
  const enter = enterScope(at);
  const execute = compileBody(at, body);
  return (frame) => {
    if (selfSlot !== undefined) frame.vars[selfSlot] = new TemplateReference(frame.run, frame.context);
    if (superSlot !== undefined) frame.vars[superSlot] = BlockReference.parentOf(frame.run, block ?? '');
    enter?.(frame);
    execute(frame);
  };
}
