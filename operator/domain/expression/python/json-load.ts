// operator/domain/expression/python/json-load.ts — JSON text → values, as Python's json.loads() or orjson.loads() reads it.
import { allowItems, deeper, spend } from '../evaluation.ts';
import { ExpressionFault, valueFault } from '../fault.ts';
import { Dict } from './dict.ts';
import { float, int } from './numbers.ts';
import { textLength } from './text.ts';
import type { Plain, Value } from './values.ts';

/** Which reader: Python's own, or orjson, which is strict. Both keep the last of equal keys. */
export type JsonDialect = 'python' | 'orjson';

/** The value of a JSON text. @throws ExpressionFault JSONDecodeError, with line and column */
export function loadJson(text: string, dialect: JsonDialect = 'python'): Value {
  spend(text.length >>> 4);
  const reader = new Reader(text, dialect);
  return reader.document();
}

/** Longest int that Python reads, in digits. */
const DIGITS_MAX = 4300;
const WORDS: readonly (readonly [string, Value])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
];
const PYTHON_WORDS: readonly (readonly [string, Value])[] = [
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
];
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Words of the two readers for the same mistakes. */
const MESSAGES = {
  value: ['Expecting value', 'unexpected character'],
  end: ['Expecting value', 'unexpected end of data'],
  extra: ['Extra data', 'unexpected content after document'],
  key: ['Expecting property name enclosed in double quotes', 'unexpected character'],
  colon: ["Expecting ':' delimiter", 'unexpected character'],
  comma: ["Expecting ',' delimiter", 'unexpected character'],
  control: ['Invalid control character at', 'unexpected control character in string'],
  escape: ['Invalid \\escape', 'invalid escaped character in string'],
  unicode: ['Invalid \\uXXXX escape', 'invalid escaped sequence in string'],
  unclosed: ['Unterminated string starting at', 'unclosed string'],
} as const;

/** A place in a text, moving on. */
class Reader {
  readonly #text: string;
  readonly #dialect: JsonDialect;
  #at = 0;
  constructor(text: string, dialect: JsonDialect) {
    this.#text = text;
    this.#dialect = dialect;
  }

  document(): Value {
    if (this.#dialect === 'python' && this.#text.startsWith('\ufeff')) {
      throw this.#told('Unexpected UTF-8 BOM (decode using utf-8-sig)', 0);
    }
    if (this.#dialect === 'orjson' && this.#text === '') {
      throw this.#told('Input is a zero-length, empty document', 0);
    }
    this.#blanks();
    const value = this.#value();
    this.#blanks();
    if (this.#at < this.#text.length) throw this.#fault('extra');
    return value;
  }

  #blanks(): void {
    for (;;) {
      const c = this.#text.charCodeAt(this.#at);
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return;
      this.#at++;
    }
  }

