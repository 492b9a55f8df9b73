// operator/domain/expression/embedded/delimiters.ts — where the `<% … %>` of a text are.

/** The expressions with their delimiters: shortest matches on one line, blind to strings and nesting. Linear in the text. */
export function yaqlIn(text: string): readonly string[] {
  const found: string[] = [];
  for (let at = text.indexOf('<%'); at >= 0; ) {
    const close = text.indexOf('%>', at + 2);
    if (close < 0) break;
    const lineEnd = text.indexOf('\n', at);
    if (lineEnd >= 0 && lineEnd < close) {
      at = text.indexOf('<%', lineEnd);
      continue;
    }
    found.push(text.slice(at, close + 2));
    at = text.indexOf('<%', close + 2);
  }
  return found;
}

/** What is between the delimiters. */
export const insideYaql = (expression: string): string =>
  expression
    .replace(/^[<%>]+/, '')
    .replace(/[<%>]+$/, '')
    .trim();
