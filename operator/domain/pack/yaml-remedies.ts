// operator/domain/pack/yaml-remedies.ts — what a YAML reader says of a file → what its author should write instead.
import type { ExpressionFault } from '../expression/fault.ts';

interface Advice {
  /** What the reader's message has. */
  readonly message?: RegExp;
  /** What the line has on which it stopped. */
  readonly line?: RegExp;
  readonly says?: string;
  readonly remedy: string;
}

const QUOTE = 'put the value in quotes';

/** The first that fits is told. */
const ADVICE: readonly Advice[] = [
  {
    line: /(?:^|[:\-?[,])\s*\{[{%]/,
    says: 'a template that begins a value is read as a mapping',
    remedy: 'put all of the value in quotes: "{{ … }}"',
  },
  { message: /tabs?\b|\\t/i, line: /\t/, remedy: 'indent with blanks: YAML takes no tabs' },
  {
    message: /cannot start with|cannot start any token/,
    remedy: `${QUOTE}: it begins with a character that YAML keeps for itself`,
  },
  { message: /Nested mappings are not allowed/, remedy: `${QUOTE} if ": " belongs to it; else check the indentation` },
  {
    message: /Missing closing/,
    remedy: 'close the quotes; quotes inside are written twice in \'…\' and as \\" in "…"',
  },
  { message: /Unexpected scalar at node end/, remedy: 'put all of the value in one pair of quotes' },
  { message: /Flow (?:sequence|map)/, remedy: 'close the bracket' },
  { message: /need to be followed by map values/, remedy: 'write "key: value", with a blank after the colon' },
  { message: /single document/, remedy: 'a file holds one document: remove the line ---' },
  { message: /determine a constructor/, remedy: 'remove the tag that begins with !' },
  { message: /unhashable key/, says: 'a key is a list or a mapping', remedy: 'write a text as the key' },
  { message: /undefined alias/, remedy: `${QUOTE} if it is text: *name repeats what &name marks` },
  { message: /recursive/, remedy: 'an alias cannot stand inside of what it repeats' },
  { message: /unacceptable character/, remedy: 'remove the character, or write it as an escape in "…"' },
];

/** The message of a reader in one line, and the remedy where one is known. `line` is the one at which it stopped. */
export function remedyFor(fault: ExpressionFault, line: string): { message: string; remedy: string | undefined } {
  if (fault.kind === 'budget') {
    return { message: `the file is too large or too deep: ${fault.message}`, remedy: 'split it, or nest less' };
  }
  const [message = ''] = fault.message.split('\n');
  const advice = ADVICE.find((one) => (one.message?.test(fault.message) ?? true) && (one.line?.test(line) ?? true));
  return { message: advice?.says ?? message.trim(), remedy: advice?.remedy };
}
