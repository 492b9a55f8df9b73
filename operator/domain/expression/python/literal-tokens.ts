// operator/domain/expression/python/literal-tokens.ts — text of a Python expression → tokens: numbers, strings, names and operators.
import { spend } from '../evaluation.ts';
import { ExpressionFault } from '../fault.ts';
import { Bytes } from './collections.ts';
import { float } from './numbers.ts';
import { toInt } from './parse-number.ts';
import { ESCAPED_IN_STRING, truncated } from './string-escapes.ts';
import type { Value } from './values.ts';

export interface Token {
  /** `f` is a string with expressions inside, `complex` a number with a j. */
  readonly type: 'constant' | 'complex' | 'f' | 'name' | 'operator' | 'end';
  /** A name, an operator; empty for the rest. */
  readonly text: string;
  readonly value: Value;
  readonly line: number;
  readonly isString: boolean;
}

/** Python's SyntaxError; its text ends with the line. */
export const syntaxFault = (message: string, line: number) =>
  new ExpressionFault('syntax', 'SyntaxError', `${message} (<unknown>, line ${line})`, { place: { line, column: 1 } });

const BLANK = /(?:[ \t\f]|\\\n|#[^\n]*)+/y;
/** Space before anything but a comment or a line end. */
const INDENT = /[ \t\f]+(?=[^\s#]|$)/y;
const NAME = /[\p{XID_Start}_]\p{XID_Continue}*/uy;
const STRING = /([a-zA-Z]{0,2})('''|"""|'|")/y;
const NUMBER =
  /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?[jJ]?/y;
const OPERATOR = /\*\*|\/\/|<<|>>|<=|>=|==|!=|->|:=|\.\.\.|[-+*/%@&|^~<>()[\]{},:.=;!?$`]/y;
/** What may follow a number without a space between. */
const GLUED = /(?:and|else|for|if|in|is|not|or)(?!\p{XID_Continue})/uy;
const PREFIXES: ReadonlySet<string> = new Set(['', 'u', 'b', 'r', 'br', 'rb', 'f', 'fr', 'rf']);
const CLOSING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** All tokens of a text, the last of them `end`. @throws ExpressionFault SyntaxError */
export function tokensOf(source: string): readonly Token[] {
  if (source.includes('\0')) {
    throw new ExpressionFault('syntax', 'SyntaxError', 'source code string cannot contain null bytes');
  }
  const text = source.replaceAll(/\r\n?/g, '\n');
  spend(text.length >>> 3);
  const tokens: Token[] = [];
  const open: { readonly mark: string; readonly line: number }[] = [];
  let [at, line] = [0, 1];
  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text) ?? undefined;
  };
  const push = (type: Token['type'], word: string, value: Value = null, isString = false) => {
    tokens.push({ type, text: word, value, line, isString });
  };
  while (at < text.length) {
    const blank = match(BLANK);
    if (blank) {
      at += blank[0].length;
      line += linesIn(blank[0]);
      continue;
    }
    if (text.charAt(at) === '\n') {
      if (open.length === 0 && tokens.length > 0 && text.slice(at).replaceAll(/#[^\n]*|\s/g, '') !== '') {
        throw syntaxFault('invalid syntax', line + 1);
      }
      at++;
      line++;
      if (open.length === 0 && match(INDENT)) {
        throw new ExpressionFault('syntax', 'IndentationError', `unexpected indent (<unknown>, line ${line})`);
      }
      continue;
    }
    const quote = match(STRING);
    if (quote && PREFIXES.has((quote[1] ?? '').toLowerCase())) {
      const end = endOfString(text, at, quote, line);
      const prefix = (quote[1] ?? '').toLowerCase();
      const body = text.slice(at + quote[0].length, end - (quote[2]?.length ?? 1));
      if (prefix.includes('f')) push('f', '', null, true);
      else push('constant', '', stringValue(body, prefix, line), true);
      line += linesIn(body);
      at = end;
      continue;
    }
    const number = match(NUMBER);
    if (number) {
      at += number[0].length;
      const isGlued = match(NAME) !== undefined && match(GLUED) === undefined;
      if (isGlued) throw syntaxFault(numberComplaint(number[0]), line);
      if (/^0_?[0-9_]*[1-9]/.test(number[0]) && /^[0-9_]+$/.test(number[0])) {
        const remedy = 'use an 0o prefix for octal integers';
        throw syntaxFault(`leading zeros in decimal integer literals are not permitted; ${remedy}`, line);
      }
      if (/[jJ]$/.test(number[0])) push('complex', number[0]);
      else push('constant', '', numberValue(number[0]));
      continue;
    }
    const word = match(NAME)?.[0] ?? match(OPERATOR)?.[0];
    if (word === undefined) throw syntaxFault(strangeCharacter(text, at), line);
    if ('([{'.includes(word)) open.push({ mark: word, line });
    else if (CLOSING[word] !== undefined) {
      const opened = open.pop();
      if (!opened) throw syntaxFault(`unmatched '${word}'`, line);
      if (opened.mark !== CLOSING[word]) {
        throw syntaxFault(`closing parenthesis '${word}' does not match opening parenthesis '${opened.mark}'`, line);
      }
    }
    push(/[\p{XID_Start}_]/u.test(word) ? 'name' : 'operator', word);
    at += word.length;
  }
  const unclosed = open.at(-1);
  if (unclosed) throw syntaxFault(`'${unclosed.mark}' was never closed`, unclosed.line);
  push('end', '');
  return tokens;
}

const linesIn = (text: string): number => (text.includes('\n') ? text.split('\n').length - 1 : 0);

function strangeCharacter(text: string, at: number): string {
  if (text.charAt(at) === '\\') return 'unexpected character after line continuation character';
  const c = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const code = (c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return /[\p{C}\p{Z}]/u.test(c) ? `invalid non-printable character U+${code}` : `invalid character '${c}' (U+${code})`;
}

function numberComplaint(text: string): string {
  const kind = { x: 'hexadecimal', o: 'octal', b: 'binary' }[text.charAt(1).toLowerCase()];
  return `invalid ${kind ?? 'decimal'} literal`;
}

function numberValue(text: string): Value {
  const isInteger = /^0[xXoObB]/.test(text) || /^[0-9_]+$/.test(text);
  return isInteger ? toInt(text, 0) : float(Number(text.replaceAll('_', '')));
}

/** Where a string ends, behind its quotes. */
function endOfString(text: string, start: number, quote: RegExpExecArray, line: number): number {
  const mark = quote[2] ?? "'";
  for (let at = start + quote[0].length; at < text.length; at++) {
    const c = text.charAt(at);
    if (c === '\\') at++;
    else if (text.startsWith(mark, at)) return at + mark.length;
    else if (c === '\n' && mark.length === 1) break;
  }
  const kind = mark.length === 3 ? 'triple-quoted string' : 'string';
  throw syntaxFault(`unterminated ${kind} literal (detected at line ${line})`, line);
}

function stringValue(body: string, prefix: string, line: number): Value {
  if (!prefix.includes('b')) return prefix.includes('r') ? body : unescape(body, false, line);
  if (/[\u0080-\uffff]/.test(body)) throw syntaxFault('bytes can only contain ASCII literal characters', line);
  const plain = prefix.includes('r') ? body : unescape(body, true, line);
  return new Bytes(Uint8Array.from(plain, (c) => c.charCodeAt(0) & 0xff));
}

const ESCAPE = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g;

/** Escapes that mean nothing stay as they are; bytes know those of Unicode as such. */
function unescape(body: string, isBytes: boolean, line: number): string {
  return body.replaceAll(
    ESCAPE,
    (all: string, octal?: string, x?: string, u?: string, long?: string, c?: string, at = 0) => {
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      if (x !== undefined) return String.fromCodePoint(Number.parseInt(x, 16));
      const hex = u ?? long;
      if (hex !== undefined && !isBytes) {
        const code = Number.parseInt(hex, 16);
        if (code <= 0x10ffff) return String.fromCodePoint(code);
        throw unicodeFault(body, at, all.length, 'illegal Unicode character', line);
      }
      if (c === 'x' && isBytes) throw syntaxFault(`(value error) invalid \\x escape at position ${at}`, line);
      if (c === 'x' || (!isBytes && (c === 'u' || c === 'U' || c === 'N'))) throw brokenEscape(body, at, c, line);
      return ESCAPED_IN_STRING.get(c ?? '') ?? all;
    },
  );
}

/** An escape with too few digits, or with the name of a character, of which none are known here. */
function brokenEscape(body: string, at: number, c: string, line: number): ExpressionFault {
  const name = /^\\N\{[^}]+\}/.exec(body.slice(at, at + 100));
  if (name) return unicodeFault(body, at, name[0].length, 'unknown Unicode character name', line);
  if (c === 'N') return unicodeFault(body, at, 2, 'malformed \\N character escape', line);
  const digits = /^[0-9a-fA-F]*/.exec(body.slice(at + 2, at + 10))?.[0] ?? '';
  return unicodeFault(body, at, 2 + digits.length, truncated(c), line);
}

/** Python counts what is not ASCII as the escape of ten characters that it makes of it. */
function unicodeFault(body: string, at: number, length: number, reason: string, line: number): ExpressionFault {
  const start = body.slice(0, at).replaceAll(/[^\x20-\x7e\s]/gu, '0123456789').length;
  const codec = "'unicodeescape' codec can't decode bytes";
  return syntaxFault(`(unicode error) ${codec} in position ${start}-${start + length - 1}: ${reason}`, line);
}
