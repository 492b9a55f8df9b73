// operator/domain/expression/jinja/markup.ts — text that is safe as HTML: what is joined to it is escaped first.
import { allowCharacters } from '../evaluation.ts';
import { typeFault } from '../fault.ts';
import { type Call, callOf } from '../functions/call.ts';
import { Tuple } from '../python/collections.ts';
import { compareText, contains, hashKey } from '../python/compare.ts';
import { Dict, dictEntries, isDict } from '../python/dict.ts';
import { iterate } from '../python/iterate.ts';
import { type Method, methodOf } from '../python/methods.ts';
import { isNumeric } from '../python/numbers.ts';
import { binary } from '../python/operators.ts';
import { percentFormat } from '../python/percent-format.ts';
import { quoted, repr, str } from '../python/repr.ts';
import { index, slice } from '../python/subscript.ts';
import { spendText, textLength } from '../python/text.ts';
import { isList, type Operator, PyObject, typeName, type Value } from '../python/values.ts';
import { unescapeHtml } from './html-entities.ts';

/** MarkupSafe's Markup: a str that `escape` leaves alone. */
export class Markup extends PyObject {
  readonly typeName = 'Markup';
  readonly value: string;
  constructor(value: string) {
    super();
    this.value = value;
  }
  repr(): string {
    return `Markup(${quoted(this.value)})`;
  }
  override text(): string {
    return this.value;
  }
  override isText(): boolean {
    return true;
  }
  override truthy(): boolean {
    return this.value !== '';
  }
  override equals(other: Value): boolean {
    const text = plainText(other);
    if (text?.length === this.value.length) spendText(text.length);
    return this.value === text;
  }
  override compareTo(other: Value): number | undefined {
    const text = plainText(other);
    return text === undefined ? undefined : compareText(this.value, text);
  }
  override contains(item: Value): boolean {
    return contains(this.value, plainText(item) ?? item);
  }
  override iterate(): Iterable<Value> {
    return this.value;
  }
  override size(): number {
    return textLength(this.value);
  }
  override item(key: Value): Value {
    return new Markup(index(this.value, key) as string);
  }
  override slice(start: Value, stop: Value, step: Value): Value {
    return new Markup(slice(this.value, start, stop, step) as string);
  }
  override operate(sign: Operator, other: Value, mirrored: boolean): Value | undefined {
    if (sign === '*') return new Markup(binary('*', this.value, other) as string);
    if (sign === '%' && !mirrored) return new Markup(percentFormat(this.value, escapedOperands(other)));
    if (sign !== '+') return undefined;
    const text = plainText(other);
    if (text === undefined) {
      if (mirrored) return undefined;
      throw typeFault(`unsupported operand type(s) for +: 'Markup' and '${typeName(other)}'`);
    }
    const { value } = escape(other);
    allowCharacters(value.length + this.value.length);
    return new Markup(mirrored ? value + this.value : this.value + value);
  }
  override attribute(name: string): Value | undefined {
    const own = OWN.get(name);
    if (own) return new MarkupMethod(this, name, (call) => own(this, call));
    const method = methodOf('', name);
    return method && new MarkupMethod(this, name, (call) => inherited(this.value, name, method, call));
  }
  override hashKey(): string {
    return hashKey(this.value);
  }
}

/** The text of a str or of Markup; undefined for every other value. */
export const plainText = (value: Value): string | undefined =>
  typeof value === 'string' ? value : value instanceof Markup ? value.value : undefined;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
};

