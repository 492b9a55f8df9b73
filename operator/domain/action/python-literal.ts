// operator/domain/action/python-literal.ts — text of a Python literal → JSON value: "['a', None, {'k': True}]".

/** Deepest nesting of lists and dicts. */
const DEPTH_MAX = 64;
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /True|False|None/y;
const STRING = /'((?:[^'\\\n]|\\[\s\S])*)'|"((?:[^"\\\n]|\\[\s\S])*)"/y;
const SPACE = /\s*/y;
const WORDS: Readonly<Record<string, unknown>> = { True: true, False: false, None: null };
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '\n': '',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
};

/** Constants, lists, tuples (as lists) and dicts with string keys. @throws Error `malformed node or string: …` */
export function pythonLiteral(text: string): unknown {
  let at = 0;
  const fault = () =>
    new Error(`malformed node or string: ${JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text)}`);
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text) ?? undefined;
    at += found?.[0].length ?? 0;
    return found;
  };
  const sign = (mark: string): boolean => {
    take(SPACE);
    if (text[at] !== mark) return false;
    at++;
    return true;
  };
  const list = <T>(end: string, item: () => T): T[] => {
    const items: T[] = [];
    while (!sign(end)) {
      items.push(item());
      if (!sign(',')) {
        if (!sign(end)) throw fault();
        return items;
      }
    }
    return items;
  };
  const value = (depth: number): unknown => {
    if (depth > DEPTH_MAX) throw fault();
    if (sign('[')) return list(']', () => value(depth + 1));
    if (sign('(')) return list(')', () => value(depth + 1));
    if (sign('{')) {
      const pairs = list('}', (): [string, unknown] => {
        const key = value(depth + 1);
        if (typeof key !== 'string' || !sign(':')) throw fault();
        return [key, value(depth + 1)];
      });
      return Object.fromEntries(pairs);
    }
    const quoted = take(STRING);
    if (quoted) return unescape(quoted[1] ?? quoted[2] ?? '');
    const word = take(WORD);
    if (word) return WORDS[word[0]];
    const number = take(NUMBER);
    if (number && Number.isFinite(Number(number[0]))) return Number(number[0]);
    throw fault();
  };
  const result = value(0);
  take(SPACE);
  if (at < text.length) throw fault();
  return result;
}

const unescape = (text: string): string =>
  text.replaceAll(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\s\S]))/g, (all, x?: string, u?: string, c?: string) => {
    const hex = x ?? u;
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return c === "'" || c === '"' || c === '\\' ? c : (ESCAPES[c ?? ''] ?? all);
  });
