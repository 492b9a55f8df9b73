// operator/domain/expression/jinja/compile-expression.ts — expressions → functions of the running frame.
import { allowCharacters, allowItems } from '../evaluation.ts';
import { Tuple } from '../python/collections.ts';
import { compare, contains, equals } from '../python/compare.ts';
import { Dict } from '../python/dict.ts';
import * as numbers from '../python/numbers.ts';
import { binary, unary } from '../python/operators.ts';
import { str } from '../python/repr.ts';
import { slice } from '../python/subscript.ts';
import { truthy, type Value } from '../python/values.ts';
import type { BinaryOperator, CompareOperator, Expression } from './ast.ts';
import { compileAttribute, compileItem } from './compile-access.ts';
import { compileCall, compileFilter, compileTest } from './compile-call.ts';
import { joinMarkup, Markup } from './markup.ts';
import { Undefined } from './undefined.ts';
import { type Evaluate, frameOf, type Position, pythonFault, softly } from './unit.ts';

export function compileExpression(at: Position, node: Expression): Evaluate {
  at.unit.nodes++;
  switch (node.kind) {
    case 'const': {
      const { value } = node;
      return () => value;
    }
    case 'name':
      return compileName(at, node);
    case 'tuple': {
      const items = compileItems(at, node.items);
      return (frame) => new Tuple(items(frame));
    }
    case 'list':
      return compileItems(at, node.items);
    case 'dict':
      return compileDict(at, node);
    case 'condition':
      return compileCondition(at, node);
    case 'and':
    case 'or':
      return compileLogic(at, node);
    case 'unary':
      return compileUnary(at, node);
    case 'binary':
      return compileBinary(at, node);
    case 'concat':
      return compileConcat(at, node);
    case 'compare':
      return compileCompare(at, node);
    case 'attribute':
      return compileAttribute(at, node);
    case 'item':
      return node.key.kind === 'slice' ? compileSlice(at, node, node.key) : compileItem(at, node);
    case 'slice':
      throw pythonFault(at, node, 'invalid syntax');
    case 'call':
      return compileCall(at, node);
    case 'filter':
      return compileFilter(at, node);
    case 'test':
      return compileTest(at, node);
  }
}

type Node<Kind extends Expression['kind']> = Expression & { readonly kind: Kind };

function compileName(at: Position, { name, at: offset }: Node<'name'>): Evaluate {
  const ref = at.symbols.ref(name);
  const { slot } = ref;
  const missing: Evaluate = (frame) => {
    frame.run.at = offset;
    return frame.run.missing(name);
  };
  if (ref.owner === at.symbols.owner)
    return (frame) => frame.vars[slot] ?? (frame.vars[slot] === null ? null : missing(frame));
  const find = frameOf(ref, at.symbols.owner);
  return (frame) => {
    const value = find(frame).vars[slot];
    return value === undefined ? missing(frame) : value;
  };
}

function compileItems(at: Position, nodes: readonly Expression[]): (frame: Parameters<Evaluate>[0]) => Value[] {
  const items = nodes.map((node) => compileExpression(at, node));
  return (frame) => {
    allowItems(items.length);
    return items.map((item) => item(frame));
  };
}

function compileDict(at: Position, node: Node<'dict'>): Evaluate {
  const pairs = node.pairs.map(([key, value]) => [compileExpression(at, key), compileExpression(at, value)] as const);
  return (frame) => {
    const dict = new Dict();
    for (const [key, value] of pairs) dict.set(key(frame), value(frame));
    return dict;
  };
}

/** Without an else, what is false gives an undefined value that is not strict, whatever the environment says. */
function compileCondition(at: Position, node: Node<'condition'>): Evaluate {
  const inside = softly(at);
  const then = compileExpression(inside, node.chosen);
  const test = compileExpression(inside, node.test);
  const hint = `the inline if-expression on line ${node.line} evaluated to false and no else section was defined.`;
  const otherwise: Evaluate = node.otherwise
    ? compileExpression(inside, node.otherwise)
    : () => new Undefined(false, { hint, name: null });
  return (frame) => (truthy(test(frame)) ? then(frame) : otherwise(frame));
}

