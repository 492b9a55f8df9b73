// operator/domain/expression/python/json-load.ts — JSON text → values, as Python's json.loads() or orjson.loads() reads it.
import { allowItems, deeper, spend } from '../evaluation.ts';
import type { ExpressionFault } from '../fault.ts';
import { Dict } from './dict.ts';
import { readJsonNumber } from './json-number.ts';
import { type JsonDialect, jsonFault, type JsonMistake, jsonMistake, textEnds } from './json-words.ts';
import type { Plain, Value } from './values.ts';

type Entries = readonly (readonly [string, Value])[];

/**
 * The value of a JSON text; `objectOf` makes its objects, the last of equal keys counts.
 * @throws ExpressionFault JSONDecodeError, with line and column
 */
export function loadJson(
  text: string,
  dialect: JsonDialect = 'python',
  objectOf: (entries: Entries) => Value = asDict,
): Value {
  spend(text.length >>> 4);
  return new Reader(text, dialect, objectOf).document();
}

const WORDS: readonly (readonly [string, Value])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
];
const PYTHON_WORDS: readonly (readonly [string, Value])[] = [
  ...WORDS,
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
];
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** A place in a text, moving on. */
class Reader {
  readonly #text: string;
  readonly #dialect: JsonDialect;
  readonly #objectOf: (entries: Entries) => Value;
  #at = 0;
  constructor(text: string, dialect: JsonDialect, objectOf: (entries: Entries) => Value) {
    this.#text = text;
    this.#dialect = dialect;
    this.#objectOf = objectOf;
  }

  document(): Value {
    const refused = this.#isPython() ? refusedByPython(this.#text) : refusedByOrjson(this.#text);
    if (refused !== undefined) throw jsonFault(this.#text, 0, refused);
    this.#blanks();
    const value = this.#value();
    this.#blanks();
    if (this.#at < this.#text.length) throw this.#fault('extra');
    return value;
  }

  #isPython(): boolean {
    return this.#dialect === 'python';
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
    for (const [word, value] of this.#isPython() ? PYTHON_WORDS : WORDS) {
      if (!this.#text.startsWith(word, this.#at)) {
        if (c === word.charAt(0)) this.#refuseHalf(word);
        continue;
      }
      this.#at += word.length;
      return value;
    }
    const number = readJsonNumber(this.#text, this.#at, this.#dialect);
    this.#at = number.end;
    return number.value;
  }

  #refuseHalf(word: string): void {
    if (this.#isPython()) return;
    if (word.startsWith(this.#text.slice(this.#at))) throw textEnds(this.#text);
    throw jsonFault(this.#text, this.#at, `invalid literal, expected '${word}'`);
  }

  #list(): Value {
    this.#at++;
    this.#blanks();
    const items: Value[] = [];
    if (this.#take(']')) return items;
    for (;;) {
      spend(1);
      items.push(this.#value());
      this.#blanks();
      if (this.#take(']')) break;
      this.#comma('item', ']');
    }
    allowItems(items.length);
    return items;
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
      spend(1);
      entries.push([key, this.#value()]);
      this.#blanks();
      if (this.#take('}')) break;
      this.#comma('entry', '}');
    }
    allowItems(entries.length);
    return this.#objectOf(entries);
  }

  #comma(about: JsonMistake, close: string): void {
    const at = this.#at;
    if (!this.#take(',')) throw this.#fault(about);
    this.#blanks();
    if (!this.#isPython() && this.#text.startsWith(close, this.#at)) {
      throw jsonFault(this.#text, at, 'trailing comma is not allowed');
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
      if (Number.isNaN(c)) throw this.#unclosed(start);
      if (c < 0x20) throw this.#fault('control');
      this.#at++;
      if (c === 0x22) return out;
      out += this.#escape(start);
    }
  }

  #escape(start: number): string {
    const c = this.#text.charAt(this.#at);
    if (c === '') throw this.#unclosed(start);
    const known = ESCAPES.get(c);
    if (known === undefined && c !== 'u') throw this.#fault('escape', this.#at - 1);
    this.#at++;
    if (known !== undefined) return known;
    return this.#isPython() ? this.#codeUnit() : this.#character(this.#at - 2);
  }

  /** The code of four digits; Python wants something behind them. */
  #digits(): number | undefined {
    const digits = this.#text.slice(this.#at, this.#at + 4);
    const end = this.#at + 4;
    if (!/^[0-9a-fA-F]{4}$/.test(digits) || (this.#isPython() && end >= this.#text.length)) return undefined;
    this.#at = end;
    return Number.parseInt(digits, 16);
  }

  #codeUnit(): string {
    const code = this.#digits();
    if (code === undefined) throw this.#fault('digits', this.#at - 1);
    return String.fromCharCode(code);
  }

  /** orjson refuses what is no character; `start` is where its first escape begins. */
  #character(start: number): string {
    const high = this.#digits() ?? this.#badCharacter(start, 'invalid escaped sequence');
    if (high < 0xd800 || high > 0xdfff) return String.fromCharCode(high);
    if (high >= 0xdc00) this.#badCharacter(start, 'invalid high surrogate');
    if (!this.#text.startsWith('\\u', this.#at)) this.#badCharacter(start, 'no low surrogate');
    this.#at += 2;
    const low = this.#digits() ?? this.#badCharacter(start, 'invalid escape');
    if (low < 0xdc00 || low > 0xdfff) this.#badCharacter(start, 'invalid low surrogate');
    return String.fromCharCode(high, low);
  }

  #badCharacter(start: number, what: string): never {
    const isCut = /^(?:\\|(?:\\u)?[0-9a-fA-F]{0,3})$/.test(this.#text.slice(this.#at, this.#at + 6));
    throw isCut ? textEnds(this.#text) : jsonFault(this.#text, start, `${what} in string`);
  }

  #unclosed(start: number): ExpressionFault {
    return this.#isPython() ? jsonFault(this.#text, start, 'Unterminated string starting at') : textEnds(this.#text);
  }

  #fault(about: JsonMistake, at = this.#at): ExpressionFault {
    return jsonMistake(this.#dialect, this.#text, at, about);
  }
}

const refusedByPython = (text: string): string | undefined =>
  text.startsWith('\ufeff') ? 'Unexpected UTF-8 BOM (decode using utf-8-sig)' : undefined;

function refusedByOrjson(text: string): string | undefined {
  if (text === '') return 'Input is a zero-length, empty document';
  if (!text.isWellFormed()) return 'str is not valid UTF-8: surrogates not allowed';
  if (text.startsWith('\ufeff')) return 'UTF-8 byte order mark (BOM) is not supported';
  return /^[ \t\r\n]+$/.test(text) ? 'input data is empty' : undefined;
}

/** Keys that a plain object would put first, or lose. */
const REORDERED = /^(?:0|[1-9][0-9]*)$/;

/** A dict of entries in their order; the last of equal keys counts. */
export function asDict(entries: Entries): Plain | Dict {
  allowItems(entries.length);
  if (entries.some(([key]) => key === '__proto__' || REORDERED.test(key))) return new Dict(entries);
  return Object.fromEntries(entries);
}
