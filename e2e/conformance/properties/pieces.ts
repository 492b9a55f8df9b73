// e2e/conformance/properties/pieces.ts — what random sources are grown from, and how recorded ones are mauled.
import { fileURLToPath } from 'node:url';
import fc, { type Arbitrary } from 'fast-check';
import { readCases } from '../cases.ts';
import { type Language, readCorpus } from '../corpus/corpus.ts';

export const pick = (...words: readonly string[]): Arbitrary<string> => fc.constantFrom(...words);
/** One of the words of a text. */
export const word = (words: string): Arbitrary<string> => fc.constantFrom(...words.split(' '));

/** The parts, one after the other. */
export const row = (...parts: readonly (string | Arbitrary<string>)[]): Arbitrary<string> =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((texts) => texts.join(''));

/** Up to three, with something between. */
export const list = (item: Arbitrary<string>, separator = ', '): Arbitrary<string> =>
  fc.array(item, { maxLength: 3 }).map((items) => items.join(separator));

export const number = word('0 1 2 3 -1 7 10 2.5 0.1 1000 99999 1000000000 9007199254740993');
export const string = fc.oneof(
  word(`'' 'a' 'name' 'a,b' "x" '{}' '%s' 'é😀' '1' '__class__' '__proto__' '(a+)+'`),
  fc.string({ maxLength: 6 }).map((text) => `'${text.replaceAll(/[\\'\n\r]/g, '')}'`),
);
export const name = word('a b name items user text n f nested missing range dict constructor');

/** One field of the recorded cases of a suite. */
export const recorded = (suite: string, field: string): string[] =>
  readCases(fileURLToPath(new URL('../cases', import.meta.url)), suite).flatMap((one) =>
    typeof one[field] === 'string' ? [one[field]] : [],
  );

/** What the corpus has of a language, but for what is written with repetitions. */
export const hostile = (language: Language): string[] =>
  [...readCorpus('escapes.yaml'), ...readCorpus('bombs.yaml')].flatMap((entry) =>
    entry.language === language && !entry.source.includes('⟨') ? [entry.source] : [],
  );

/** Sources that people wrote, and what happens to a text in transit: pieces lost, doubled, swapped, spliced. */
export function mauled(sources: readonly string[], words: readonly string[]): Arbitrary<string> {
  const short = fc.constantFrom(...sources.filter((source) => source.length > 0 && source.length < 2000));
  const change = fc.tuple(fc.nat(5), fc.nat(), fc.nat(), short, fc.constantFrom(...words));
  return fc.tuple(short, fc.array(change, { maxLength: 4 })).map(([source, changes]) => {
    const text = changes.reduce(
      (before, [how, x, y, other, piece]) => changed(before, { how, x, y, other, piece }),
      source,
    );
    return text.slice(0, 4000);
  });
}

interface Change {
  readonly how: number;
  readonly x: number;
  readonly y: number;
  readonly other: string;
  readonly piece: string;
}

function changed(text: string, { how, x, y, other, piece }: Change): string {
  const [a, b] = [x % (text.length + 1), y % (text.length + 1)];
  const [before, middle, after] = [
    text.slice(0, Math.min(a, b)),
    text.slice(Math.min(a, b), Math.max(a, b)),
    text.slice(Math.max(a, b)),
  ];
  switch (how) {
    case 0:
      return before + after;
    case 1:
      return before + middle + middle + after;
    case 2:
      return before + piece + after;
    case 3:
      return before + piece + middle + after;
    case 4:
      return before + other.slice(x % other.length);
    default:
      return after + before;
  }
}
