// operator/domain/expression/python/str-format.ts — Python's str.format(): '{0.name[key]!r:>{width}}'.
import { allowCharacters, spend } from '../evaluation.ts';
import { undefinedFault, valueFault } from '../fault.ts';
import type { Call } from '../functions/call.ts';
import { format } from './format-spec.ts';
import { ascii, quoted, repr, str } from './repr.ts';
import { index } from './subscript.ts';
import type { Value } from './values.ts';

/** How a field goes on to attributes and items: the sandbox decides. */
export interface FieldAccess {
  attribute(value: Value, name: string): Value;
  item(value: Value, key: Value): Value;
}

/** Where fields start; numbers and names are told apart by their looks. */
interface Arguments {
  readonly at: (index: number) => Value;
  readonly named: (name: string) => Value;
  /** Whether fields without a name are numbered; only what takes positional arguments does. */
  numbering: 'none' | 'automatic' | 'manual' | 'refused';
  next: number;
}

/** Python's format.format(*args, **named). @throws ExpressionFault ValueError, IndexError, KeyError, in Python's words */
export function strFormat(text: string, { args, named }: Call, access: FieldAccess): string {
  const fields: Arguments = {
    at: (i) => {
      const value = args[i];
      if (value !== undefined) return value;
      throw undefinedFault('IndexError', `Replacement index ${i} out of range for positional args tuple`);
    },
    named: (name) => {
      const value = named.get(name);
      if (value !== undefined) return value;
      throw undefinedFault('KeyError', quoted(name));
    },
    numbering: 'none',
    next: 0,
  };
  return build(text, fields, access, 2);
}

/** Python's format.format_map(mapping). @throws ExpressionFault ValueError, KeyError, in Python's words */
export function strFormatMap(text: string, mapping: Value, access: FieldAccess): string {
  const at = () => {
    throw valueFault('Format string contains positional fields');
  };
  const fields: Arguments = { at, named: (name) => index(mapping, name), numbering: 'refused', next: 0 };
  return build(text, fields, access, 2);
}

/** One text with its fields; the specifications of fields may have fields of their own, but no deeper. */
function build(text: string, fields: Arguments, access: FieldAccess, depth: number): string {
  if (depth <= 0) throw valueFault('Max string recursion exceeded');
  allowCharacters(text.length);
  const parts: string[] = [];
  let [at, total] = [0, 0];
  const add = (part: string) => {
    total += part.length;
    parts.push(part);
  };
  while (at < text.length) {
    const brace = nextBrace(text, at);
    add(text.slice(at, brace));
    if (brace >= text.length) break;
    const c = text.charAt(brace);
    at = brace + 1;
    if (text.charAt(at) === c) {
      add(c);
      at++;
      continue;
    }
    if (c === '}') throw valueFault("Single '}' encountered in format string");
    if (at >= text.length) throw valueFault("Single '{' encountered in format string");
    const field = readField(text, at);
    at = field.end;
    add(formatField(field, fields, access, depth));
  }
  allowCharacters(total);
  return parts.join('');
}

function nextBrace(text: string, at: number): number {
  const found = /[{}]/g;
  found.lastIndex = at;
  return found.exec(text)?.index ?? text.length;
}

interface Field {
  readonly name: string;
  readonly conversion: string;
  readonly spec: string;
  /** Behind the closing brace. */
  readonly end: number;
}

/** A field whose opening brace ends at `start`. */
function readField(text: string, start: number): Field {
  let at = start;
  for (; at < text.length; at++) {
    const c = text.charAt(at);
    if (c === '{') throw valueFault("unexpected '{' in field name");
    if (c === '[') {
      const close = text.indexOf(']', at);
      at = close < 0 ? text.length : close;
    } else if (c === '}' || c === ':' || c === '!') break;
  }
  const name = text.slice(start, at);
  const stop = text.charAt(at);
  if (stop === '}') return { name, conversion: '', spec: '', end: at + 1 };
  if (stop === '') throw valueFault("expected '}' before end of string");
  at++;
  let conversion = '';
  if (stop === '!') {
    conversion = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (at >= text.length) throw valueFault('end of string while looking for conversion specifier');
    at += conversion.length;
    const next = text.charAt(at);
    if (next === '}') return { name, conversion, spec: '', end: at + 1 };
    if (next === '') throw valueFault("unmatched '{' in format spec");
    if (next !== ':') throw valueFault("expected ':' after conversion specifier");
    at++;
  }
  const end = endOfSpec(text, at);
  return { name, conversion, spec: text.slice(at, end), end: end + 1 };
}

function endOfSpec(text: string, start: number): number {
  let open = 0;
  for (let at = start; at < text.length; at++) {
    const c = text.charAt(at);
    if (c === '{') open++;
    else if (c === '}' && --open < 0) return at;
  }
  throw valueFault("unmatched '{' in format spec");
}

function formatField({ name, conversion, spec }: Field, fields: Arguments, access: FieldAccess, depth: number): string {
  spend(1);
  const value = converted(fieldValue(name, fields, access), conversion);
  return format(value, spec.includes('{') ? build(spec, fields, access, depth - 1) : spec);
}

function converted(value: Value, conversion: string): Value {
  switch (conversion) {
    case '':
      return value;
    case 's':
      return str(value);
    case 'r':
      return repr(value);
    case 'a':
      return ascii(value);
    default: {
      const code = conversion.codePointAt(0) ?? 0;
      const shown = code > 32 && code < 127 ? conversion : `\\x${code.toString(16)}`;
      throw valueFault(`Unknown conversion specifier ${shown}`);
    }
  }
}

/** `0.name[key]`: an argument, then its attributes and items. */
function fieldValue(name: string, fields: Arguments, access: FieldAccess): Value {
  const [first = ''] = /^[^.[]*/.exec(name) ?? [];
  let value = firstValue(first, fields);
  let rest = name.slice(first.length);
  while (rest !== '') {
    if (rest.startsWith('.')) {
      const [attribute = ''] = /^[^.[]*/.exec(rest.slice(1)) ?? [];
      if (attribute === '') throw valueFault('Empty attribute in format string');
      value = access.attribute(value, attribute);
      rest = rest.slice(1 + attribute.length);
    } else if (rest.startsWith('[')) {
      const close = rest.indexOf(']');
      if (close < 0) throw valueFault("Missing ']' in format string");
      const key = rest.slice(1, close);
      if (key === '') throw valueFault('Empty attribute in format string');
      value = access.item(value, integerOf(key) ?? key);
      rest = rest.slice(close + 1);
    } else throw valueFault("Only '.' or '[' may follow ']' in format field specifier");
  }
  return value;
}

function firstValue(first: string, fields: Arguments): Value {
  const number = integerOf(first);
  if (first !== '' && number === undefined) return fields.named(first);
  if (fields.numbering === 'refused') return fields.at(number ?? 0);
  const now = first === '' ? 'automatic' : 'manual';
  if (fields.numbering !== 'none' && fields.numbering !== now) {
    throw valueFault(
      now === 'automatic'
        ? 'cannot switch from manual field specification to automatic field numbering'
        : 'cannot switch from automatic field numbering to manual field specification',
    );
  }
  fields.numbering = now;
  return fields.at(number ?? fields.next++);
}

function integerOf(text: string): number | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  if (text.length > 18) throw valueFault('Too many decimal digits in format string');
  return Number(text);
}
