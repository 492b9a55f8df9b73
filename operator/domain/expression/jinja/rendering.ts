// operator/domain/expression/jinja/rendering.ts — templates and lone expressions of one environment: compiled once, kept, rendered often.
import { budgetFault, ExpressionFault, placeOf } from '../fault.ts';
import type { Scope } from '../functions/call.ts';
import { allowCharacters } from '../evaluation.ts';
import type { AnyDict } from '../python/dict.ts';
import type { Value } from '../python/values.ts';
import { SourceCache } from '../source-cache.ts';
import { ContextChange } from './access.ts';
import { Cloner } from './clone.ts';
import { type Compiled, compileExpressionTree, compileTemplateTree } from './compile-template.ts';
import type { Environment } from './environment.ts';
import { parseLoneExpression, parseTemplate } from './parser.ts';
import { Run } from './run.ts';

/** Longest source, in characters. */
const SOURCE_MAX = 1024 * 1024;

export interface Template {
  /** Names that it looks up in the context: jinja2.meta.find_undeclared_variables. */
  readonly undeclared: readonly string[];
  /**
   * Renders it, inside `evaluating()`. `variables` are the names that it sees: those of the scope's context unless told.
   * @throws ExpressionFault with the place in the source
   */
  render(scope: Scope, variables?: AnyDict): string;
}

interface LoneExpression {
  readonly undeclared: readonly string[];
  /** Evaluates it, inside `evaluating()`; an undefined value is given back as such. @throws ExpressionFault */
  evaluate(scope: Scope, variables?: AnyDict): Value;
}

const templates = new WeakMap<Environment, SourceCache<Template>>();
const expressions = new WeakMap<Environment, SourceCache<LoneExpression>>();

/** @throws ExpressionFault TemplateSyntaxError, TemplateAssertionError, with the place in the source */
export const templateOf = (source: string, environment: Environment): Template =>
  cached(templates, environment, source, (own) => {
    const compiled = compileTemplateTree(parseTemplate(own, environment), environment);
    return {
      undeclared: compiled.undeclared,
      render: (scope, variables = scope.context) => {
        const text = runCompiled(compiled, environment, scope, variables);
        allowCharacters(text.length);
        return text;
      },
    };
  });

/** An expression without delimiters. @throws ExpressionFault TemplateSyntaxError, TemplateAssertionError */
export const expressionOf = (source: string, environment: Environment): LoneExpression =>
  cached(expressions, environment, source, (own) => {
    const compiled = compileExpressionTree(parseLoneExpression(own, true), environment);
    return {
      undeclared: compiled.undeclared,
      evaluate: (scope, variables = scope.context) => runCompiled(compiled, environment, scope, variables),
    };
  });

function cached<T>(
  caches: WeakMap<Environment, SourceCache<T>>,
  environment: Environment,
  source: string,
  compile: (source: string) => T,
): T {
  let cache = caches.get(environment);
  if (!cache) caches.set(environment, (cache = new SourceCache<T>()));
  if (source.length > SOURCE_MAX) throw budgetFault(`a template of more than ${SOURCE_MAX} characters`);
  return cache.get(source, (own) => withoutOverflow(() => compile(own)));
}

/** Sources that nest in a way that the parser's limits do not see. */
function withoutOverflow<T>(compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    if (error instanceof RangeError) throw budgetFault('the template nests too deeply');
    throw error;
  }
}

function runCompiled<T>(compiled: Compiled<T>, environment: Environment, scope: Scope, variables: AnyDict): T {
  const given = { scope, variables, blocks: compiled.blocks, ownsContext: false };
  try {
    return runOnce(compiled, new Run(environment, given));
  } catch (error) {
    if (!(error instanceof ContextChange)) throw error;
    const cloner = new Cloner();
    const own = { ...given, variables: cloner.dict(variables), ownsContext: true };
    return runOnce(
      compiled,
      new Run(environment, { ...own, scope: { ...scope, context: cloner.dict(scope.context) } }),
    );
  }
}

function runOnce<T>(compiled: Compiled<T>, run: Run): T {
  try {
    return compiled.run(run);
  } catch (error) {
    if (error instanceof ExpressionFault) throw error.at(placeOf(compiled.source, run.at));
    throw error;
  }
}
