// operator/domain/expression/python/literal.ts — Python's ast.literal_eval(): "{'a': [1, None, (2.5, b'x')]}" → its value.
import { allowItems, deeper } from '../evaluation.ts';
import { ExpressionFault, valueFault } from '../fault.ts';
import { PySet, Tuple } from './collections.ts';
import { Dict } from './dict.ts';
import type { Node } from './literal-nodes.ts';
import { parseLiteral } from './literal-parser.ts';
import { isNumeric, negate } from './numbers.ts';
import type { Value } from './values.ts';

/**
 * The value of a Python literal. What is Python, but no literal, is a ValueError `malformed node or string on line 1: <ast.Name object>`,
 * what is no Python a SyntaxError. Complex numbers are refused. @throws ExpressionFault
 */
export function literal(text: string): Value {
  return convert(parseLiteral(text.replace(/^[ \t]+/, '')));
}

const malformed = (node: Node): ExpressionFault =>
  node.type === 'Complex'
    ? valueFault('complex numbers are not available')
    : valueFault(`malformed node or string on line ${node.line}: <ast.${node.type} object>`);

function convert(node: Node): Value {
  switch (node.type) {
    case 'Constant':
      return node.value;
    case 'Tuple':
      return new Tuple(convertAll(node.items));
    case 'List':
      return convertAll(node.items);
    case 'Set':
      return new PySet(convertAll(node.items));
    case 'Dict': {
      allowItems(node.entries.length);
      return new Dict(
        node.entries.map(([key, value]) => {
          if (!key) throw valueFault('malformed node or string: None');
          return deeper(() => [convert(key), convert(value)] as const);
        }),
      );
    }
    case 'UnaryOp':
      return convertSigned(node);
    case 'BinOp': {
      // Only a complex number is written with an operator.
      const { left, right, sign } = node;
      if (sign !== '+' && sign !== '-') throw malformed(node);
      convertSigned(left);
      const isNumber = right.type === 'Constant' && isNumeric(right.value);
      throw malformed(isNumber ? node : right);
    }
    case 'Call':
      if (node.isEmptySet) return new PySet();
      throw malformed(node);
    default:
      throw malformed(node);
  }
}

function convertAll(nodes: readonly Node[]): Value[] {
  allowItems(nodes.length);
  return nodes.map((node) => deeper(() => convert(node)));
}

/** A number with one sign at most. */
function convertSigned(node: Node): Value {
  if (node.type === 'UnaryOp' && (node.sign === '-' || node.sign === '+')) {
    const { operand } = node;
    if (operand.type !== 'Constant' || !isNumeric(operand.value)) throw malformed(operand);
    return node.sign === '-' ? negate(operand.value) : operand.value;
  }
  if (node.type === 'Constant' && isNumeric(node.value)) return node.value;
  throw malformed(node);
}
