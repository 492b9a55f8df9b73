// operator/domain/expression/python/json.ts — values → JSON text, as Python's json.dumps() writes it.
import { allowCharacters, deeper, spend } from '../evaluation.ts';
import { typeFault } from '../fault.ts';
import { Tuple } from './collections.ts';
import { compareText } from './compare.ts';
import { type AnyDict, dictEntries, isDict } from './dict.ts';
import { sorted } from './iterate.ts';
import { asNumber, isFloat, isNumeric } from './numbers.ts';
import { asIndex } from './text.ts';
import { floatRepr, isList, PyObject, typeName, type Value } from './values.ts';

/** Options of json.dumps(); what is left out is Python's default. */
export interface JsonStyle {
  readonly sortKeys?: boolean;
  /** null: all on one line; an int: that many blanks a level; a text: that text. */
  readonly indent?: Value;
  /** Between items, and between key and value. */
  readonly separators?: readonly [item: string, key: string];
  /** Everything beyond ASCII escaped; so unless told. */
  readonly ensureAscii?: boolean;
}

interface Writer {
  readonly sortKeys: boolean;
  readonly indent: string | undefined;
  readonly item: string;
  readonly key: string;
  readonly quote: (text: string) => string;
}

/** JSON text of a value. @throws ExpressionFault TypeError `Object of type set is not JSON serializable` */
export function dumpJson(value: Value, style: JsonStyle = {}): string {
  const indent = indentOf(style.indent ?? null);
  const [item, key] = style.separators ?? [indent === undefined ? ', ' : ',', ': '];
  const quote = style.ensureAscii === false ? quoteJson : quoteAscii;
  return write(value, { sortKeys: style.sortKeys ?? false, indent, item, key, quote }, '\n');
}

function indentOf(indent: Value): string | undefined {
  if (indent === null) return undefined;
  if (typeof indent === 'string') return indent;
  const width = asIndex(indent);
  if (width === undefined) throw typeFault(`can't multiply sequence by non-int of type '${typeName(indent)}'`);
  allowCharacters(Math.max(0, width));
  return ' '.repeat(Math.max(0, width));
}

/** `newline` is what begins a line at the value's own depth. */
function write(value: Value, writer: Writer, newline: string): string {
  if (typeof value === 'string') return writer.quote(value);
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (isNumeric(value)) return numberText(value);
  const items = isList(value) ? value : value instanceof Tuple ? value.items : undefined;
  if (items) {
    spend(items.length);
    const inner = writer.indent === undefined ? '' : newline + writer.indent;
    return enclosed(
      '[',
      ']',
      deeper(() => items.map((one) => write(one, writer, inner))),
      writer,
      newline,
    );
  }
  if (isDict(value)) return writeDict(value, writer, newline);
  if (value instanceof PyObject && value.isText()) return writer.quote(value.text());
  throw typeFault(`Object of type ${typeName(value)} is not JSON serializable`);
}

function writeDict(dict: AnyDict, writer: Writer, newline: string): string {
  const entries = dictEntries(dict);
  spend(entries.length);
  const inner = writer.indent === undefined ? '' : newline + writer.indent;
  const ordered = writer.sortKeys ? byKey(entries) : entries;
  const members = deeper(() =>
    ordered.map(([key, value]) => writer.quote(keyText(key)) + writer.key + write(value, writer, inner)),
  );
  return enclosed('{', '}', members, writer, newline);
}

function byKey(entries: readonly (readonly [Value, Value])[]): readonly (readonly [Value, Value])[] {
  if (entries.every(([key]) => typeof key === 'string')) {
    spend(entries.length * Math.ceil(Math.log2(entries.length + 1)));
    return entries.toSorted(([a], [b]) => compareText(a as string, b as string));
  }
  const places = sorted(entries.keys(), (at) => (entries[at as number] as readonly [Value, Value])[0]);
  return places.map((at) => entries[at as number] as readonly [Value, Value]);
}

function enclosed(open: string, close: string, parts: readonly string[], writer: Writer, newline: string): string {
  if (parts.length === 0) return open + close;
  let size = 0;
  for (const part of parts) size += part.length;
  allowCharacters(size + parts.length * (writer.item.length + newline.length));
  if (writer.indent === undefined) return open + parts.join(writer.item) + close;
  const inner = newline + writer.indent;
  return open + inner + parts.join(writer.item + inner) + newline + close;
}

function numberText(value: Value): string {
  if (!isNumeric(value)) return '';
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (!isFloat(value)) return BigInt(value as number | bigint).toString();
  const x = asNumber(value);
  if (Number.isFinite(x)) return floatRepr(x);
  return Number.isNaN(x) ? 'NaN' : x > 0 ? 'Infinity' : '-Infinity';
}

function keyText(key: Value): string {
  if (typeof key === 'string') return key;
  if (key === null) return 'null';
  if (typeof key === 'boolean') return key ? 'true' : 'false';
  if (isNumeric(key)) return numberText(key);
  if (key instanceof PyObject && key.isText()) return key.text();
  throw typeFault(`keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

const NAMED: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

const escapeUnit = (c: string) => NAMED[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Texts that are written as they are: printable ASCII without quotes and backslashes. */
const SIMPLE = /^[ !#-[\]-~]*$/;

/** A JSON string in ASCII. */
function quoteAscii(text: string): string {
  allowCharacters(text.length);
  if (SIMPLE.test(text)) return `"${text}"`;
  const escaped = text.replaceAll(/["\\]|[^ -~]/g, escapeUnit);
  allowCharacters(escaped.length);
  return `"${escaped}"`;
}

/** A JSON string that keeps what is not ASCII. */
function quoteJson(text: string): string {
  allowCharacters(text.length);
  // oxlint-disable-next-line no-control-regex -- these are what JSON escapes
  return `"${text.replaceAll(/["\\\u0000-\u001f]/g, escapeUnit)}"`;
}
