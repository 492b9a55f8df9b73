// operator/domain/expression/jinja/blanks.ts — what counts as white space: what Python's \s matches.

/** One of them, for use in patterns. */
export const BLANK = '[\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const ONE = new RegExp(BLANK);

/** A text without blanks at its end. */
export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ONE.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** What is between the delimiters of an expression: without braces at both ends, then without blanks. */
export function betweenBraces(expression: string): string {
  let [from, to] = [0, expression.length];
  while (from < to && isBrace(expression.charAt(from))) from++;
  while (to > from && isBrace(expression.charAt(to - 1))) to--;
  while (from < to && ONE.test(expression.charAt(from))) from++;
  return trimEnd(expression.slice(from, to));
}

const isBrace = (c: string): boolean => c === '{' || c === '}';
