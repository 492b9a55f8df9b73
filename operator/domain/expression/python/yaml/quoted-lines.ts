// operator/domain/expression/python/yaml/quoted-lines.ts — quoted texts whose lines stand further left than the `yaml` package allows → indented.
import { isScalar, parseDocument, visit } from 'yaml';

/** Texts that are indented; each costs reading the file once more. */
const REPAIRS_MAX = 50;

/**
 * PyYAML takes quoted texts whose further lines are not indented, the package calls their closing quote missing. The blanks that a
 * line of them begins with mean nothing, so more of them make the package read what PyYAML reads. Only columns within such lines change.
 */
export function indentQuoted(text: string): string {
  let repaired = text;
  for (let i = 0; i < REPAIRS_MAX; i++) {
    const start = unclosedQuote(repaired);
    const end = start === undefined ? undefined : closingQuote(repaired, start);
    if (start === undefined || end === undefined) return repaired;
    const quoted = repaired.slice(start, end);
    if (!quoted.includes('\n') || /\n(?:---|\.\.\.)(?:\s|$)/.test(quoted)) return repaired;
    const column = start - (repaired.lastIndexOf('\n', start - 1) + 1);
    const blanks = ' '.repeat(column + 1);
    repaired = repaired.slice(0, start) + quoted.replaceAll('\n', `\n${blanks}`) + repaired.slice(end);
  }
  return repaired;
}

/** Where the quoted text begins at which the package gave up. */
function unclosedQuote(text: string): number | undefined {
  const document = parseDocument(text, { schema: 'failsafe', version: '1.1', uniqueKeys: false, prettyErrors: false });
  const error = document.errors[0];
  if (!error?.message.startsWith('Missing closing')) return undefined;
  let start: number | undefined;
  const look = (node: unknown) => {
    if (!isScalar(node) || !node.range || !node.type?.startsWith('QUOTE')) return;
    if (node.range[0] < error.pos[0] && node.range[1] >= error.pos[0]) start = node.range[0];
  };
  visit(document, { Scalar: (_, node) => look(node) });
  return start;
}

/** The offset behind the quote that closes the one at `start`. */
function closingQuote(text: string, start: number): number | undefined {
  const quote = text.charAt(start);
  for (let at = start + 1; at < text.length; at++) {
    const c = text.charAt(at);
    const isEscape = quote === '"' ? c === '\\' : c === quote && text.charAt(at + 1) === quote;
    if (isEscape) at++;
    else if (c === quote) return at + 1;
  }
  return undefined;
}
