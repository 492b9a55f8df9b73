// operator/domain/expression/jinja/access.ts — value.name and value['name'], as the sandbox allows them.
import { ExpressionFault, undefinedFault } from '../fault.ts';
import type { Call } from '../functions/call.ts';
import { PySet } from '../python/collections.ts';
import { dictEntries, dictGet, isDict } from '../python/dict.ts';
import { oneArgument } from '../python/method.ts';
import { attributeOf as builtinAttribute, MUTATING } from '../python/methods.ts';
import { strFormat, strFormatMap } from '../python/str-format.ts';
import { index } from '../python/subscript.ts';
import { isList, PyObject, typeName, type Value } from '../python/values.ts';
import { Callable } from './callable.ts';
import { Markup } from './markup.ts';
import { isPrivate } from './private-names.ts';
import type { Run } from './run.ts';
import { Undefined } from './undefined.ts';

/** Thrown when a template is about to change a value of its context, which is shared: it has to start over with a copy. */
export class ContextChange extends Error {}

/** `value.name`: an attribute or method first, then an item. */
export function attributeOf(run: Run, value: Value, name: string): Value {
  // None is a value: only what is not there at all is undefined.
  let found = attribute(run, value, name);
  if (found === undefined) found = findItem(value, name);
  return found === undefined ? run.undefined({ owner: value, name }) : found;
}

/** `value[key]`: an item first, then an attribute. */
export function itemOf(run: Run, value: Value, key: Value): Value {
  const found = findItem(value, key);
  if (found !== undefined) return found;
  const name = typeof key === 'string' ? key : key instanceof Markup ? key.value : undefined;
  const own = name === undefined ? undefined : attribute(run, value, name);
  return own === undefined ? run.undefined({ owner: value, name: name ?? key }) : own;
}

/** An item; undefined when there is none, for whatever reason. */
function findItem(value: Value, key: Value): Value | undefined {
  if (isList(value) && typeof key === 'number') return value.at(key);
  try {
    return isDict(value) ? dictGet(value, key) : index(value, key);
  } catch (error) {
    if (isLookUp(error)) return undefined;
    throw error;
  }
}

/** What Jinja takes for "there is no such item": TypeError and LookupError. */
const isLookUp = (error: unknown): boolean =>
  error instanceof ExpressionFault &&
  (error.type === 'TypeError' || error.type === 'KeyError' || error.type === 'IndexError');

/** An attribute, or the refusal of one that is not safe; undefined when there is none. */
function attribute(run: Run, value: Value, name: string): Value | undefined {
  if (name.startsWith('_')) {
    if (!isPrivate(value, name)) return value instanceof Undefined ? value.attribute(name) : ownAttribute(value, name);
    return unsafe(run, value, name);
  }
  if (value instanceof PyObject) {
    const own = value.attribute(name);
    if (own !== undefined) return own;
    if (value instanceof Callable && value.typeName === 'type' && name === 'mro') return unsafe(run, value, name);
  }
  if (name === 'format' || name === 'format_map') {
    const format = sandboxedFormat(run, value, name);
    if (format) return format;
  }
  if (MUTATING.has(name) && !run.ownsContext && (isList(value) || isDict(value) || value instanceof PySet)) {
    if (builtinAttribute(value, name) !== undefined) throw new ContextChange();
  }
  return builtinAttribute(value, name);
}

/** Namespaces may have attributes with an underscore of their own. */
const ownAttribute = (value: Value, name: string): Value | undefined =>
  value instanceof PyObject && value.typeName === 'Namespace' ? value.attribute(name) : undefined;

const unsafe = (run: Run, owner: Value, name: string): Value =>
  run.undefined({
    hint: `access to attribute '${name}' of '${typeName(owner)}' object is unsafe.`,
    owner,
    name,
    unsafe: true,
  });

/** `{.name}` and `{[key]}` */
const NAMELESS = /(?<!\{)(?:\{\{)*\{[.[]/;

/** str.format whose fields go through the sandbox as well. */
function sandboxedFormat(run: Run, value: Value, name: 'format' | 'format_map'): Value | undefined {
  if (typeof value !== 'string') return undefined;
  const fields = {
    attribute: (owner: Value, field: string) => attributeOf(run, owner, field),
    item: (owner: Value, key: Value) => itemOf(run, owner, key),
  };
  const format = (call: Call): Value => {
    // The sandbox formats with a class of its own, which takes a field that begins with an attribute for one without a name.
    if (NAMELESS.test(value)) throw undefinedFault('KeyError', "''");
    if (name === 'format') return strFormat(value, call, fields);
    const mapping = oneArgument('format_map', call);
    if (!isDict(mapping)) return strFormatMap(value, mapping, fields);
    const named = dictEntries(mapping).filter((entry): entry is [string, Value] => typeof entry[0] === 'string');
    return strFormat(value, { args: [], named: new Map(named) }, fields);
  };
  return new Callable('function', `str.${name}`, format);
}
