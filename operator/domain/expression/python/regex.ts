// operator/domain/expression/python/regex.ts — Python's expressions → RE2's, which run in linear time whatever the text is.
import { RE2JS } from 're2js';

/** Expressions that came out of templates are kept up to this number; those of rules stay with their rule. */
const KEPT = 1000;
const kept = new Map<string, RE2JS>();

/** Longest expression, in characters. */
const PATTERN_MAX = 4096;

/** Compiles an expression as Python's `re` reads it. @throws Error that says what RE2 does not take */
export function compileRegex(pattern: string): RE2JS {
  if (pattern.length > PATTERN_MAX) throw new Error(`the expression is longer than ${PATTERN_MAX} characters`);
  try {
    return RE2JS.compile(toRe2(pattern));
  } catch (cause) {
    const lookaround = /\(\?<?[=!]/.test(pattern) ? '; lookaround is not available' : '';
    throw new Error(`"${pattern.slice(0, 100)}" is not a valid expression${lookaround}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** As `compileRegex`, but remembers: for expressions that are made per event. */
export function cachedRegex(pattern: string): RE2JS {
  const known = kept.get(pattern);
  if (known) return known;
  const compiled = compileRegex(pattern);
  const oldest = kept.size >= KEPT ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  kept.set(pattern, compiled);
  return compiled;
}

/** Python's classes know all of Unicode, and its $ also matches before a last line break. */
const OUTSIDE: Readonly<Record<string, string>> = {
  '\\w': '[\\p{L}\\p{N}_]',
  '\\W': '[^\\p{L}\\p{N}_]',
  '\\d': '\\p{Nd}',
  '\\D': '\\P{Nd}',
  '\\s': '[\\s\\x0b\\x1c-\\x1f\\x85\\p{Z}]',
  '\\S': '[^\\s\\x0b\\x1c-\\x1f\\x85\\p{Z}]',
  '\\Z': '\\z',
};
const INSIDE: Readonly<Record<string, string>> = {
  '\\w': '\\p{L}\\p{N}_',
  '\\d': '\\p{Nd}',
  '\\D': '\\P{Nd}',
  '\\s': '\\s\\x0b\\x1c-\\x1f\\x85\\p{Z}',
};

function toRe2(pattern: string): string {
  const multiline = /\(\?[a-z]*m/.test(pattern);
  let out = '';
  let inClass = false;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern.charAt(i);
    if (c === '\\') {
      const escape = pattern.slice(i, i + 2);
      out += (inClass ? INSIDE : OUTSIDE)[escape] ?? escape;
      i++;
    } else if (inClass) {
      inClass = c !== ']';
      out += c === '[' ? '\\[' : c; // RE2 would read [:alpha:], Python does not
    } else if (c === '[') {
      inClass = true;
      const head = /^\[\^?\]?/.exec(pattern.slice(i))?.[0] ?? c; // a ] that comes first is a character
      out += head.endsWith(']') ? `${head.slice(0, -1)}\\]` : head;
      i += head.length - 1;
    } else out += c === '$' && !multiline ? '\\n?\\z' : c;
  }
  return out;
}
