// operator/domain/expression/python/str-translate.ts — Python's str.translate() and str.maketrans().
import { allowCharacters, spend } from '../evaluation.ts';
import { ExpressionFault, typeFault, valueFault } from '../fault.ts';
import { Dict, dictEntries, isDict } from './dict.ts';
import { isInt } from './numbers.ts';
import { index } from './subscript.ts';
import { textLength } from './text.ts';
import { typeName, type Value } from './values.ts';

/** Every character by what the table has under its code point: a text, a code point, or None to drop it. @throws ExpressionFault */
export function translate(text: string, table: Value): string {
  allowCharacters(text.length);
  const known = new Map<string, string>();
  const parts: string[] = [];
  let total = 0;
  for (const character of text) {
    let next = known.get(character);
    if (next === undefined) {
      next = translated(character, table);
      known.set(character, next);
    }
    spend(1);
    total += next.length;
    parts.push(next);
  }
  allowCharacters(total);
  return parts.join('');
}

function translated(character: string, table: Value): string {
  const value = lookup(table, character.codePointAt(0) ?? 0);
  if (value === undefined) return character;
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (!isInt(value)) throw typeFault('character mapping must return integer, None or str');
  if (value < 0 || value > 0x10ffff) throw valueFault('character mapping must be in range(0x110000)');
  return String.fromCodePoint(Number(value));
}

/** What has no entry stays as it is. */
function lookup(table: Value, code: number): Value | undefined {
  try {
    return index(table, code);
  } catch (error) {
    if (error instanceof ExpressionFault && (error.type === 'KeyError' || error.type === 'IndexError'))
      return undefined;
    throw error;
  }
}

/** A table for `translate`, of a dict, or of two texts of one length and one of characters to drop. @throws ExpressionFault */
export function maketrans(from: Value = null, to?: Value, dropped?: Value): Dict {
  if (to === undefined) {
    if (!isDict(from)) throw typeFault('if you give only one argument to maketrans it must be a dict');
    return new Dict(dictEntries(from).map(([key, value]) => [codeOf(key), value]));
  }
  if (typeof from !== 'string') {
    throw typeFault('first maketrans argument must be a string if there is a second argument');
  }
  if (typeof to !== 'string') throw typeFault(`maketrans() argument 2 must be str, not ${typeName(to)}`);
  if (dropped !== undefined && typeof dropped !== 'string') {
    throw typeFault(`maketrans() argument 3 must be str, not ${typeName(dropped)}`);
  }
  const [olds, news] = [[...from], [...to]];
  if (olds.length !== news.length) throw valueFault('the first two maketrans arguments must have equal length');
  const table = new Dict();
  olds.forEach((old, i) => table.set(old.codePointAt(0) ?? 0, news[i]?.codePointAt(0) ?? 0));
  for (const c of dropped ?? '') table.set(c.codePointAt(0) ?? 0, null);
  return table;
}

function codeOf(key: Value): Value {
  if (typeof key === 'boolean' || (typeof key !== 'string' && isInt(key))) return key;
  if (typeof key !== 'string') throw typeFault('keys in translate table must be strings or integers');
  if (textLength(key) !== 1) throw valueFault('string keys in translate table must be of length 1');
  return key.codePointAt(0) ?? 0;
}
