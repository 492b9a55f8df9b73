// operator/domain/workflow/orquesta/blanks.ts — what Python takes for blanks, outside of evaluations.

// oxlint-disable-next-line no-control-regex -- some of them are blanks
const BLANK = /[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Whether one character is a blank. */
export const isBlank = (character: string): boolean => BLANK.test(character);

/** A text without the blanks at its ends. */
export function stripped(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && isBlank(text.charAt(from))) from++;
  while (to > from && isBlank(text.charAt(to - 1))) to--;
  return text.slice(from, to);
}
