// operator/domain/action/strict-json.ts — JSON text ↔ values as StackStorm's parameters read and write it: strict, int and float apart.
import { allowCharacters, allowItems, deeper, spend } from '../expression/evaluation.ts';
import { placeOf, typeFault, valueFault, ExpressionFault } from '../expression/fault.ts';
import { Bytes, Tuple } from '../expression/python/collections.ts';
import { dictEntries, isDict } from '../expression/python/dict.ts';
import { float, int, isFloat, asNumber } from '../expression/python/numbers.ts';
import { textLength } from '../expression/python/text.ts';
import { isList, type Plain, typeName, type Value } from '../expression/python/values.ts';

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
/** What needs no look inside a text, and an escape. */
// oxlint-disable-next-line no-control-regex -- JSON forbids them
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const WORDS: readonly (readonly [string, Value])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
];
/** Ints outside of 64 bits are read as floats, and not written at all. */
const [INT_MIN, INT_MAX] = [-(2n ** 63n), 2n ** 64n - 1n];

/** @throws ExpressionFault JSONDecodeError with the place */
export function readJson(text: string): Value {
  spend(text.length >>> 6);
  const reader = { text, at: 0 };
  if (text === '') throw fault(reader, 'Input is a zero-length, empty document');
  const value = readValue(reader);
  skip(reader);
  if (reader.at < text.length) throw fault(reader, 'unexpected content after document');
  return value;
}

interface Reader {
  readonly text: string;
  at: number;
}

function fault({ text, at }: Reader, why: string): ExpressionFault {
  const { line, column } = placeOf(text, at);
  const reason = at >= text.length && text !== '' ? 'unexpected end of data' : why;
  return new ExpressionFault(
    'value',
    'JSONDecodeError',
    `${reason}: line ${line} column ${column} (char ${textLength(text.slice(0, at))})`,
  );
}

function take(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text) ?? undefined;
  reader.at += found?.[0].length ?? 0;
  return found;
}

const skip = (reader: Reader): void => void take(reader, SPACE);

function sign(reader: Reader, mark: string): boolean {
  skip(reader);
  if (reader.text[reader.at] !== mark) return false;
  reader.at++;
  return true;
}

function readValue(reader: Reader): Value {
  spend(1);
  skip(reader);
  const { text, at } = reader;
  const first = text[at];
  if (first === '"') return readString(reader);
  if (first === '[') return deeper(() => readList(reader));
  if (first === '{') return deeper(() => readObject(reader));
  for (const [word, value] of WORDS) {
    if (!text.startsWith(word, at)) continue;
    reader.at += word.length;
    return value;
  }
  return readNumber(reader);
}

function readString(reader: Reader): string {
  const start = reader.at++;
  for (;;) {
    take(reader, PLAIN);
    const next = reader.text[reader.at];
    if (next === '"') break;
    if (next !== '\\') throw fault(reader, 'unexpected control character in string');
    if (!take(reader, ESCAPE)) throw fault(reader, 'invalid escaped sequence in string');
  }
  reader.at++;
  const text = JSON.parse(reader.text.slice(start, reader.at)) as string;
  if (!text.isWellFormed()) throw fault({ text: reader.text, at: start + 1 }, 'no low surrogate in string');
  return text;
}

function readList(reader: Reader): Value {
  const items: Value[] = [];
  reader.at++;
  if (sign(reader, ']')) return items;
  for (;;) {
    items.push(readValue(reader));
    // Doubling keeps the count of the work in proportion.
    if ((items.length & (items.length - 1)) === 0) allowItems(items.length);
    if (sign(reader, ']')) return items;
    const comma = reader.at;
    if (!sign(reader, ',')) throw fault(reader, "unexpected character, expected ',' or ']'");
    if (sign(reader, ']')) throw fault({ text: reader.text, at: comma }, 'trailing comma is not allowed');
  }
}

function readObject(reader: Reader): Plain {
  const entries: [string, Value][] = [];
  reader.at++;
  if (sign(reader, '}')) return {};
  for (;;) {
    skip(reader);
    if (reader.text[reader.at] !== '"') throw fault(reader, 'unexpected character, expected a string key');
    const key = readString(reader);
    if (!sign(reader, ':')) throw fault(reader, "unexpected character, expected ':' after key");
    entries.push([key, readValue(reader)]);
    if (sign(reader, '}')) return Object.fromEntries(entries);
    const comma = reader.at;
    if (!sign(reader, ',')) throw fault(reader, "unexpected character, expected ',' or '}'");
    if (sign(reader, '}')) throw fault({ text: reader.text, at: comma }, 'trailing comma is not allowed');
  }
}

function readNumber(reader: Reader): Value {
  const start = reader.at;
  const found = take(reader, NUMBER);
  if (!found) throw fault(reader, 'unexpected character, expected a JSON value');
  const [text, fraction, exponent] = found;
  if (/^-?0\d/.test(reader.text.slice(start, start + 3)))
    throw fault({ text: reader.text, at: start }, 'number with leading zero is not allowed');
  const next = reader.text[reader.at] ?? '';
  if (next !== '' && '.eE'.includes(next)) throw fault(reader, 'no digit after decimal point or exponent');
  if (fraction === undefined && exponent === undefined && text.length <= 20) {
    const whole = BigInt(text);
    if (whole >= INT_MIN && whole <= INT_MAX) return int(whole);
  }
  const number = Number(text);
  if (Number.isFinite(number)) return float(number);
  throw fault({ text: reader.text, at: start }, 'number is infinity when parsed as double');
}

/** Without blanks. @throws ExpressionFault for what JSON does not have */
export function writeJson(value: Value): string {
  spend(1);
  if (typeof value === 'string') return writeText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (isFloat(value)) return writeFloat(asNumber(value));
  if (typeof value === 'number' || typeof value === 'bigint') {
    const whole = BigInt(value);
    if (whole < INT_MIN || whole > INT_MAX) throw typeFault('Integer exceeds 64-bit range');
    return whole.toString();
  }
  const text = deeper(() => writeCollection(value));
  allowCharacters(text.length);
  return text;
}

function writeCollection(value: Value): string {
  if (isList(value)) return `[${value.map(writeJson).join(',')}]`;
  if (value instanceof Tuple) return `[${value.items.map(writeJson).join(',')}]`;
  if (value instanceof Bytes) return writeText(new TextDecoder().decode(value.bytes));
  if (!isDict(value)) throw typeFault(`Type is not JSON serializable: ${typeName(value)}`);
  const pairs = dictEntries(value).map(([key, item]) => {
    if (typeof key !== 'string') throw typeFault('Dict key must be str');
    return `${writeText(key)}:${writeJson(item)}`;
  });
  return `{${pairs.join(',')}}`;
}

function writeText(text: string): string {
  if (!text.isWellFormed()) throw valueFault('str is not valid UTF-8: surrogates not allowed');
  return JSON.stringify(text);
}

/** JavaScript's digits; from 1e16 on with an exponent, and always with a sign that it is a float. */
function writeFloat(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size >= 1e16 || (size !== 0 && size < 1e-5)) return value.toExponential();
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}
