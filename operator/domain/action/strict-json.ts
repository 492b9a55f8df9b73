// operator/domain/action/strict-json.ts — JSON text ↔ values as StackStorm's parameters read and write it: strict, int and float apart.
import { allowCharacters, deeper, spend } from '../expression/evaluation.ts';
import { typeFault, valueFault } from '../expression/fault.ts';
import { Bytes, Tuple } from '../expression/python/collections.ts';
import { dictEntries, isDict } from '../expression/python/dict.ts';
import { loadJson } from '../expression/python/json-load.ts';
import { asNumber, isFloat } from '../expression/python/numbers.ts';
import { isList, typeName, type Value } from '../expression/python/values.ts';

/** Ints outside of 64 bits are not written. */
const [INT_MIN, INT_MAX] = [-(2n ** 63n), 2n ** 64n - 1n];

/** Objects are plain, as those of the API server are. @throws ExpressionFault JSONDecodeError with the place */
export const readJson = (text: string): Value => loadJson(text, 'orjson', Object.fromEntries);

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
