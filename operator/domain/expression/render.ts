// operator/domain/expression/render.ts — {{ path }} in strings, lists and objects → values, by StackStorm's rules of what keeps its type.

/** Names that templates may use; each value is plain JSON. */
export type Context = Readonly<Record<string, unknown>>;
/** Plain JSON; a string template gives a string, exactly "{{name}}" inside a list or object keeps the type. */
export type Rendered = unknown;
/** Where a value is looked up, for example ['trigger', 'body', 0, 'x']; the first one is the name of the variable. */
export type Path = readonly [string, ...(string | number)[]];

type Part = { readonly text: string } | { readonly source: string; readonly path: Path };

/** A template that cannot be parsed, or a path that leads nowhere; the message names expression and place. */
export class RenderError extends Error {
  readonly expression: string;
  readonly place: string;
  constructor(expression: string, place: string, why: string) {
    super(`${place === '' ? '' : `${place}: `}${expression}: ${why}`);
    this.name = 'RenderError';
    this.expression = expression;
    this.place = place;
  }
}

/** Longest text that one template may give, in characters. */
const TEXT_MAX = 1024 * 1024;
/** Deepest nesting of lists and objects. */
const DEPTH_MAX = 64;
const REMEDY =
  "write {{ name.field[0]['other field'] }}; filters and statements are not understood; for the two braces themselves write {{ '{{' }}";
const IDENTIFIER = /[\p{L}_][\p{L}\p{N}_]*/uy;
const STEP = /\s*(?:\.\s*([\p{L}_][\p{L}\p{N}_]*|\d+)|\[\s*(?:(-?\d+)|'([^']*)'|"([^"]*)")\s*\])/uy;
const LITERAL = /'([^']*)'|"([^"]*)"/y;
const END = /\s*\}\}/y;
const SPACE = /\s*/y;
const TIGHT = /^\{\{([A-Za-z0-9_-]+)\}\}$/;

/** Whether a text has something to render. */
export const isTemplate = (text: string): boolean => text.includes('{{') || /\{%[\s\S]*?%\}/.test(text);

/** The parts of a text, literal ones and paths, in order. @throws RenderError */
export function parse(text: string, place = ''): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{{', at);
    const until = open < 0 ? text.length : open;
    const plain = text.slice(at, until);
    const statement = /\{%[\s\S]*?%\}/.exec(plain);
    if (statement) throw new RenderError(short(statement[0]), place, REMEDY);
    if (plain !== '') parts.push({ text: plain });
    if (open < 0) break;
    const { part, end } = parseExpression(text, open, place);
    parts.push(part);
    at = end;
  }
  return parts;
}

function parseExpression(text: string, open: number, place: string): { part: Part; end: number } {
  const read = (pattern: RegExp, from: number): RegExpExecArray | undefined => {
    pattern.lastIndex = from;
    return pattern.exec(text) ?? undefined;
  };
  const close = text.indexOf('}}', open);
  const fault = () =>
    new RenderError(
      short(text.slice(open, close < 0 ? open + 48 : close + 2)),
      place,
      close < 0 ? 'no }} follows' : REMEDY,
    );
  let at = open + 2;
  at += read(SPACE, at)?.[0].length ?? 0;
  const literal = read(LITERAL, at);
  const first = literal ? undefined : read(IDENTIFIER, at);
  if (!literal && !first) throw fault();
  at += (literal ?? first)?.[0].length ?? 0;
  const path: [string, ...(string | number)[]] = [first?.[0] ?? ''];
  for (let step = first && read(STEP, at); step; step = read(STEP, at)) {
    const [all, dotted, index, single, double] = step;
    const number = index ?? (dotted !== undefined && /^\d/.test(dotted) ? dotted : undefined);
    path.push(number === undefined ? (dotted ?? single ?? double ?? '') : Number(number));
    at += all.length;
  }
  const end = read(END, at);
  if (!end) throw fault();
  at += end[0].length;
  return {
    part: literal ? { text: literal[1] ?? literal[2] ?? '' } : { source: text.slice(open, at), path },
    end: at,
  };
}

/** A template's paths and texts filled in by `context`, everything else unchanged. @throws RenderError */
export function render(value: unknown, context: Context, place = ''): Rendered {
  if (typeof value !== 'string') return renderInside(value, context, place, 0);
  // Jinja drops one newline at the end of a template.
  return isTemplate(value) ? renderText(value, context, place, pythonText).replace(/\n$/, '') : value;
}

