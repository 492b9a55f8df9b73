// operator/domain/expression/python/yaml/scalar-style.ts — which quotes a text needs in YAML, as libyaml decides.

export interface ScalarStyle {
  readonly plain: boolean;
  readonly singleQuoted: boolean;
  /** It has line breaks. */
  readonly multiline: boolean;
}

const BREAKS = '\r\n\u0085\u2028\u2029';
export const isBreak = (c: string): boolean => BREAKS.includes(c);

/** What libyaml writes as it is; not tabs, and nothing beyond the first 65,536 characters. */
export const isPrintable = (c: string): boolean =>
  c === '\n' ||
  (c >= ' ' && c <= '~') ||
  (c.length === 1 && c >= '\u00a0' && c <= '\ufffd' && c !== '\ufeff' && (c < '\ud800' || c > '\udfff'));

const isBlankOrEnd = (c: string | undefined) => c === undefined || c === ' ' || c === '\t' || c === '\0' || isBreak(c);

/** Characters that mean something at the start of a plain word, and those that do when a blank follows. */
const INDICATORS = '#,[]{}&*!|>\'"%@`';
const STARTS = '?:-';

/** What a text may be written as, in block style. */
export function analyze(text: string, unicode: boolean): ScalarStyle {
  if (text === '') return { plain: true, singleQuoted: true, multiline: false };
  const chars = [...text];
  let hasIndicator = text.startsWith('---') || text.startsWith('...');
  let [special, multiline, breakThenSpace, spaceThenBreak] = [false, false, false, false];
  for (const [i, c] of chars.entries()) {
    const [before, after] = [chars[i - 1], chars[i + 1]];
    if (i === 0) hasIndicator ||= INDICATORS.includes(c) || (STARTS.includes(c) && isBlankOrEnd(after));
    else hasIndicator ||= (c === ':' && isBlankOrEnd(after)) || (c === '#' && isBlankOrEnd(before));
    special ||= !isPrintable(c) || (!unicode && c > '~');
    multiline ||= isBreak(c);
    breakThenSpace ||= c === ' ' && before !== undefined && isBreak(before);
    spaceThenBreak ||= isBreak(c) && before === ' ';
  }
  const [first = '', last = ''] = [chars[0], chars.at(-1)];
  const isPadded = [first, last].some((c) => c === ' ' || isBreak(c));
  return {
    plain: !hasIndicator && !isPadded && !multiline && !special && !breakThenSpace && !spaceThenBreak,
    singleQuoted: !special && !breakThenSpace && !spaceThenBreak,
    multiline,
  };
}
