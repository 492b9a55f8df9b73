// operator/domain/expression/yaql/engine.ts — the source of an expression and what it sees → its value.
import type { Scope } from '../functions/call.ts';
import type { Value } from '../python/values.ts';
import type { Code } from './code.ts';
import { compile } from './compile.ts';
import { Context } from './context.ts';
import { output } from './output.ts';
import { parseYaql } from './parser.ts';
import { YAQL_FUNCTIONS } from './functions.ts';

/** Compiled expressions that are kept. */
const KEPT = 1000;
const kept = new Map<string, Code>();

/** What an expression sees. */
interface YaqlInput {
  /** `$`; null when it is not given. */
  readonly data?: Value | undefined;
  /** `$name` for each. */
  readonly variables?: Readonly<Record<string, Value>> | undefined;
  /** What ctx(), result(), st2kv() and the like read. */
  readonly scope: Scope;
}

/** Compiles an expression, or finds it compiled. @throws ExpressionFault YaqlLexicalException, YaqlGrammarException */
export function compileYaql(source: string): Code {
  const known = kept.get(source);
  if (known) return known;
  const code = compile(parseYaql(source), source);
  const oldest = kept.size >= KEPT ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  kept.set(source, code);
  return code;
}

/** The value of an expression; runs within `evaluating()`. @throws ExpressionFault with its place in the source */
export function evaluateYaql(source: string, { data, variables, scope }: YaqlInput): Value {
  const code = compileYaql(source);
  const context = new Context(YAQL_FUNCTIONS, scope);
  if (variables) for (const [name, value] of Object.entries(variables)) context.set(`$${name}`, value);
  if (data !== undefined) context.set('$', data);
  return output(code.run(context, undefined));
}
