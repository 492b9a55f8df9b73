// operator/domain/expression/yaql/parser.test.ts — the grammar of YAQL: how operators bind, and where a source goes wrong.
import { expect, test } from 'vitest';
import { ExpressionFault } from '../fault.ts';
import { parseYaql } from './parser.ts';
import type { Argument } from './syntax.ts';

/** The tree in brackets: `(#operator_+ 1 2)`. */
function shown(node: Argument): string {
  if (node === undefined) return '_';
  switch (node.kind) {
    case 'constant':
      return JSON.stringify(node.value);
    case 'keyword':
      return node.value;
    case 'variable':
      return node.name;
    case 'wrap':
      return `[${shown(node.inner)}]`;
    case 'mapping':
      return `${shown(node.source)}=>${shown(node.destination)}`;
    case 'function':
    case 'operator':
      return `(${[node.name.replace('#operator_', ''), ...node.args.map(shown)].join(' ')})`;
  }
}

test.each([
  ['1 + 2 * 3', '(+ 1 (* 2 3))'],
  ['1 - 2 - 3', '(- (- 1 2) 3)'],
  ['a.b[0].c', '(. (#indexer (. a b) 0) c)'],
  ['-$.x[0]', '(#unary_operator_- (#indexer (. $ x) 0))'],
  ['not a = b and c', '(and (#unary_operator_not (*equal a b)) c)'],
  ['1 = not 2 = 3', '(*equal 1 (#unary_operator_not (*equal 2 3)))'],
  ['2 * -3 + 4', '(+ (* 2 (#unary_operator_- 3)) 4)'],
  ['let(x => 1) -> $x -> 2', '(-> (let x=>1) (-> $x 2))'],
  ['f(1,, 2)', '(f 1 _ 2)'],
  ['f(, 1)', '(f _ 1)'],
  ['f(1,, a => 2)', '(f 1 _ a=>2)'],
  ['{a => 1}', '(#map a=>1)'],
  ['(a)', '[a]'],
  ["'\\x41\\q' `\\``".slice(0, 9), '"A\\\\q"'],
  ['1.5.x', '(. 1.5 x)'],
  ['not(x)', '(not x)'],
])('%s groups as %s', (source, tree) => {
  expect(shown(parseYaql(source))).toBe(tree);
});

test.each([
  ['', 'Parse error: unexpected end of statement', { line: 1, column: 1 }],
  ['1 +', 'Parse error: unexpected end of statement', { line: 1, column: 4 }],
  ['f(1,)', "Parse error: unexpected ')' at position 4 of expression 'f(1,)'", { line: 1, column: 5 }],
  ['f(, a => 1)', "Parse error: unexpected '=>' at position 6 of expression 'f(, a => 1)'", { line: 1, column: 7 }],
  ['[1,,, a => 2]', "Parse error: unexpected '=>' at position 8 of expression '[1,,, a => 2]'", { line: 1, column: 9 }],
  ['a\n b', "Parse error: unexpected 'b' at position 3 of expression 'a\n b'", { line: 2, column: 2 }],
  ['true false', "Parse error: unexpected 'False' at position 5 of expression 'true false'", { line: 1, column: 6 }],
  ["'😀' @", "Lexical error: illegal character '@' at position 4", { line: 1, column: 5 }],
  ['ctx(__x)', "Lexical error: illegal character '_' at position 4", { line: 1, column: 5 }],
  ["'open", "Lexical error: illegal character ''' at position 0", { line: 1, column: 1 }],
  ['1e3', "Lexical error: illegal character '1' at position 0", { line: 1, column: 1 }],
])('%j is refused with its place', (source, message, place) => {
  expect(() => parseYaql(source)).toThrow(expect.objectContaining({ kind: 'syntax', message, place }));
});

test.each([
  ['brackets', '('.repeat(5000)],
  ['lists', '['.repeat(5000)],
  ['signs', 'not '.repeat(5000)],
  ['a chain of operators', `1${'+1'.repeat(5000)}`],
  ['a long source', ' '.repeat(300_000)],
])('too many %s are refused before they are walked', (_, source) => {
  expect(() => parseYaql(source)).toThrow(expect.objectContaining({ kind: 'budget' }));
  expect(() => parseYaql(source)).toThrow(ExpressionFault);
});
