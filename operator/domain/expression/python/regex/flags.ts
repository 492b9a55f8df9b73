// operator/domain/expression/python/regex/flags.ts — `(?im-sx:…)`: flags that an expression sets itself.
import type { Source } from './source.ts';
import type { Flags } from './tree.ts';

export interface InlineFlags {
  /** For a part of the expression rather than for all of it. */
  readonly scoped: boolean;
  readonly on: Flags;
  readonly off: Flags;
}

const KNOWN = 'aiLmsux';
const TYPES = 'auL';

const isKnown = (c: string) => c !== '' && KNOWN.includes(c);
const isLetter = (c: string) => /^\p{L}$/u.test(c);

/** Reads from the character after `(?` on. @throws ExpressionFault re.error */
export function readFlags(source: Source, begin: string): InlineFlags {
  if (!isKnown(begin) && begin !== '-') throw source.fault(`unknown extension ?${begin}`, [...begin].length + 1);
  const on = new Set<string>();
  const off = new Set<string>();
  let c = begin;
  while (c !== ')' && c !== '-' && c !== ':') {
    turnOn(source, c, on);
    c = source.get();
    if (c === '') throw source.fault('missing -, : or )');
    if (!isKnown(c) && !')-:'.includes(c)) {
      throw source.fault(isLetter(c) ? 'unknown flag' : 'missing -, : or )', [...c].length);
    }
  }
  if (c === ')') return { scoped: false, on, off };
  if (c === '-') readOff(source, off);
  if ([...on].some((flag) => off.has(flag))) throw source.fault('bad inline flags: flag turned on and off', 1);
  return { scoped: true, on, off };
}

function turnOn(source: Source, flag: string, on: Set<string>): void {
  if (flag === 'L') throw source.fault("bad inline flags: cannot use 'L' flag with a str pattern");
  on.add(flag);
  if ([...on].filter((one) => TYPES.includes(one)).length > 1) {
    throw source.fault("bad inline flags: flags 'a', 'u' and 'L' are incompatible");
  }
}

function readOff(source: Source, off: Set<string>): void {
  let c = source.get();
  if (c === '') throw source.fault('missing flag');
  if (!isKnown(c)) throw source.fault(isLetter(c) ? 'unknown flag' : 'missing flag', [...c].length);
  while (c !== ':') {
    if (TYPES.includes(c)) throw source.fault("bad inline flags: cannot turn off flags 'a', 'u' and 'L'");
    off.add(c);
    c = source.get();
    if (c === '') throw source.fault('missing :');
    if (!isKnown(c) && c !== ':') throw source.fault(isLetter(c) ? 'unknown flag' : 'missing :', [...c].length);
  }
}
