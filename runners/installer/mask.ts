// runners/installer/mask.ts — texts of programs and addresses → the same without passwords.

const MASK = '********';
/** Shorter values would mask half of the text. */
const SHORTEST = 3;

/** Masks what stands before @ in addresses, and the given values. */
export function maskOf(values: readonly string[]): (text: string) => string {
  const forms = values
    .flatMap((value) => [value, encodeURIComponent(value)])
    .filter((value) => value.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
  return (text) =>
    forms
      .reduce((masked, form) => masked.replaceAll(form, MASK), text)
      // git@host is nobody's secret, and people look for it.
      .replaceAll(/:\/\/(?!git@)[^\s/@'"<>]+@/g, `://${MASK}@`);
}

/** The last lines of a program's output that say something. */
export function lastLines(text: string, count: number): string {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
}
