// cli/eval.ts — an expression and a context → its value, its type and its text: a playground that needs no cluster.
import { readFileSync } from 'node:fs';
import { parse, YAMLParseError } from 'yaml';
import { evaluate } from '../operator/domain/expression/embedded/evaluate.ts';
import { evaluating, type World } from '../operator/domain/expression/evaluation.ts';
import { ExpressionFault } from '../operator/domain/expression/fault.ts';
import type { Scope } from '../operator/domain/expression/functions/call.ts';
import { expressionOf } from '../operator/domain/expression/jinja/rendering.ts';
import { st2Environment } from '../operator/domain/expression/jinja/st2-environment.ts';
import { compileTemplate } from '../operator/domain/expression/jinja/template.ts';
import { writeJson } from '../operator/domain/action/strict-json.ts';
import { repr, str } from '../operator/domain/expression/python/repr.ts';
import { isPlain, typeName, type Plain, type Value } from '../operator/domain/expression/python/values.ts';
import { evaluateYaql } from '../operator/domain/expression/yaql/engine.ts';
import { compileTest } from '../operator/domain/rule/compile.ts';
import { subjectOf } from '../operator/domain/rule/criteria.ts';
import { Failure } from './failure.ts';
import type { Screen } from './print.ts';

export interface EvalOptions {
  readonly jinja?: string;
  readonly yaql?: string;
  readonly workflow?: string;
  readonly criteria?: string;
  readonly cel?: string;
  readonly context?: string;
}

/** Exit code 1 for an expression that fails, or criteria that do not hold. @throws Failure */
export function evaluateExpression(screen: Screen, options: EvalOptions, world: World): number {
  const languages = (['jinja', 'yaql', 'workflow', 'criteria', 'cel'] as const).filter((l) => options[l] !== undefined);
  const [language] = languages;
  if (language === undefined || languages.length > 1)
    throw new Failure('eval: give one of --jinja, --yaql, --workflow, --criteria, --cel', { exitCode: 2 });
  const expression = options[language] ?? '';
  const context = contextOf(options.context);
  if (language === 'criteria' || language === 'cel') return showMatch(screen, language, expression, context, world);
  return showValue(screen, language, expression, { context }, world);
}

function showValue(
  screen: Screen,
  language: 'jinja' | 'yaql' | 'workflow',
  expression: string,
  scope: Scope & { readonly context: Plain },
  world: World,
): number {
  try {
    screen.out(
      evaluating(world, () => {
        const value = valueOf(language, expression, scope);
        return `value  ${jsonOr(value)}\ntype   ${typeName(value)}\ntext   ${str(value)}\n`;
      }),
    );
    return 0;
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    throw new Failure(`${language}: ${error.type}: ${error.message}${marked(expression, error)}`, { cause: error });
  }
}

/** With delimiters it is a template or a text as workflows have them, without them an expression by itself. */
function valueOf(
  language: 'jinja' | 'yaql' | 'workflow',
  text: string,
  scope: Scope & { readonly context: Plain },
): Value {
  switch (language) {
    case 'jinja':
      if (/\{[{%#]/.test(text)) return compileTemplate(text).render(scope);
      return expressionOf(text, st2Environment({})).evaluate(scope);
    case 'yaql':
      if (text.includes('<%')) return evaluate(text, scope);
      return evaluateYaql(text, { data: scope.context, variables: scope.context, scope });
    case 'workflow':
      return evaluate(text, scope);
  }
}

function showMatch(
  screen: Screen,
  language: 'criteria' | 'cel',
  expression: string,
  context: Plain,
  world: World,
): number {
  const payload = context['trigger'];
  if (payload === undefined) throw new Failure('eval: the context has no "trigger"; rules test {"trigger": {…}}');
  const criteria = language === 'criteria' ? readYaml(expression, '--criteria') : {};
  if (!isPlain(criteria)) throw new Failure('--criteria: write a map: {trigger.x: {type: equals, pattern: 1}}');
  try {
    const spec = { criteria, ...(language === 'cel' ? { match: { cel: expression } } : {}) };
    const verdict = compileTest(spec as Parameters<typeof compileTest>[0])(
      subjectOf('trigger', payload, undefined),
      world,
    );
    if ('error' in verdict) throw new Failure(verdict.error);
    screen.out(verdict.matched ? 'matches\n' : 'does not match\n');
    return verdict.matched ? 0 : 1;
  } catch (error) {
    if (error instanceof ExpressionFault) throw new Failure(error.message, { cause: error });
    throw error;
  }
}

/** The names that the expression sees, from a file of JSON or YAML; `-` is the standard input. @throws Failure */
function contextOf(file: string | undefined): Plain {
  if (file === undefined) return {};
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new Failure(`--context ${file}: ${(cause as Error).message}`, { cause });
  }
  const context = readYaml(text, `--context ${file}`);
  if (!isPlain(context))
    throw new Failure(`--context ${file}: it must be an object: the names that the expression sees`);
  return context;
}

function readYaml(text: string, what: string): Value {
  try {
    return (parse(text) ?? null) as Value;
  } catch (cause) {
    if (cause instanceof YAMLParseError) throw new Failure(`${what}: ${cause.message}`, { cause });
    throw cause;
  }
}

/** JSON where JSON can say it, else as Python writes it. */
function jsonOr(value: Value): string {
  try {
    return writeJson(value);
  } catch (error) {
    if (error instanceof ExpressionFault) return repr(value);
    throw error;
  }
}

/** The line of the source with a mark below the place. */
function marked(source: string, { place }: ExpressionFault): string {
  const line = place && source.split('\n')[place.line - 1];
  return place && line !== undefined ? `\n  ${line}\n  ${' '.repeat(place.column - 1)}^` : '';
}
