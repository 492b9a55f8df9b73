// operator/domain/action/cast.ts — a value → the type that its parameter declares, as StackStorm converts.
import { ExpressionFault, valueFault } from '../expression/fault.ts';
import { literal } from '../expression/python/literal.ts';
import { toFloat, toInt } from '../expression/python/parse-number.ts';
import { str } from '../expression/python/repr.ts';
import { capitalize } from '../expression/python/text-case.ts';
import { typeName, type Value } from '../expression/python/values.ts';
import type { Schema } from './runner-parameters.ts';
import { readJson } from './strict-json.ts';

/** What StackStorm's filter use_none gives. */
const NONE = '%*****__%NONE%__*****%';

const unmarked = (value: Value): Value => (value === NONE ? null : value);

/** @throws ExpressionFault as Python raises it when the value cannot be converted */
type Cast = (value: Value) => Value;

function toCollection(given: Value): Value {
  const value = unmarked(given);
  if (typeof value !== 'string') return value;
  try {
    return readJson(value);
  } catch (error) {
    if (error instanceof ExpressionFault && error.kind === 'budget') throw error;
    return literal(value);
  }
}

function toBoolean(given: Value): Value {
  const value = unmarked(given);
  return typeof value === 'string' ? literal(capitalize(value)) : value;
}

function toText(given: Value): Value {
  if (given === null || typeof given === 'string') return unmarked(given);
  throw valueFault(`Value "${str(given)}" must either be a string or None. Got "${typeName(given)}".`);
}

const CASTS: ReadonlyMap<unknown, Cast> = new Map<unknown, Cast>([
  ['array', toCollection],
  ['boolean', toBoolean],
  ['integer', (value) => toInt(unmarked(value))],
  ['number', (value) => toFloat(unmarked(value))],
  ['object', toCollection],
  ['string', toText],
]);

/** The conversion to a JSON schema's type; undefined where there is none. */
export const castOf = (type: unknown): Cast | undefined => CASTS.get(type);

/** The value as its parameter declares it; null stays null. @throws ExpressionFault */
export function cast(value: Value, schema: Schema): Value {
  const convert = value === null ? undefined : castOf(Object.hasOwn(schema, 'type') ? schema['type'] : undefined);
  return convert ? convert(value) : value;
}
