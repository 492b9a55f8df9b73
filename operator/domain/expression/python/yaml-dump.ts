// operator/domain/expression/python/yaml-dump.ts — values → YAML text in block style, as PyYAML's safe dumper (with libyaml) writes it.
import { allowCharacters, deeper, spend } from '../evaluation.ts';
import { ExpressionFault } from '../fault.ts';
import { Bytes, PySet, Tuple } from './collections.ts';
import { DateTime, PyDate } from './datetime.ts';
import { dictEntries, isDict } from './dict.ts';
import { sorted } from './iterate.ts';
import { asNumber, isFloat, isNumeric } from './numbers.ts';
import { repr } from './repr.ts';
import { asIndex } from './text.ts';
import { floatRepr, isList, type Value } from './values.ts';
import { type Context, Emitter } from './yaml/emitter.ts';
import { resolveTag } from './yaml/resolve.ts';

export interface YamlStyle {
  /** Columns a level, 2 to 9; 2 unless told. */
  readonly indent?: Value;
  /** Whether characters beyond ASCII stay as they are. */
  readonly allowUnicode?: boolean;
}

/** YAML text of a value; keys are sorted where they have an order. @throws ExpressionFault RepresenterError for what YAML has no form for */
export function dumpYaml(value: Value, style: YamlStyle = {}): string {
  const indent = style.indent === undefined || style.indent === null ? 2 : (asIndex(style.indent) ?? 2);
  const emitter = new Emitter(indent > 1 && indent < 10 ? indent : 2, style.allowUnicode ?? false);
  write(emitter, value, 'root');
  return emitter.end();
}

function write(emitter: Emitter, value: Value, context: Context): void {
  spend(1);
  if (typeof value === 'string') {
    emitter.scalar(value, { plain: resolveTag(value) === 'str', context });
    return;
  }
  const scalar = scalarText(value);
  if (scalar !== undefined) {
    emitter.scalar(scalar, { plain: true, context });
    return;
  }
  if (value instanceof Bytes) {
    emitter.literal('!!binary', base64Lines(value.bytes));
    return;
  }
  const items = isList(value) ? value : value instanceof Tuple && value.typeName === 'tuple' ? value.items : undefined;
  if (items) deeper(() => writeList(emitter, items, context));
  else if (isDict(value)) deeper(() => writeDict(emitter, inOrder(dictEntries(value)), context));
  else if (value instanceof PySet && value.typeName === 'set') {
    emitter.tag('!!set');
    const entries = Array.from(value.values(), (item) => [item, null] as const);
    deeper(() => writeDict(emitter, inOrder(entries), context));
  } else throw representFault(value);
}

const representFault = (value: Value) =>
  new ExpressionFault('value', 'RepresenterError', `('cannot represent an object', ${repr(value)})`);

/** The text of what is one word in YAML; undefined for everything else. */
function scalarText(value: Value): string | undefined {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (isNumeric(value))
    return isFloat(value) ? floatText(asNumber(value)) : BigInt(value as number | bigint).toString();
  if (value instanceof DateTime) return value.text();
  return value instanceof PyDate ? value.text() : undefined;
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const text = floatRepr(value);
  return text.includes('.') || !text.includes('e') ? text : text.replace('e', '.0e');
}

type Entries = readonly (readonly [Value, Value])[];

/** By key; as they come when two keys have no order. */
function inOrder(entries: Entries): Entries {
  try {
    return sorted(entries.keys(), (at) => (entries[at as number] as readonly [Value, Value])[0]).map(
      (at) => entries[at as number] as readonly [Value, Value],
    );
  } catch (error) {
    if (error instanceof ExpressionFault && error.type === 'TypeError') return entries;
    throw error;
  }
}

function writeList(emitter: Emitter, items: readonly Value[], context: Context): void {
  if (items.length === 0) {
    emitter.empty('[]', context);
    return;
  }
  emitter.beginList(context);
  for (const item of items) {
    emitter.item();
    write(emitter, item, 'item');
  }
  emitter.endBlock();
}

function writeDict(emitter: Emitter, entries: Entries, context: Context): void {
  if (entries.length === 0) {
    emitter.empty('{}', context);
    return;
  }
  emitter.beginDict();
  for (const [key, value] of entries) {
    const isSimple = isSimpleKey(key);
    emitter.key(isSimple);
    write(emitter, key, isSimple ? 'simple key' : 'key');
    emitter.value(isSimple);
    write(emitter, value, 'value');
  }
  emitter.endBlock();
}

/** Longest key that stands before its colon, in bytes. */
const KEY_MAX = 128;

function isSimpleKey(key: Value): boolean {
  if (typeof key === 'string') return isSimpleText(key);
  const scalar = scalarText(key);
  if (scalar !== undefined) return isSimpleText(scalar);
  if (key instanceof Bytes) return false;
  if (key instanceof Tuple) return key.items.length === 0;
  if (isList(key) || isDict(key)) throw representFault(key);
  return false;
}

const isSimpleText = (text: string) =>
  text.length <= KEY_MAX && !/[\r\n\u0085\u2028\u2029]/.test(text) && new TextEncoder().encode(text).length <= KEY_MAX;

/** Base64 in lines of 76 characters, each ended. */
function base64Lines(bytes: Uint8Array): string {
  allowCharacters(bytes.length * 2);
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return (text.match(/.{1,76}/g) ?? []).map((line) => `${line}\n`).join('');
}
