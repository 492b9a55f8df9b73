// runners/node/logger.ts — messages of a Node action → lines on stderr, from a level on.
import { format } from 'node:util';
import type { Logger } from './action.d.ts';

/** By rank; AUDIT and CRITICAL are levels that only Python has. */
const LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR'] as const;
const WIDTH = 8;

/** `name` begins every line. */
export function loggerFor(name: string, from: string, write: (line: string) => void): Logger {
  const lowest = Math.max(
    0,
    LEVELS.findIndex((level) => level === from),
  );
  const at =
    (level: (typeof LEVELS)[number]) =>
    (...words: unknown[]): void => {
      if (LEVELS.indexOf(level) >= lowest) write(`${name}: ${level.padEnd(WIDTH)} ${format(...words)}\n`);
    };
  return { debug: at('DEBUG'), info: at('INFO'), warn: at('WARNING'), error: at('ERROR') };
}
