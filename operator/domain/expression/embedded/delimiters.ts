// operator/domain/expression/embedded/delimiters.ts — where the `<% … %>` and `{{ … }}` of a text are, and others in their place.
import { allowCharacters } from '../evaluation.ts';

/** The shortest stretches between two delimiters on one line, with them: blind to strings and to nesting. Linear in the text. */
export function* stretches(text: string, open: string, close: string): Generator<string, void> {
  let [end, lineEnd] = [-1, -1]; // the first ones behind `at`, looked for again only when it has passed them
  for (let at = text.indexOf(open); at >= 0; ) {
    if (end < at + open.length) end = text.indexOf(close, at + open.length);
    if (end < 0) return;
    if (lineEnd < at) lineEnd = lineEndFrom(text, at);
    if (lineEnd < end) at = text.indexOf(open, lineEnd);
    else {
      yield text.slice(at, end + close.length);
      at = text.indexOf(open, end + close.length);
    }
  }
}

function lineEndFrom(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  return found < 0 ? text.length : found;
}

/** The expressions of YAQL in a text, with their delimiters. */
export const yaqlIn = (text: string): readonly string[] => [...stretches(text, '<%', '%>')];

/** What is between the delimiters. */
export const insideYaql = (expression: string): string =>
  expression
    .replace(/^[<%>]+/, '')
    .replace(/[<%>]+$/, '')
    .trim();

/** A text with something else wherever it has a part. @throws ExpressionFault when it becomes too long */
export function replaced(text: string, part: string, instead: string): string {
  const parts = text.split(part);
  allowCharacters(text.length + (parts.length - 1) * instead.length);
  return parts.join(instead);
}
