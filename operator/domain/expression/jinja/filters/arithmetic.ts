// operator/domain/expression/jinja/filters/arithmetic.ts — filters on numbers: abs, int, float, round, filesizeformat.
import { ExpressionFault, typeFault } from '../../fault.ts';
import {
  asNumber,
  compareNumbers,
  exactDecimal,
  float,
  isInt,
  type Numeric,
  roundHalfEven,
} from '../../python/numbers.ts';
import { absolute, binary } from '../../python/operators.ts';
import { numeric } from '../../python/compare.ts';
import { round, toFloat, toInt, truncate } from '../../python/parse-number.ts';
import { truthy, typeName, type Value } from '../../python/values.ts';
import { KeyLookup } from '../../functions/kv.ts';
import type { Engine, Filter } from '../engine.ts';
import { plainText } from '../markup.ts';
import { Undefined } from '../undefined.ts';
import { builtin } from './sequences.ts';
import { filter } from './signature.ts';

/** Runs; undefined when it throws one of these classes. */
function unless<T>(types: readonly string[], run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof ExpressionFault && types.includes(error.type)) return undefined;
    throw error;
  }
}

const WRONG = ['TypeError', 'ValueError'];

function toInteger(_: Engine, value: Value, fallback: Value, base: Value): Value {
  refuseUndefined(value);
  const text = plainText(value);
  const exact = unless(WRONG, () => (text === undefined ? toInt(numberOf(value)) : toInt(text, base)));
  return exact ?? unless([...WRONG, 'OverflowError'], () => truncate(toFloat(numberOf(value)))) ?? fallback;
}

function toDecimal(_: Engine, value: Value, fallback: Value): Value {
  refuseUndefined(value);
  return unless(WRONG, () => toFloat(numberOf(value))) ?? fallback;
}

/** A system entry of the datastore is the number that its text says; one of a user's is not. */
const numberOf = (value: Value): Value => (value instanceof KeyLookup ? value.number() : value);

/** An undefined value has no number, and says so even where a fallback is given. */
function refuseUndefined(value: Value): void {
  if (value instanceof Undefined) throw value.fault();
}

const METHODS = new Set<Value>(['common', 'ceil', 'floor']);

function roundTo(_: Engine, value: Value, precision: Value, method: Value): Value {
  const how = plainText(method) ?? method;
  if (!METHODS.has(how)) {
    throw new ExpressionFault('resolution', 'FilterArgumentError', 'method must be common, ceil or floor');
  }
  if (how === 'common') return round(value, precision === null ? null : precision);
  const scaled = numeric(binary('*', value, binary('**', 10, precision)));
  if (scaled === undefined) throw typeFault(`must be real number, not ${typeName(value)}`);
  return binary('/', whole(scaled, how === 'ceil'), binary('**', 10, precision));
}

/** Python's math.ceil and math.floor. */
function whole(value: Numeric, up: boolean): Value {
  if (isInt(value)) return value;
  const x = asNumber(value);
  return truncate(Number.isFinite(x) ? float(up ? Math.ceil(x) : Math.floor(x)) : x);
}

const PREFIXES = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'] as const;

function fileSize(_: Engine, value: Value, binaryUnits: Value): Value {
  refuseUndefined(value);
  const bytes = asNumber(toFloat(value));
  const base = truthy(binaryUnits) ? 1024 : 1000;
  if (bytes === 1) return '1 Byte';
  if (bytes < base) {
    if (bytes === Number.NEGATIVE_INFINITY) {
      throw new ExpressionFault('value', 'OverflowError', 'cannot convert float infinity to integer');
    }
    return `${BigInt(Math.trunc(bytes))} Bytes`;
  }
  const found = PREFIXES.findIndex((_prefix, i) => compareNumbers(bytes, BigInt(base) ** BigInt(i + 2)) < 0);
  const at = found < 0 ? PREFIXES.length - 1 : found;
  const unit = base === 1024 ? `${PREFIXES[at]?.toUpperCase()}iB` : `${PREFIXES[at]}B`;
  return `${oneDecimal((base * bytes) / base ** (at + 2))} ${unit}`;
}

/** Python's `f'{value:.1f}'` of what is not negative. */
function oneDecimal(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : 'inf';
  const exact = exactDecimal(roundHalfEven(value, 1));
  return exact.includes('.') ? roundHalfEven(value, 1).toFixed(1) : `${exact}.0`;
}

export const ARITHMETIC_FILTERS: readonly (readonly [string, Filter])[] = [
  [
    'abs',
    builtin('abs', (value) => {
      if (value instanceof Undefined) throw typeFault(`bad operand type for abs(): '${value.typeName}'`);
      return absolute(value);
    }),
  ],
  ['int', filter('do_int', '', ['value', ['default', 0], ['base', 10]], toInteger)],
  ['float', filter('do_float', '', ['value', ['default', float(0)]], toDecimal)],
  ['round', filter('do_round', '', ['value', ['precision', 0], ['method', 'common']], roundTo)],
  ['filesizeformat', filter('do_filesizeformat', '', ['value', ['binary', false]], fileSize)],
];
