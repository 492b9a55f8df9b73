// e2e/conformance/same.ts — does an answer equal what was recorded?
import { floatOf, type Json } from './tagged.ts';

type JsonObject = { readonly [key: string]: Json };

const isObject = (json: Json): json is JsonObject => typeof json === 'object' && json !== null && !Array.isArray(json);
const isArray = (json: Json): json is readonly Json[] => Array.isArray(json);

/** The tag and the content of `{"$tag": content}`. */
function tagOf(json: Json): readonly [tag: string, content: Json] | undefined {
  if (!isObject(json)) return undefined;
  const [first, second] = Object.entries(json);
  return first?.[0].startsWith('$') && second === undefined ? first : undefined;
}

/**
 * Two recorded values: ints and floats apart, fractions to 15 significant digits, lists and tuples with their order (and apart),
 * sets and the keys of objects without.
 */
export function same(a: Json, b: Json): boolean {
  if (a === b) return true;
  const [x, y] = [floatIn(a), floatIn(b)];
  if (x !== undefined || y !== undefined) return x !== undefined && y !== undefined && sameFloat(x, y);
  if (isArray(a) || isArray(b)) return isArray(a) && isArray(b) && sameList(a, b);
  const [tag, other] = [tagOf(a), tagOf(b)];
  if (tag && other && tag[0] === other[0]) return sameTag(tag[0], tag[1], other[1]);
  return isObject(a) && isObject(b) && !tag && !other && samePairs(Object.entries(a), Object.entries(b));
}

function sameTag(tag: string, a: Json, b: Json): boolean {
  switch (tag) {
    case '$set':
      return isArray(a) && isArray(b) && sameInAnyOrder(a, b);
    case '$dict':
      return isArray(a) && isArray(b) && sameInAnyOrder(a, b);
    case '$datetime':
      return isoParts(a) === isoParts(b);
    case '$object':
      return false;
    default:
      return same(a, b);
  }
}

/** The float that a value is: a fraction, or one with its tag. */
function floatIn(json: Json): number | undefined {
  if (typeof json === 'number') return Number.isInteger(json) ? undefined : json;
  const tag = tagOf(json);
  return tag?.[0] === '$float' && typeof tag[1] === 'string' ? floatOf(tag[1]) : undefined;
}

const sameFloat = (a: number, b: number) =>
  Object.is(a, b) || (a !== 0 && Math.abs(a - b) <= 1e-15 * Math.max(Math.abs(a), Math.abs(b)));

const sameList = (a: readonly Json[], b: readonly Json[]) =>
  a.length === b.length && a.every((item, i) => same(item, b[i] as Json));

const samePairs = (a: readonly [string, Json][], b: readonly [string, Json][]) => {
  const theirs = new Map(b);
  return a.length === b.length && a.every(([key, value]) => theirs.has(key) && same(value, theirs.get(key) as Json));
};

/** Each item of one side has its own on the other; what is compared so is small. */
function sameInAnyOrder(a: readonly Json[], b: readonly Json[]): boolean {
  const left = [...b];
  return (
    a.length === b.length &&
    a.every((item) => {
      const at = left.findIndex((one) => same(item, one));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    })
  );
}

/** `2015-09-28T23:00:00.5+00:00` and its other spellings alike. */
const isoParts = (json: Json): Json => (typeof json === 'string' ? isoText(json) : json);

const isoText = (text: string): string =>
  text
    .replace(' ', 'T')
    .replace(/Z$/, '+00:00')
    .replace(/\.(\d+)/, (_, digits: string) => (Number(digits) === 0 ? '' : `.${digits.padEnd(6, '0')}`));
