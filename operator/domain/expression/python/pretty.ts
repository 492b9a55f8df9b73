// operator/domain/expression/python/pretty.ts — Python's pprint: a value over as many lines as 80 columns need, keys in order.
import { allowCharacters, deeper, spend } from '../evaluation.ts';
import { ExpressionFault } from '../fault.ts';
import { callOf } from '../functions/call.ts';
import { Bytes, PySet, Tuple } from './collections.ts';
import { compare } from './compare.ts';
import { dictEntries, isDict } from './dict.ts';
import { methodOf } from './methods.ts';
import { repr } from './repr.ts';
import { textLength } from './text.ts';
import { isList, typeName, type Value } from './values.ts';

const WIDTH = 80;

/** Where a value is printed: columns before it, columns needed after it, and how deep it is nested (1: the value itself). */
interface Spot {
  readonly indent: number;
  readonly allowance: number;
  readonly level: number;
}

/** Python's pprint.pformat(value). */
export function pretty(value: Value): string {
  const text = format(value, { indent: 0, allowance: 0, level: 1 });
  allowCharacters(text.length);
  return text;
}

function format(value: Value, spot: Spot): string {
  const line = oneLine(value);
  if (textLength(line) <= WIDTH - spot.indent - spot.allowance) return line;
  spend(1);
  return deeper(() => {
    if (typeof value === 'string') return formatText(value, spot);
    if (isList(value)) return `[${formatItems(value, spot, 1)}]`;
    if (isDict(value)) return `{${formatEntries(value, spot)}}`;
    if (value instanceof PySet) return formatSet(value, spot);
    if (value instanceof Bytes) return formatBytes(value, spot);
    if (value instanceof Tuple && value.typeName === 'tuple') {
      const end = value.items.length === 1 ? ',)' : ')';
      return `(${formatItems(value.items, spot, end.length)}${end}`;
    }
    return line;
  });
}

/** As repr(), but with dicts in the order of their keys. */
function oneLine(value: Value): string {
  if (isList(value)) return deeper(() => `[${value.map(oneLine).join(', ')}]`);
  if (isDict(value)) {
    return deeper(
      () =>
        `{${inOrder(value)
          .map(([key, item]) => `${oneLine(key)}: ${oneLine(item)}`)
          .join(', ')}}`,
    );
  }
  if (!(value instanceof Tuple) || value.typeName !== 'tuple') return repr(value);
  const inner = deeper(() => value.items.map(oneLine).join(', '));
  return value.items.length === 1 ? `(${inner},)` : `(${inner})`;
}

/** The entries of a dict by key; keys without an order go by the names of their types. */
function inOrder(value: Value): readonly (readonly [Value, Value])[] {
  if (!isDict(value)) return [];
  return [...dictEntries(value)].sort(([a], [b]) => orderOf(a, b));
}

function orderOf(a: Value, b: Value): number {
  try {
    return compare('<', a, b) ? -1 : compare('<', b, a) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ExpressionFault) || error.type !== 'TypeError') throw error;
    const [x, y] = [typeName(a), typeName(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  }
}

function formatItems(items: readonly Value[], spot: Spot, closing: number): string {
  const indent = spot.indent + 1;
  const allowance = spot.allowance + closing;
  const level = spot.level + 1;
  const lines = items.map((item, i) =>
    format(item, { indent, level, allowance: i === items.length - 1 ? allowance : 1 }),
  );
  return lines.join(`,\n${' '.repeat(indent)}`);
}

function formatEntries(value: Value, spot: Spot): string {
  const indent = spot.indent + 1;
  const entries = inOrder(value);
  const lines = entries.map(([key, item], i) => {
    const name = oneLine(key);
    const allowance = i === entries.length - 1 ? spot.allowance + 1 : 1;
    return `${name}: ${format(item, { indent: indent + textLength(name) + 2, allowance, level: spot.level + 1 })}`;
  });
  return lines.join(`,\n${' '.repeat(indent)}`);
}

function formatSet(value: PySet, spot: Spot): string {
  const isFrozen = value.typeName === 'frozenset';
  const indent = spot.indent + (isFrozen ? value.typeName.length + 1 : 0);
  const items = [...value.values()].sort(orderOf);
  const inner = formatItems(items, { ...spot, indent }, isFrozen ? 2 : 1);
  return isFrozen ? `frozenset({${inner}})` : `{${inner}}`;
}

/** A long text as several, one after the other, as Python joins them; broken after white space. */
function formatText(text: string, spot: Spot): string {
  const outer = spot.level === 1 ? 1 : 0;
  const indent = spot.indent + outer;
  const allowance = spot.allowance + outer;
  const width = WIDTH - indent;
  const lines = methodOf('', 'splitlines')?.(text, callOf(true)) as readonly string[];
  const chunks = lines.flatMap((line, i) => chunksOf(line, width, i === lines.length - 1 ? allowance : 0));
  const joined = chunks.join(`\n${' '.repeat(indent)}`);
  return spot.level === 1 && chunks.length > 1 ? `(${joined})` : joined;
}

function chunksOf(line: string, width: number, allowance: number): string[] {
  const whole = repr(line);
  if (textLength(whole) <= width - allowance) return [whole];
  // oxlint-disable-next-line no-control-regex -- Python counts these as white space
  const parts = line.match(/[^\s\x1c-\x1f\x85]*[\s\x1c-\x1f\x85]*/gu)?.filter((part) => part !== '') ?? [];
  const chunks: string[] = [];
  let current = '';
  for (const [i, part] of parts.entries()) {
    spend(1 + (current.length >>> 6));
    const candidate = current + part;
    if (textLength(repr(candidate)) > width - (i === parts.length - 1 ? allowance : 0)) {
      if (current !== '') chunks.push(repr(current));
      current = part;
    } else current = candidate;
  }
  if (current !== '') chunks.push(repr(current));
  return chunks;
}

function formatBytes(value: Bytes, spot: Spot): string {
  const { bytes } = value;
  if (bytes.length <= 4) return repr(value);
  const outer = spot.level === 1 ? 1 : 0;
  const indent = spot.indent + outer;
  const last = Math.floor(bytes.length / 4) * 4;
  const chunks: string[] = [];
  let from = 0;
  let to = 0;
  let width = WIDTH - indent;
  for (let i = 0; i < bytes.length; i += 4) {
    if (i === last) width -= spot.allowance + outer;
    const end = Math.min(i + 4, bytes.length);
    if (repr(new Bytes(bytes.slice(from, end))).length > width) {
      if (to > from) chunks.push(repr(new Bytes(bytes.slice(from, to))));
      from = i;
    }
    to = end;
  }
  chunks.push(repr(new Bytes(bytes.slice(from, to))));
  const joined = chunks.join(`\n${' '.repeat(indent)}`);
  return outer ? `(${joined})` : joined;
}
