// operator/domain/rule/cel-guard.ts — CEL → the same expression with its work counted and its regular expressions made safe.
import type { ASTNode } from '@marcbachmann/cel-js';

/** Names of the functions that guarded expressions call; people cannot write them, as their expressions are checked without. */
export const GUARDS = {
  charge: 'squall_charge',
  deep: 'squall_deep',
  loop: 'squall_pass',
  matches: 'squall_matches',
  contains: 'squall_contains',
  part: 'squall_part',
} as const;

/** Calls that are loops over their receiver, with the name of the item as first argument. */
const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
/** Calls that go through all that is inside of their receiver. */
const DEEP: ReadonlySet<string> = new Set(['join', 'split']);
/** Calls that look for their argument in their receiver. */
const SEARCHES: ReadonlySet<string> = new Set(['indexOf', 'lastIndexOf', 'split']);
/** Of optional values; they cost nothing. */
const FREE: ReadonlySet<string> = new Set(['of', 'none', 'or', 'orValue', 'hasValue', 'value']);

/** What reading a clock in another zone is worth. */
const ZONE_STEPS = 200;

export interface Guarded {
  readonly source: string;
  /** An offset in the guarded source → the offset of the same thing in what was written. */
  readonly originOf: (offset: number) => number;
}

/** The tree is written out again, with parentheses around everything and calls of the guards around operands. */
export function guard(ast: ASTNode): Guarded {
  let source = '';
  const marks: { readonly at: number; readonly origin: number }[] = [];
  const text = (part: string) => {
    source += part;
  };
  const literal = ({ input, start, end }: ASTNode) => text(input.slice(start, end));
  const list = (nodes: readonly ASTNode[], write: (node: ASTNode) => void) =>
    nodes.forEach((one, i) => {
      if (i > 0) text(', ');
      write(one);
    });
  const wrapped = (name: string, node: ASTNode, rest = '') => {
    text(`${name}(`);
    write(node);
    text(`${rest})`);
  };
  const charged = (node: ASTNode) => wrapped(GUARDS.charge, node);

  function write(node: ASTNode): void {
    marks.push({ at: source.length, origin: node.pos });
    switch (node.op) {
      case 'value':
      case 'id':
        return literal(node);
      case '.':
      case '.?':
        write(node.args[0]);
        marks.push({ at: source.length, origin: node.pos });
        return text(`${node.op}${node.args[1]}`);
      case '[]':
      case '[?]':
        write(node.args[0]);
        text(node.op === '[]' ? '[' : '[?');
        write(node.args[1]);
        return text(']');
      case '!_':
      case '-_':
        return negation(node.op === '!_' ? '!' : '-', node.args);
      case 'list':
        text('[');
        list(node.args, write);
        return text(']');
      case 'map':
        return map(node.args);
      case '?:':
        return ternary(node.args);
      case 'call':
        if (node.args[0] === 'has') return literal(node); // only fields, and it must be seen as written
        text(`${node.args[0]}(`);
        list(node.args[1], charged);
        return text(')');
      case 'rcall':
        return method(node.args);
      default:
        return binary(node.op, node.args);
    }
  }

  function negation(sign: string, operand: ASTNode): void {
    text(sign);
    if (operand.op === 'value') return literal(operand); // the smallest int can only be written with its sign
    text('(');
    write(operand);
    return text(')');
  }

  function map(entries: readonly (readonly [ASTNode, ASTNode])[]): void {
    text('{');
    entries.forEach(([key, value], i) => {
      if (i > 0) text(', ');
      write(key);
      text(': ');
      write(value);
    });
    text('}');
  }

  function ternary([condition, yes, no]: readonly [ASTNode, ASTNode, ASTNode]): void {
    text('(');
    write(condition);
    text(' ? ');
    write(yes);
    text(' : ');
    write(no);
    text(')');
  }

  function binary(sign: string, [left, right]: readonly [ASTNode, ASTNode]): void {
    const operand = (node: ASTNode) => {
      if (sign === '&&' || sign === '||') return write(node);
      return wrapped(['==', '!=', 'in', '+'].includes(sign) ? GUARDS.deep : GUARDS.charge, node);
    };
    text('(');
    operand(left);
    text(` ${sign} `);
    operand(right);
    text(')');
  }

  function method([name, receiver, given]: readonly [string, ASTNode, readonly ASTNode[]]): void {
    const [first, ...rest] = given;
    if (name === 'bind' && receiver.op === 'id' && receiver.args === 'cel' && first) {
      text('cel.bind(');
      literal(first);
      text(', ');
      list(rest, write);
      return text(')');
    }
    if (LOOPS.has(name) && first) {
      wrapped(GUARDS.loop, receiver, `, ${rest.reduce((sum, one) => sum + sizeOf(one), 1)}`);
      text(`.${name}(`);
      literal(first);
      text(', ');
      list(rest, write);
      return text(')');
    }
    if (FREE.has(name)) write(receiver);
    else if (name.startsWith('get') && first) wrapped(GUARDS.loop, receiver, `, ${ZONE_STEPS}`);
    else wrapped(DEEP.has(name) ? GUARDS.deep : GUARDS.charge, receiver);
    text(`.${name === 'matches' || name === 'contains' ? GUARDS[name] : name}(`);
    list(given, SEARCHES.has(name) ? (node) => wrapped(GUARDS.part, node) : charged);
    return text(')');
  }

  write(ast);
  const originOf = (offset: number) => marks.findLast(({ at }) => at <= offset)?.origin ?? 0;
  return { source, originOf };
}

/** Nodes of a tree. */
function sizeOf(node: ASTNode): number {
  return childrenOf(node).reduce((sum, child) => sum + sizeOf(child), 1);
}

/** Loops inside of each other, at the deepest place. */
export function loopDepth(node: ASTNode): number {
  const inside = Math.max(0, ...childrenOf(node).map(loopDepth));
  return node.op === 'rcall' && LOOPS.has(node.args[0]) ? inside + 1 : inside;
}

/** The nodes right below. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case '!_':
    case '-_':
      return [node.args];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    default:
      return node.args;
  }
}
