// cli/ask.ts — questions on a terminal, one line each; answers that are secret are not shown.
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Failure } from './failure.ts';

export interface Asking {
  say(text: string): void;
  /** The line that was typed, without blanks around it. @throws Failure when the person has gone */
  line(question: string, options?: { readonly isSecret?: boolean }): Promise<string>;
  close(): void;
}

/** Ctrl-C and the end of the input leave everything as it is: exit code 130. */
export function askOn(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, isTerminal: boolean): Asking {
  let isMuted = false;
  const filter = new Writable({
    write(chunk: Buffer, _, done) {
      if (!isMuted) output.write(chunk);
      done();
    },
  });
  const reader = createInterface({ input, output: filter, terminal: isTerminal, historySize: 0 });
  const lines: string[] = [];
  const waiting: { readonly take: (line: string) => void; readonly leave: (error: Failure) => void }[] = [];
  let isOver = false;
  reader.on('line', (line) => {
    const first = waiting.shift();
    if (first) first.take(line);
    else lines.push(line);
  });
  reader.on('SIGINT', () => reader.close());
  reader.on('close', () => {
    isOver = true;
    for (const one of waiting.splice(0)) one.leave(gone());
  });
  const gone = () => new Failure('nothing was saved', { exitCode: 130 });
  return {
    say: (text) => void output.write(text),
    line: async (question, { isSecret = false } = {}) => {
      reader.setPrompt(question);
      reader.prompt();
      isMuted = isSecret;
      try {
        const early = lines.shift();
        if (early !== undefined) return early.trim();
        if (isOver) throw gone();
        return (await new Promise<string>((take, leave) => waiting.push({ take, leave }))).trim();
      } finally {
        if (isSecret) output.write('\n');
        isMuted = false;
      }
    },
    close: () => reader.close(),
  };
}
