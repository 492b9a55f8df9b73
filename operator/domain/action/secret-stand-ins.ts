// operator/domain/action/secret-stand-ins.ts — what stands for secrets while templates are rendered, and whether a template has touched them.
import { secretMark } from '../../api/envelope.ts';

/**
 * Templates are rendered several times, with texts in a secret's place that have nothing in common: a template that only writes the
 * secret somewhere gives the same each time, but for those texts. One that cuts, converts or measures it does not: it would change
 * the mark, of which only the pod knows what it stands for.
 */
export interface StandIns {
  /** The text for each secret parameter. */
  readonly texts: Readonly<Record<string, string>>;
  /** Puts the marks in the place of the texts. */
  readonly mark: (text: string) => string;
  /** Hides the texts, for messages. */
  readonly mask: (text: string) => string;
}

/** Where the private use area begins, of which no input has anything to say. */
const PRIVATE = 0xe000;
const signOf = (index: number) => String.fromCodePoint(PRIVATE + 1 + index);

/** Not to be guessed by whoever wrote the values. */
export const firstStandIns = (names: readonly string[], seed: number): StandIns =>
  standIns(names, (i) => `\u{e000}${(seed >>> 0).toString(36)}.secret.${i}\u{e000}`);

/** Single characters, and texts longer than any cut, with blanks around and signs that are escaped everywhere but in JSON. */
export const otherStandIns = (names: readonly string[]): readonly StandIns[] => [
  standIns(names, signOf),
  standIns(names, (i) => ` ${signOf(i)}<&>'${'aZ '.repeat(400)}${signOf(i)} `),
];

function standIns(names: readonly string[], textOf: (index: number) => string): StandIns {
  const pairs = names.map((name, i): readonly [string, string] => [name, textOf(i)]);
  const replaced = (text: string, by: (name: string) => string) =>
    pairs.reduce((result, [name, standIn]) => result.replaceAll(standIn, () => by(name)), text);
  return {
    texts: Object.fromEntries(pairs),
    mark: (text) => replaced(text, secretMark),
    mask: (text) => replaced(text.replaceAll('\\ue000', '\u{e000}'), () => '********'),
  };
}
