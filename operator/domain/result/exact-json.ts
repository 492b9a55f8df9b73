// operator/domain/result/exact-json.ts — JSON text → values whose numbers keep every digit on their way to JSON text again.

import { Float } from '../expression/python/values.ts';

interface Source {
  readonly source?: string;
}
/** What TypeScript does not know of JSON yet. */
interface RawJson {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
  parse(text: string, reviver: (key: string, value: unknown, context: Source) => unknown): unknown;
}
const json = JSON as unknown as RawJson;

/** Sixteen digits, a fraction that ends in zero, an exponent, or the zero below zero: others are written as they were read. */
const MAY_CHANGE = /\d{16}|\.\d*0(?!\d)|\d[eE]|-0(?!\.?\d)/;

/** A number that JavaScript would write otherwise, 12345678901234567890 or 1.0, is an object that JSON.stringify writes as it was. */
export function parseExact(text: string): unknown {
  if (!MAY_CHANGE.test(text)) return JSON.parse(text) as unknown;
  return json.parse(text, (_, value, { source }) => {
    if (typeof value !== 'number' || source === undefined || !Number.isFinite(value)) return value;
    return String(value) === source ? value : json.rawJSON(source);
  });
}

/** Whether the value is such a number. */
export const isExact = (value: unknown): boolean => json.isRawJSON(value);

/** The value with JavaScript's numbers. */
export const rounded = (value: unknown): unknown => withNumbers(value, Number);

/** The value as expressions compute with it: a long integer is a bigint, 1.0 a float. */
export const computable = (value: unknown): unknown => withNumbers(value, valueOf);

/** An object that JSON.stringify writes as this integer. */
export const exactInteger = (value: bigint): unknown => json.rawJSON(value.toString());

/** JSON text of values that expressions compute with, which `computable` makes of it again. */
export const exactText = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === 'bigint') return exactInteger(item);
    return item instanceof Float && Number.isFinite(item.value) ? json.rawJSON(item.repr()) : item;
  });

function valueOf(text: string): unknown {
  const value = Number(text);
  if (/[.eE]/.test(text)) return Number.isInteger(value) ? new Float(value) : value;
  return Number.isSafeInteger(value) ? value + 0 : BigInt(text);
}

function withNumbers(value: unknown, of: (text: string) => unknown): unknown {
  if (isExact(value)) return of(JSON.stringify(value));
  if (typeof value !== 'object' || value === null || !hasExact(value)) return value;
  if (Array.isArray(value)) return value.map((item) => withNumbers(item, of));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNumbers(item, of)]));
}

function hasExact(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return isExact(value) || Object.values(value).some(hasExact);
}

const INTEGER_MIN = -(2n ** 63n);
const INTEGER_MAX = 2n ** 63n - 1n;

/** Whether an integer of more than 63 bits is in it: the API server makes a float of that, whose last digits are zeros. */
export function hasHugeInteger(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (!isExact(value)) return Object.values(value).some(hasHugeInteger);
  const text = JSON.stringify(value);
  if (!/^-?\d+$/.test(text)) return false;
  const integer = BigInt(text);
  return integer < INTEGER_MIN || integer > INTEGER_MAX;
}

/** A number of sixteen digits; in a text it does no harm. */
const LONG_NUMBER = /[:,[]\s*-?\d{16}/;

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !isExact(value) ? (value as Fields) : {};

/** An answer of the API server: an object, a list or an event of a watch. Exact are `status.result` and `spec.config.values`, which have numbers of users, and no other: the rest is computed with. */
export function parseObject(text: string): unknown {
  const value = JSON.parse(text) as unknown;
  if (!LONG_NUMBER.test(text)) return value;
  const [plain, exact] = [fieldsOf(value), fieldsOf(parseExact(text))];
  takeExact(plain, exact);
  takeExact(fieldsOf(plain['object']), fieldsOf(exact['object']));
  const items = plain['items'];
  if (Array.isArray(items))
    items.forEach((item, index) => takeExact(fieldsOf(item), fieldsOf(fieldsOf(exact['items'])[index])));
  return value;
}

/** The one object is nobody else's yet. */
function takeExact(plain: Fields, exact: Fields): void {
  take('result', fieldsOf(plain['status']), fieldsOf(exact['status']));
  take('values', fieldsOf(fieldsOf(plain['spec'])['config']), fieldsOf(fieldsOf(exact['spec'])['config']));
}

function take(name: string, plain: Fields, exact: Fields): void {
  if (plain[name] !== undefined) plain[name] = exact[name];
}