function compileLogic(at: Position, node: Node<'and' | 'or'>): Evaluate {
  const left = compileExpression(at, node.left);
  const goesOn = node.kind === 'and';
  // As Jinja folds constants: what is never reached may even name filters that there are not.
  if (node.left.kind === 'const' && truthy(node.left.value) !== goesOn) return left;
  const right = compileExpression(at, node.right);
  return (frame) => {
    const value = left(frame);
    return truthy(value) === goesOn ? right(frame) : value;
  };
}

function compileUnary(at: Position, { operator, operand, at: offset }: Node<'unary'>): Evaluate {
  const value = compileExpression(at, operand);
  if (operator === 'not') return (frame) => !truthy(value(frame));
  return (frame) => {
    const number = value(frame);
    frame.run.at = offset;
    return unary(operator, number);
  };
}

/** What numbers that are no bigints need; everything else goes through `binary`. */
const ARITHMETIC: Readonly<Record<BinaryOperator, (a: numbers.Numeric, b: numbers.Numeric) => Value>> = {
  '+': numbers.add,
  '-': numbers.subtract,
  '*': numbers.multiply,
  '/': numbers.divide,
  '//': numbers.floorDivide,
  '%': numbers.modulo,
  '**': numbers.power,
};

function compileBinary(at: Position, { operator, left, right, at: offset }: Node<'binary'>): Evaluate {
  const a = compileExpression(at, left);
  const b = compileExpression(at, right);
  const calculate = ARITHMETIC[operator];
  return (frame) => {
    const x = a(frame);
    const y = b(frame);
    frame.run.at = offset;
    return typeof x === 'number' && typeof y === 'number' ? calculate(x, y) : binary(operator, x, y);
  };
}

function compileConcat(at: Position, node: Node<'concat'>): Evaluate {
  const parts = node.parts.map((part) => compileExpression(at, part));
  const offset = node.at;
  if (at.autoescape === true) {
    return (frame) => {
      const values = parts.map((part) => part(frame));
      return values.some((value) => value instanceof Markup) ? joinMarkup('', values) : values.map(str).join('');
    };
  }
  return (frame) => {
    const values = parts.map((part) => part(frame));
    frame.run.at = offset;
    let text = '';
    for (const value of values) text += str(value);
    allowCharacters(text.length);
    return text;
  };
}

const COMPARISONS: Readonly<Record<CompareOperator, (a: Value, b: Value) => boolean>> = {
  '==': equals,
  '!=': (a, b) => !equals(a, b),
  '<': (a, b) => compare('<', a, b),
  '<=': (a, b) => compare('<=', a, b),
  '>': (a, b) => compare('>', a, b),
  '>=': (a, b) => compare('>=', a, b),
  in: (a, b) => contains(b, a),
  'not in': (a, b) => !contains(b, a),
};

function compileCompare(at: Position, node: Node<'compare'>): Evaluate {
  const first = compileExpression(at, node.first);
  const rest = node.rest.map(([sign, operand]) => [COMPARISONS[sign], compileExpression(at, operand)] as const);
  const offset = node.at;
  const [only] = rest;
  if (only && rest.length === 1) {
    const [holds, operand] = only;
    return (frame) => {
      const a = first(frame);
      const b = operand(frame);
      frame.run.at = offset;
      return holds(a, b);
    };
  }
  return (frame) => {
    let a = first(frame);
    for (const [holds, operand] of rest) {
      const b = operand(frame);
      frame.run.at = offset;
      if (!holds(a, b)) return false;
      a = b;
    }
    return true;
  };
}

function compileSlice(at: Position, node: Node<'item'>, bounds: Node<'slice'>): Evaluate {
  const owner = compileExpression(at, node.owner);
  const bound = (expression: Expression | undefined): Evaluate =>
    expression ? compileExpression(at, expression) : () => null;
  const [start, stop, step] = [bound(bounds.start), bound(bounds.stop), bound(bounds.step)];
  const offset = node.at;
  return (frame) => {
    const [value, from, to, by] = [owner(frame), start(frame), stop(frame), step(frame)];
    frame.run.at = offset;
    return slice(value, from, to, by);
  };
}
