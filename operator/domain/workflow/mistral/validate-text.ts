// operator/domain/workflow/mistral/validate-text.ts — a text with `<% %>` or `{{ }}` → nothing, or what is wrong with its grammar.
import { yaqlIn } from '../../expression/embedded/delimiters.ts';
import { evaluating, NOWHEN } from '../../expression/evaluation.ts';
import { ExpressionFault } from '../../expression/fault.ts';
import { parseTemplate } from '../../expression/jinja/parser.ts';
import { compileYaql } from '../../expression/yaql/engine.ts';
import { hasJinja, insideMarks } from './embedded.ts';
import { mistralEnvironment } from './jinja-functions.ts';

/** @throws ExpressionFault JinjaGrammarException, YaqlGrammarException, or ExpressionGrammarException where both are in one text */
export function validateText(text: string): void {
  const expressions = yaqlIn(text);
  const isJinja = hasJinja(text);
  if (isJinja) {
    worded(
      'JinjaGrammarException',
      (message) => `Syntax error '${message}'.`,
      () => parseTemplate(text, mistralEnvironment()),
    );
  }
  if (isJinja && expressions.length > 0) {
    const message =
      "The line already contains an expression of type 'jinja'. Mixing expression types in a single line is not allowed.";
    throw new ExpressionFault('syntax', 'ExpressionGrammarException', message);
  }
  for (const expression of expressions) {
    worded(
      'YaqlGrammarException',
      (message) => message,
      () => compileYaql(insideMarks(expression)),
    );
  }
}

function worded(type: string, word: (message: string) => string, parse: () => unknown): void {
  try {
    evaluating(NOWHEN, parse);
  } catch (cause) {
    if (!(cause instanceof ExpressionFault)) throw cause;
    const place = cause.place ? { place: cause.place } : {};
    throw new ExpressionFault(cause.kind, type, word(cause.message), { cause, ...place });
  }
}
