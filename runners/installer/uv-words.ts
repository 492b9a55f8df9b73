// runners/installer/uv-words.ts — what uv wrote before it gave up → what went wrong, the cause first.
import { lastLines } from './mask.ts';

const LINES_MAX = 30;
const CHARACTERS_MAX = 3500;
/** Longest cause; conditions of Kubernetes are cut at 1024 characters, and the cause must be in them. */
const CAUSE_MAX = 600;
/** What compilers, interpreters and build tools begin or end their last word with. */
const WRONG = /(?:^|\b)(?:fatal error|fatal|error|ERROR|\w*(?:Error|Exception))\b.*:|: command not found|No such file/;
/** The tool around the one that failed repeats its command line, which says nothing of the cause. */
const REPEATED = /^error: (?:Command '\[|command '.*' failed|subprocess-exited)|returned non-zero exit status/;

/** First the cause in few lines, then the end of what uv said, at most 3500 characters. */
export function uvFailure(command: string, stderr: string): string {
  const cause = causeOf(stderr);
  const rest = lastLines(stderr, LINES_MAX);
  const head = [`${command}: ${cause[0] ?? 'it failed'}`, ...cause.slice(1)].join('\n');
  const room = CHARACTERS_MAX - head.length - 1;
  const said = rest.split('\n').map(bare).join('\n');
  return said === cause.join('\n') ? head : `${head}\n${rest.length > room ? rest.slice(-room) : rest}`;
}

/** uv's own sentence, the last word of the tool that it had called, and what uv advises. */
function causeOf(stderr: string): readonly string[] {
  const lines = stderr.split(/\r?\n/).map((line) => line.trimEnd());
  const own = lines.filter((line) => /^(?:error|\s+cause|hint): /.test(line) && !isWrapping(line));
  const [said, hints] = [own.filter((line) => !line.startsWith('hint')), own.filter((line) => line.startsWith('hint'))];
  const word = toolsWord(lines);
  return shortened([...said.slice(0, 3).map(bare), ...word, ...hints.slice(0, 2)]);
}

const bare = (line: string): string => line.trim().replace(/^error: /, '');

const isWrapping = (line: string): boolean => /The build backend returned an error|^\s+cause: Call to `/.test(line);

/** Of the output that uv quotes: the last line that names an error, with the one before it where that says which file. */
function toolsWord(lines: readonly string[]): readonly string[] {
  const from = lines.findLastIndex((line) => /^\s+(?:\[stderr\]|--- stderr)$/.test(line));
  if (from === -1) return [];
  const after = lines.slice(from + 1).map((line) => line.trim());
  const quoted = after.filter((line) => !line.startsWith('hint: '));
  const found = quoted.filter((line) => WRONG.test(line) && !REPEATED.test(line));
  return found.length > 0 ? [found.at(-1)!] : quoted.filter((line) => line !== '').slice(-1);
}

function shortened(lines: readonly string[]): readonly string[] {
  const each = Math.floor(CAUSE_MAX / Math.max(1, lines.length));
  return lines.map((line) => (line.length <= each ? line : `${line.slice(0, each - 1)}…`));
}
