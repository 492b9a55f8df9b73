// operator/domain/expression/jinja/token.ts — the words of a template, and what Jinja calls them in its messages.
import { ExpressionFault, type Place } from '../fault.ts';
import type { Value } from '../python/values.ts';

export type TokenType =
  | 'data'
  | 'block_begin'
  | 'block_end'
  | 'variable_begin'
  | 'variable_end'
  | 'name'
  | 'string'
  | 'integer'
  | 'float'
  | 'operator'
  | 'eof'
  | 'fault';

/** One word. `text` is the name, the operator, the data or the value of a string; `at` its offset in the source. */
export interface Token {
  readonly type: TokenType;
  readonly text: string;
  readonly line: number;
  readonly at: number;
  /** The value of a number. */
  readonly value?: Value;
  /** Type `fault`: what the lexer found wrong; it counts only when the parser comes so far. */
  readonly fault?: ExpressionFault;
}

const DESCRIPTIONS: Readonly<Partial<Record<TokenType, string>>> = {
  block_begin: 'begin of statement block',
  block_end: 'end of statement block',
  variable_begin: 'begin of print statement',
  variable_end: 'end of print statement',
  data: 'template data / text',
  eof: 'end of template',
};

/** What Jinja's messages call a kind of word. */
export const describeType = (type: TokenType): string => DESCRIPTIONS[type] ?? type;

/** What Jinja's messages call a word: a name or an operator by itself, all others by their kind. */
export const describeToken = (token: Token): string =>
  token.type === 'name' || token.type === 'operator' ? token.text : describeType(token.type);

/** Jinja's TemplateSyntaxError. */
export const syntaxFault = (message: string, place: Place) =>
  new ExpressionFault('syntax', 'TemplateSyntaxError', message, { place });

/** Jinja's TemplateAssertionError: found when compiling, though the grammar is right. */
export const assertionFault = (message: string, place: Place) =>
  new ExpressionFault('syntax', 'TemplateAssertionError', message, { place });
