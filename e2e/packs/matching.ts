// e2e/packs/matching.ts — what a case expects, with its tokens and matchers, against what came out.

export type Tokens = Readonly<Record<string, string | number>>;

/** Replaces tokens in all texts; a text that is one token as a whole becomes its value, a number too. The first one that fits counts. */
export function withTokens(value: unknown, tokens: Tokens): unknown {
  if (typeof value === 'string') {
    if (Object.hasOwn(tokens, value)) return tokens[value];
    return Object.entries(tokens).reduce((text, [token, given]) => text.replaceAll(token, String(given)), value);
  }
  if (Array.isArray(value)) return value.map((item) => withTokens(item, tokens));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withTokens(item, tokens)]));
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where the two differ, for people; undefined: nowhere. Objects must have the same keys unless `isPartial`. */
export function difference(expected: unknown, got: unknown, isPartial = false, path = ''): string | undefined {
  if (typeof expected === 'string' && /^<<.*>>$/s.test(expected))
    return fits(expected.slice(2, -2), got) ? undefined : told(path, expected, got);
  if (Array.isArray(expected)) {
    if (!Array.isArray(got) || got.length !== expected.length) return told(path, expected, got);
    return first(expected.map((item, at) => difference(item, got[at], isPartial, `${path}[${at}]`)));
  }
  if (!isRecord(expected)) return expected === got ? undefined : told(path, expected, got);
  if (!isRecord(got)) return told(path, expected, got);
  const unasked = isPartial ? undefined : Object.keys(got).find((key) => !Object.hasOwn(expected, key));
  if (unasked !== undefined) return told(`${path}.${unasked}`, undefined, got[unasked]);
  return first(Object.entries(expected).map(([key, item]) => difference(item, got[key], isPartial, `${path}.${key}`)));
}

const first = (found: readonly (string | undefined)[]): string | undefined => found.find((one) => one !== undefined);

function fits(matcher: string, got: unknown): boolean {
  if (matcher === 'any') return got !== undefined;
  if (matcher === 'number') return typeof got === 'number';
  if (matcher.startsWith('regex:')) return typeof got === 'string' && new RegExp(matcher.slice(6), 's').test(got);
  throw new Error(`<<${matcher}>>: no such matcher`);
}

const TOLD = 400;
const told = (path: string, expected: unknown, got: unknown): string =>
  `${path === '' ? '' : `${path}: `}expected ${short(expected)}, got ${short(got)}`;

function short(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > TOLD ? `${text.slice(0, TOLD)}…` : text;
}
