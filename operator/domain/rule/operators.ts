// operator/domain/rule/operators.ts — the comparisons of criteria, with Python's strictness about types.
import type { RE2JS } from 're2js';
import type { Criterion } from '../../api/rule.ts';
import { cachedRegex } from '../expression/python/regex.ts';

export type Operator = Criterion['type'];

/** A pattern, and its expression where that was compiled ahead. */
export interface Pattern {
  readonly value: unknown;
  readonly regex?: RE2JS | undefined;
}

/** Whether `value` (undefined: missing) passes. @throws Error where StackStorm's operator raises: the rule is at fault */
export function compare(operator: Operator, value: unknown, pattern: Pattern): boolean {
  switch (operator) {
    case 'exists':
      return value !== undefined && value !== null;
    case 'nexists':
      return value === undefined || value === null;
    case 'nequals':
    case 'neq':
      return !same(value ?? null, pattern.value ?? null);
    case 'equals':
    case 'eq':
      return isNull(pattern.value) ? false : same(value ?? null, pattern.value);
    case 'contains':
      return isNull(pattern.value) ? false : contains(value, pattern.value);
    case 'regex':
      return isNull(pattern.value) ? false : matches(value, pattern);
  }
}

const isNull = (value: unknown) => value === undefined || value === null;

function contains(value: unknown, member: unknown): boolean {
  if (typeof value === 'string') {
    if (typeof member !== 'string') throw new Error(`the value is text, the pattern is ${typeName(member)}`);
    return value.includes(member);
  }
  if (Array.isArray(value)) return value.some((one) => same(one, member));
  if (typeof value !== 'object' || value === null)
    throw new Error(`the value is ${typeName(value)}, it cannot contain anything`);
  if (typeof member === 'object') throw new Error(`the pattern is ${typeName(member)}, it cannot be a key`);
  return typeof member === 'string' && Object.hasOwn(value, member);
}

function matches(value: unknown, pattern: Pattern): boolean {
  if (typeof value !== 'string') throw new Error(`the value is ${typeName(value)}, regex needs text`);
  if (typeof pattern.value !== 'string') throw new Error(`the pattern is ${typeName(pattern.value)}, regex needs text`);
  return (pattern.regex ?? cachedRegex(pattern.value)).test(value);
}

/** Python's ==: deep, no casts, but True is 1 and False is 0. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a === 'boolean' || typeof b === 'boolean') return number(a) === number(b) && typeof number(a) === 'number';
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, i) => same(one, b[i]));
  }
  const keys = Object.keys(a);
  const [left, right] = [a, b] as Readonly<Record<string, unknown>>[] as [
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(left[key], right[key]))
  );
}

const number = (value: unknown) => (typeof value === 'boolean' ? Number(value) : value);

function typeName(value: unknown): string {
  if (value === undefined || value === null) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
}
