// operator/domain/expression/python/yaml/errors.ts — mistakes as the `yaml` package calls them → PyYAML's classes of errors.

export type YamlError = 'ScannerError' | 'ParserError' | 'ComposerError' | 'ConstructorError' | 'ReaderError';

const PARSER_ERRORS: ReadonlySet<string> = new Set([
  'UNEXPECTED_TOKEN',
  'MISSING_CHAR',
  'BLOCK_IN_FLOW',
  'BAD_INDENT',
  'MULTIPLE_TAGS',
  'MULTIPLE_ANCHORS',
  'ALIAS_PROPS',
  'MULTILINE_IMPLICIT_KEY',
]);

/** PyYAML tells words that are wrong from words in the wrong place. */
export const classOf = (code: string, message: string): YamlError =>
  PARSER_ERRORS.has(code) && !/quote|same line|Block scalar header/.test(message) ? 'ParserError' : 'ScannerError';