/** A text that is safe as HTML; what is safe already stays as it is. */
export const escapeText = (text: string): string => {
  const escaped = text.replaceAll(/[&<>'"]/g, (c) => ESCAPES[c] ?? c);
  allowCharacters(escaped.length);
  return escaped;
};

/** MarkupSafe's escape(). */
export const escape = (value: Value): Markup => (value instanceof Markup ? value : new Markup(escapeText(str(value))));

/** MarkupSafe's striptags(): without comments and tags, white space collapsed, entities resolved. */
export function stripTags(text: string): string {
  let kept = '';
  let at = 0;
  for (let start = text.indexOf('<'); start >= 0; start = text.indexOf('<', at)) {
    const comment = text.startsWith('<!--', start);
    const end = comment ? text.indexOf('-->', start + 4) : text.indexOf('>', start);
    if (end < 0) break;
    kept += text.slice(at, start);
    at = end + (comment ? 3 : 1);
  }
  const words = methodOf('', 'split')?.(kept + text.slice(at), callOf()) as readonly string[];
  return unescapeHtml(words.join(' '));
}

type OwnMethod = (self: Markup, call: Call) => Value;

/** What Markup has beside the methods of str, or does otherwise. */
const OWN: ReadonlyMap<string, OwnMethod> = new Map<string, OwnMethod>([
  ['__html__', (self) => self],
  ['striptags', (self) => stripTags(self.value)],
  ['unescape', (self) => unescapeHtml(self.value)],
  ['join', (self, call) => joinMarkup(self.value, iterate(call.args[0] ?? null))],
]);

/** Items, each escaped, with a text between them that is safe. */
export function joinMarkup(between: string, items: Iterable<Value>): Markup {
  const texts: string[] = [];
  let length = 0;
  for (const item of items) {
    const { value } = escape(item);
    length += value.length + between.length;
    allowCharacters(length);
    texts.push(value);
  }
  return new Markup(texts.join(between));
}

/** Methods whose texts, given as arguments, are escaped before they go in. */
const ESCAPING: ReadonlyMap<string, number> = new Map([
  ['replace', 1],
  ['ljust', 1],
  ['rjust', 1],
  ['center', 1],
]);

function inherited(self: string, name: string, method: Method, call: Call): Value {
  const escaped = ESCAPING.get(name);
  if (name === 'format' || name === 'format_map') {
    const named = new Map(Array.from(call.named, ([key, value]) => [key, escapedOperand(value)]));
    const args = call.args.map((arg) => (name === 'format' ? escapedOperand(arg) : escapedOperands(arg)));
    return new Markup(method(self, { args, named }) as string);
  }
  const args = call.args.map((arg, i) => (i === escaped ? escape(arg).value : (plainText(arg) ?? arg)));
  return marked(method(self, { args, named: call.named }));
}

/** The texts in what a method of str gave are as safe as the text that it was called on. */
function marked(result: Value): Value {
  if (typeof result === 'string') return new Markup(result);
  if (isList(result)) return result.map(marked);
  return result instanceof Tuple ? new Tuple(result.items.map(marked)) : result;
}

function escapedOperands(values: Value): Value {
  if (values instanceof Tuple) return new Tuple(values.items.map(escapedOperand));
  if (isDict(values)) return new Dict(dictEntries(values).map(([key, value]) => [key, escapedOperand(value)]));
  return new Tuple([escapedOperand(values)]);
}

const escapedOperand = (value: Value): Value =>
  isNumeric(value) || typeof value === 'boolean' || value === null ? value : new Escaped(value);

/** A value that is put into Markup: its text is escaped, however it is asked for. */
class Escaped extends PyObject {
  readonly typeName = '_MarkupEscapeHelper';
  readonly #value: Value;
  constructor(value: Value) {
    super();
    this.#value = value;
  }
  repr(): string {
    return escapeText(repr(this.#value));
  }
  override text(): string {
    return escape(this.#value).value;
  }
  override item(key: Value): Value {
    return new Escaped(index(this.#value, key));
  }
}

/** `markup.upper`, not yet called. */
class MarkupMethod extends PyObject {
  readonly typeName = 'method';
  readonly #self: Markup;
  readonly #name: string;
  readonly #run: (call: Call) => Value;
  constructor(self: Markup, name: string, run: (call: Call) => Value) {
    super();
    this.#self = self;
    this.#name = name;
    this.#run = run;
  }
  repr(): string {
    return `<bound method Markup.${this.#name} of ${this.#self.repr()}>`;
  }
  override call(call: Call): Value {
    return this.#run(call);
  }
}