  #value(): Value {
    const c = this.#text.charAt(this.#at);
    if (c === '"') return this.#string();
    if (c === '{') return deeper(() => this.#object());
    if (c === '[') return deeper(() => this.#list());
    for (const [word, value] of this.#dialect === 'python' ? [...WORDS, ...PYTHON_WORDS] : WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    return this.#number();
  }

  #list(): Value {
    this.#at++;
    this.#blanks();
    const items: Value[] = [];
    if (this.#take(']')) return items;
    for (;;) {
      items.push(this.#value());
      if (items.length % 64 === 0) allowItems(items.length);
      this.#blanks();
      if (this.#take(']')) return items;
      this.#comma(']');
    }
  }

  #object(): Value {
    this.#at++;
    this.#blanks();
    const entries: [string, Value][] = [];
    if (this.#take('}')) return {};
    for (;;) {
      if (this.#text.charAt(this.#at) !== '"') throw this.#fault('key');
      const key = this.#string();
      this.#blanks();
      if (!this.#take(':')) throw this.#fault('colon');
      this.#blanks();
      entries.push([key, this.#value()]);
      if (entries.length % 64 === 0) allowItems(entries.length);
      this.#blanks();
      if (this.#take('}')) return asDict(entries);
      this.#comma('}');
    }
  }

  #comma(close: string): void {
    if (!this.#take(',')) throw this.#fault('comma');
    const at = this.#at - 1;
    this.#blanks();
    if (!this.#isPython() && this.#text.startsWith(close, this.#at)) {
      throw this.#told('trailing comma is not allowed', at);
    }
  }

  #take(c: string): boolean {
    if (this.#text.charAt(this.#at) !== c) return false;
    this.#at++;
    return true;
  }

  #string(): string {
    const start = this.#at++;
    let out = '';
    for (;;) {
      const from = this.#at;
      let c = this.#text.charCodeAt(this.#at);
      while (c >= 0x20 && c !== 0x22 && c !== 0x5c) c = this.#text.charCodeAt(++this.#at);
      out += this.#text.slice(from, this.#at);
      if (Number.isNaN(c)) throw this.#fault('unclosed', start);
      if (c < 0x20) throw this.#fault('control');
      this.#at++;
      if (c === 0x22) return this.#checked(out, start);
      out += this.#escape(start);
    }
  }

  /** orjson refuses what is no character. */
  #checked(text: string, start: number): string {
    if (this.#dialect === 'orjson' && /[\ud800-\udfff]/.test(text) && !text.isWellFormed()) {
      throw this.#fault('unicode', start);
    }
    return text;
  }

  #escape(start: number): string {
    const c = this.#text.charAt(this.#at);
    if (c === '') throw this.#fault('unclosed', start);
    const known = Object.hasOwn(ESCAPES, c) ? ESCAPES[c] : undefined;
    if (known !== undefined) {
      this.#at++;
      return known;
    }
    if (c !== 'u') {
      if (this.#dialect === 'orjson') throw this.#fault('escape', this.#at - 1);
      throw this.#told(`Invalid \\escape`, this.#at - 1);
    }
    const digits = this.#text.slice(this.#at + 1, this.#at + 5);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#fault('unicode', this.#at - (this.#isPython() ? 0 : 1));
    this.#at += 5;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #isPython(): boolean {
    return this.#dialect === 'python';
  }

  #number(): Value {
    const pattern = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
    pattern.lastIndex = this.#at;
    const [digits, fraction, exponent] = pattern.exec(this.#text) ?? [];
    if (digits === undefined) throw this.#fault(this.#at < this.#text.length ? 'value' : 'end');
    this.#at += digits.length;
    if (fraction !== undefined || exponent !== undefined) return this.#float(Number(digits));
    if (!this.#isPython()) return this.#bounded(digits);
    if (digits.length > DIGITS_MAX) {
      throw valueFault(`Exceeds the limit (${DIGITS_MAX} digits) for integer string conversion`);
    }
    return digits.length < 16 ? Number(digits) + 0 : int(BigInt(digits));
  }

  #float(value: number): Value {
    if (!this.#isPython() && !Number.isFinite(value)) {
      throw this.#told('number is infinity when parsed as double', this.#at);
    }
    return float(value);
  }

  /** orjson's ints have 64 bits; what has more is a float. */
  #bounded(digits: string): Value {
    if (/^-?0$/.test(digits) && /[0-9]/.test(this.#text.charAt(this.#at))) {
      throw this.#told('number with leading zero is not allowed', this.#at - digits.length);
    }
    if (digits.length < 16) return Number(digits) + 0;
    if (digits.length > 20) return this.#float(Number(digits));
    const whole = BigInt(digits);
    return whole < -(2n ** 63n) || whole >= 2n ** 64n ? this.#float(Number(digits)) : int(whole);
  }

  #fault(about: keyof typeof MESSAGES, at = this.#at): ExpressionFault {
    const [python, orjson] = MESSAGES[about];
    if (!this.#isPython() && this.#at >= this.#text.length) {
      return this.#told('unexpected end of data', this.#text.length);
    }
    return this.#told(this.#isPython() ? python : orjson, at);
  }

  #told(what: string, at: number): ExpressionFault {
    const before = this.#text.slice(0, at);
    const line = before.split('\n').length;
    const column = textLength(before.slice(before.lastIndexOf('\n') + 1)) + 1;
    const message = `${what}: line ${line} column ${column} (char ${textLength(before)})`;
    return new ExpressionFault('value', 'JSONDecodeError', message, { place: { line, column } });
  }
}

/** Keys that a plain object would put first, or lose. */
const REORDERED = /^(?:0|[1-9][0-9]*)$/;

/** A dict of entries in their order; the last of equal keys counts. */
export function asDict(entries: readonly (readonly [string, Value])[]): Plain | Dict {
  allowItems(entries.length);
  if (entries.some(([key]) => key === '__proto__' || REORDERED.test(key))) return new Dict(entries);
  return Object.fromEntries(entries);
}