/** A text with its templates filled in; `write` says how a value becomes text. @throws RenderError */
export function renderText(
  text: string,
  context: Context,
  place: string,
  write: (value: unknown) => string,
  literal: (text: string) => string = (t) => t,
): string {
  let result = '';
  for (const part of parse(text, place)) {
    result += 'text' in part ? literal(part.text) : write(lookUp(part.path, context, part.source, place));
    if (result.length > TEXT_MAX) throw new RenderError(short(text), place, 'the rendered text is longer than 1 MiB');
  }
  return result;
}

function renderInside(value: unknown, context: Context, place: string, depth: number): unknown {
  if (depth > DEPTH_MAX) throw new RenderError('value', place, `it is nested deeper than ${DEPTH_MAX} levels`);
  if (typeof value === 'string') {
    if (!isTemplate(value)) return value;
    const name = TIGHT.exec(value)?.[1];
    if (name !== undefined) return lookUp([name], context, value, place);
    return renderText(value, context, place, pythonText);
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => renderInside(item, context, `${place}[${index}]`, depth + 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      isTemplate(key) ? renderText(key, context, place, pythonText) : key,
      renderInside(item, context, place === '' ? key : `${place}.${key}`, depth + 1),
    ]),
  );
}

/** Paths that the templates in a value need, at any depth. @throws RenderError when one cannot be parsed. */
export function templatesIn(value: unknown, place = ''): readonly Path[] {
  const found: Path[] = [];
  const look = (inner: unknown, depth: number): void => {
    if (depth > DEPTH_MAX) throw new RenderError('value', place, `it is nested deeper than ${DEPTH_MAX} levels`);
    if (typeof inner === 'string') {
      const name = depth > 0 ? TIGHT.exec(inner)?.[1] : undefined;
      if (name !== undefined) found.push([name]);
      else if (isTemplate(inner)) for (const part of parse(inner, place)) if ('path' in part) found.push(part.path);
    } else if (Array.isArray(inner)) for (const item of inner) look(item, depth + 1);
    else if (typeof inner === 'object' && inner !== null) {
      for (const [key, item] of Object.entries(inner)) {
        if (isTemplate(key)) for (const part of parse(key, place)) if ('path' in part) found.push(part.path);
        look(item, depth + 1);
      }
    }
  };
  look(value, 0);
  return found;
}

function lookUp(path: Path, context: Context, source: string, place: string): unknown {
  let value: unknown = context;
  let seen = '';
  for (const step of path) {
    const next = stepInto(value, step);
    if (next === undefined) {
      const parent = seen === '' ? '' : ` in "${seen}", which ${describe(value)}`;
      throw new RenderError(short(source), place, `"${step}" is undefined${parent}`);
    }
    value = next;
    seen += seen === '' ? step : typeof step === 'number' ? `[${step}]` : `.${step}`;
  }
  return value;
}

function stepInto(value: unknown, step: string | number): unknown {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return typeof step === 'number' ? items.at(step) : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(Object.getOwnPropertyDescriptor(value, String(step)) ?? {}).find(([k]) => k === 'value')?.[1];
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return `is a list of ${value.length}`;
  if (typeof value !== 'object' || value === null) return `is ${short(pythonRepr(value))}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? 'is empty' : `has ${short(keys.slice(0, 8).join(', '))}`;
}

const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);

/** What Python's str() gives for a JSON value: strings as they are, True, None, ['a', 1]. */
export const pythonText = (value: unknown): string => (typeof value === 'string' ? value : pythonRepr(value));

/** What Python's repr() gives for a JSON value. */
export function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return pythonNumber(value);
  if (typeof value === 'string') return pythonQuoted(value);
  if (Array.isArray(value)) return `[${value.map((item) => pythonRepr(item)).join(', ')}]`;
  const pairs = Object.entries(value).map(([key, item]) => `${pythonQuoted(key)}: ${pythonRepr(item)}`);
  return `{${pairs.join(', ')}}`;
}

function pythonNumber(value: number): string {
  const small = value !== 0 && Math.abs(value) < 1e-4;
  const text = small ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, 'e$10$2'); // Python writes at least two digits of the exponent
}

function pythonQuoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  // U+0001 stays: it encloses the mark of a secret, which the pod replaces.
  const escaped = text.replaceAll(/[\\'"\p{C}\p{Z}]/gu, (c) => {
    if (c === ' ' || c === '\u0001' || ((c === "'" || c === '"') && c !== quote)) return c;
    const named = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t', "'": "\\'", '"': '\\"' }[c];
    if (named !== undefined) return named;
    const hex = (c.codePointAt(0) ?? 0).toString(16);
    return hex.length <= 2
      ? `\\x${hex.padStart(2, '0')}`
      : hex.length <= 4
        ? `\\u${hex.padStart(4, '0')}`
        : `\\U${hex.padStart(8, '0')}`;
  });
  return `${quote}${escaped}${quote}`;
}
