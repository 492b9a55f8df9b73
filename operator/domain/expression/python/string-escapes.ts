// operator/domain/expression/python/string-escapes.ts — what a letter after a backslash means, wherever Python reads one.

/** In patterns and replacements as well as in strings. */
export const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

/** Between quotes: these too, and a line that goes on. */
export const ESCAPED_IN_STRING: ReadonlyMap<string, string> = new Map([...ESCAPED, ["'", "'"], ['"', '"'], ['\n', '']]);

/** How many digits give the code of a character. */
export const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

/** What is wrong with an escape by code that has fewer. */
export const truncated = (letter: string): string =>
  `truncated \\${letter}${'X'.repeat(HEX_DIGITS.get(letter) ?? 0)} escape`;
