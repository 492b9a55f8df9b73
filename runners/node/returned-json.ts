// runners/node/returned-json.ts — what a Node action returned → JSON text, or what of it JSON cannot carry.

/** A value that has no place in JSON; the message names where it is and the remedy. */
export class NotJson extends Error {
  override readonly name = 'NotJson';
}

/** What TypeScript does not know of JSON yet. */
interface ExactJson {
  rawJSON(text: string): object;
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
}
const exact = JSON as unknown as ExactJson;

/** The value of JSON text in which integers that a Number would round are BigInts. @throws SyntaxError */
export function withLongIntegers(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text) as unknown;
  return exact.parse(text, (_, value, { source = '' }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? BigInt(source) : value,
  );
}

/** Undefined becomes null, a BigInt its digits; what has toJSON() is asked for it. @throws NotJson */
export function returnedJson(value: unknown): string {
  check(value, 'result', []);
  return (
    JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? exact.rawJSON(`${item}`) : item)) ?? 'null'
  );
}

function check(given: unknown, place: string, above: readonly object[]): void {
  const value = converted(given);
  const fault = faultOfDate(given) ?? faultOf(value);
  if (fault !== undefined) throw new NotJson(`The action returned what JSON cannot carry: ${place} is ${fault}`);
  if (typeof value !== 'object' || value === null) return;
  if (above.includes(value))
    throw new NotJson(`The action returned what JSON cannot carry: ${place} contains itself; return a copy without it`);
  if (above.length > DEPTH_MAX) return; // said by the runner, of every action
  const within = [...above, value];
  if (Array.isArray(value)) {
    value.forEach((item: unknown, index) => check(item, `${place}[${index}]`, within));
    return;
  }
  for (const [key, item] of Object.entries(value)) check(item, placeOf(place, key), within);
}

/** Integers that results keep, in Python's actions too. */
const INTEGER_MIN = -(2n ** 63n);
const INTEGER_MAX = 2n ** 64n - 1n;

/** Deeper than any result may be. */
const DEPTH_MAX = 200;

const placeOf = (place: string, key: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(key) ? `${place}.${key}` : `${place}[${JSON.stringify(key)}]`;

function converted(value: unknown): unknown {
  const { toJSON } = (typeof value === 'object' && value !== null ? value : {}) as { toJSON?: unknown };
  return typeof toJSON === 'function' ? (toJSON.call(value, '') as unknown) : value;
}

/** As JSON it would be null. */
const faultOfDate = (value: unknown): string | undefined =>
  value instanceof Date && Number.isNaN(value.getTime()) ? 'an invalid Date; return null or a text' : undefined;

function faultOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'bigint':
      return value < INTEGER_MIN || value > INTEGER_MAX
        ? 'a BigInt of more than 64 bits; return String() of it'
        : undefined;
    case 'function':
      return 'a function; call it, and return what it returns';
    case 'symbol':
      return 'a symbol; return a text';
    case 'number':
      return Number.isFinite(value) ? undefined : `${value}; return null or a text`;
    case 'object':
      return value === null || Array.isArray(value) ? undefined : faultOfObject(value);
    default:
      return undefined;
  }
}

function faultOfObject(value: object): string | undefined {
  if (value instanceof Promise) return 'a Promise; await it';
  if (value instanceof Map) return 'a Map; return Object.fromEntries() of it';
  if (value instanceof Set) return 'a Set; return an array of it, [...set]';
  if (value instanceof Error) return 'an Error; return its message, or throw it';
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return 'binary; return it as text, for example in base64';
  if (Object.keys(value).length === 0 && (Symbol.iterator in value || Symbol.asyncIterator in value))
    return 'an iterator; return an array of it, [...iterator]';
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null;
  if (prototype === null || prototype === Object.prototype || Object.keys(value).length > 0) return undefined;
  const name = prototype.constructor?.name ?? 'object';
  return `of class ${name}, which shows nothing of itself as JSON; return a plain object`;
}
