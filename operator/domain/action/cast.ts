// operator/domain/action/cast.ts — a value → the type that its parameter declares, as StackStorm converts.
import { pythonRepr } from '../expression/render.ts';
import { pythonLiteral } from './python-literal.ts';
import type { Schema } from './runner-parameters.ts';
import { own } from './schema.ts';

/** What StackStorm's filter use_none gives. */
const NONE = '%*****__%NONE%__*****%';

/** @throws Error with the reason, as Python words it, when the value cannot be converted */
export function cast(value: unknown, schema: Schema): unknown {
  const type = own(schema, 'type');
  if (value === null || value === undefined || typeof type !== 'string') return value;
  const given = value === NONE ? null : value;
  switch (type) {
    case 'string':
      if (given === null || typeof given === 'string') return given;
      throw new Error(`Value "${pythonRepr(given)}" must either be a string or None. Got "${pythonType(given)}".`);
    case 'integer':
      return toInteger(given);
    case 'number':
      return toNumber(given);
    case 'boolean':
      return typeof given === 'string' ? toBoolean(given) : given;
    case 'array':
    case 'object':
      return typeof given === 'string' ? toCollection(given) : given;
    default:
      return given;
  }
}

function toInteger(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number' && Number.isFinite(value)) return Math.trunc(value);
  if (typeof value === 'string' && /^\s*[+-]?\d+(_\d+)*\s*$/.test(value)) return Number(value.replaceAll('_', ''));
  throw new Error(
    typeof value === 'string'
      ? `invalid literal for int() with base 10: ${pythonRepr(value)}`
      : `int() argument must be a string or a number, not '${pythonType(value)}'`,
  );
}

function toNumber(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(value)) {
    const number = Number(value);
    if (Number.isFinite(number)) return number; // JSON has no infinity
  }
  throw new Error(
    typeof value === 'string'
      ? `could not convert string to float: ${pythonRepr(value)}`
      : `float() argument must be a string or a number, not '${pythonType(value)}'`,
  );
}

function toBoolean(text: string): unknown {
  return pythonLiteral(text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase());
}

function toCollection(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return pythonLiteral(text);
  }
}

function pythonType(value: unknown): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'dict';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return typeof value === 'boolean' ? 'bool' : 'str';
}
