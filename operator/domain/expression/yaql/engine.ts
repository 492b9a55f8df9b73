// operator/domain/expression/yaql/engine.ts — the source of an expression and what it sees → its value.
import type { Scope } from '../functions/call.ts';
import type { Value } from '../python/values.ts';
import { SourceCache } from '../source-cache.ts';
import type { Code } from './code.ts';
import { compile } from './compile.ts';
import { Context } from './context.ts';
import { output } from './output.ts';
import { parseYaql } from './parser.ts';
import { YAQL_FUNCTIONS } from './functions.ts';
import type { Registry } from './registry.ts';

/** Compiled, a character of an expression takes up to 300 bytes. */
const kept = new SourceCache<Code>({ weight: 128 * 1024 });

/** What an expression sees. */
interface YaqlInput {
  /** `$`; null when it is not given. */
  readonly data?: Value | undefined;
  /** `$name` for each. */
  readonly variables?: Readonly<Record<string, Value>> | undefined;
  /** What ctx(), result(), st2kv() and the like read. */
  readonly scope: Scope;
  /** Which functions there are: orquesta's unless told. */
  readonly functions?: Registry;
}

/** Compiles an expression, or finds it compiled. @throws ExpressionFault YaqlLexicalException, YaqlGrammarException */
export const compileYaql = (source: string): Code => kept.get(source, (own) => compile(parseYaql(own), own));

/** The value of an expression; runs within `evaluating()`. @throws ExpressionFault with its place in the source */
export function evaluateYaql(source: string, { data, variables, scope, functions }: YaqlInput): Value {
  const code = compileYaql(source);
  const context = new Context(functions ?? YAQL_FUNCTIONS, scope);
  if (variables) for (const [name, value] of Object.entries(variables)) context.set(`$${name}`, value);
  if (data !== undefined) context.set('$', data);
  return output(code.run(context, undefined));
}
