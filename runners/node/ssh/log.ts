// runners/node/ssh/log.ts — output of several hosts → lines of the log, each with its host before it.

/** Longest line that is waited for, in characters; what is longer is cut. */
const LINE_MAX = 64 * 1024;

/** A writer that puts `[<name>] ` before every line of what it is given in pieces; `end` writes what is left of the last one. */
export function namedLines(name: string, write: (text: string) => void) {
  let rest = '';
  return {
    push(text: string): void {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_MAX) {
        lines.push(rest);
        rest = '';
      }
      if (lines.length > 0) write(lines.map((line) => `[${name}] ${line}\n`).join(''));
    },
    end(): void {
      if (rest !== '') write(`[${name}] ${rest}\n`);
      rest = '';
    },
  };
}
