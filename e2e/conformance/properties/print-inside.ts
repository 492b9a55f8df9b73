// e2e/conformance/properties/print-inside.ts — an expression → a value of a definition, between the marks of its language.
import type { Language } from '../corpus/corpus.ts';

/** The expression itself is not looked at. */
export const inside = (expression: string, language: Language): string =>
  language === 'yaql' ? `<% ${expression} %>` : `{{ ${expression} }}`;
