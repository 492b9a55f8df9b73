// operator/domain/action/schema-defaults.ts — what StackStorm does before it checks: null for what is optional, defaults for what is not there.
import { allowItems, deeper } from '../expression/evaluation.ts';
import { ExpressionFault } from '../expression/fault.ts';
import { Dict, dictEntries, isDict } from '../expression/python/dict.ts';
import { isList, isPlain, type Plain, truthy, typeName, type Value } from '../expression/python/values.ts';
import { entriesOf, ownOf } from './schema-check.ts';

/** `exact`: also where StackStorm misbehaves. Otherwise no type means any value, and lists of item schemas work. */
export type Reading = 'exact' | 'lenient';

const NULL: Plain = { type: 'null' };
const hasNoAttribute = (value: Value, name = 'get') =>
  new ExpressionFault('type', 'AttributeError', `'${typeName(value)}' object has no attribute '${name}'`);

/** The schema of an object whose optional properties, and those with the default null, may also be null. */
export function allowNull(schema: Plain, reading: Reading): Plain {
  const inside = Object.hasOwn(schema, 'properties') ? (schema['properties'] ?? null) : {};
  if (reading === 'exact' && !isPlain(inside)) throw hasNoAttribute(inside, 'items');
  const properties = entriesOf(inside);
  if (properties.length === 0) return schema;
  const changed = properties.map(([name, property]): [string, Value] => {
    if (isPlain(property)) return [name, deeper(() => allowNullInside(nullable(property, reading), reading))];
    if (reading === 'exact') throw hasNoAttribute(property);
    return [name, property];
  });
  return { ...schema, properties: Object.fromEntries(changed) };
}

function nullable(property: Plain, reading: Reading): Plain {
  const isOptional = !truthy(ownOf(property, 'required') ?? false) || Object.hasOwn(property, 'default');
  if (!isOptional || (ownOf(property, 'default') ?? null) !== null) return property;
  const { anyOf = null, oneOf = null } = property;
  const type = ownOf(property, 'type');
  if (isList(anyOf) && !anyOf.some(isNullType)) return { ...property, anyOf: [...anyOf, NULL] };
  if (isList(oneOf) && !oneOf.some(isNullType)) return { ...property, oneOf: [...oneOf, NULL] };
  if (type !== undefined && isList(type))
    return type.includes('null') ? property : { ...property, type: [...type, 'null'] };
  if (Object.hasOwn(property, 'anyOf') || Object.hasOwn(property, 'oneOf')) return property;
  if (reading === 'lenient' && (type === undefined || type === 'null' || type === 'any')) return property;
  return { ...property, type: [type ?? 'string', 'null'] };
}

const isNullType = (type: Value): boolean => type === 'null' || (isPlain(type) && ownOf(type, 'type') === 'null');

const isTyped = (schema: Plain, wanted: string): boolean => {
  const type = ownOf(schema, 'type') ?? null;
  return type === wanted || (isList(type) && type.includes(wanted));
};

function allowNullInside(property: Plain, reading: Reading): Plain {
  const items = ownOf(property, 'items') ?? {};
  let changed = property;
  if (isTyped(property, 'array') && truthy(items)) {
    if (isPlain(items)) {
      if (truthy(ownOf(items, 'properties') ?? {})) changed = { ...changed, items: allowNull(items, reading) };
    } else if (reading === 'exact') throw hasNoAttribute(items);
  }
  return isTyped(property, 'object') ? allowNull(changed, reading) : changed;
}

/** The value with the defaults of its schema in place of what is absent or null, at any depth. */
export function fillDefaults(value: Value, schema: Plain): Value {
  if (isTyped(schema, 'array') && isList(value)) return fillItems(value, schema);
  return isTyped(schema, 'object') && isDict(value) ? fillProperties(value, schema) : value;
}

/** The default for what is not there; what is there is filled. */
function filled(value: Value | undefined, schema: Value): Value | undefined {
  if (!isPlain(schema)) return value;
  const given = value ?? (Object.hasOwn(schema, 'default') ? schema['default'] : value);
  return given === undefined || given === null ? given : deeper(() => fillDefaults(given, schema));
}

function fillProperties(value: Value, schema: Plain): Value {
  if (!isDict(value)) return value;
  const properties = entriesOf(ownOf(schema, 'properties') ?? null);
  if (properties.length === 0) return value;
  const needs = ownOf(schema, 'dependencies') ?? {};
  const made = new Dict(dictEntries(value));
  for (const [name, property] of properties) {
    const wanted = isPlain(needs) ? (ownOf(needs, name) ?? []) : [];
    const stays = isList(wanted) && wanted.some((need) => !hasDefault(schema, need) && made.get(need) === undefined);
    const known = made.get(name);
    const next = stays && (known ?? null) === null ? known : filled(known, property);
    if (next !== undefined) made.set(name, next);
  }
  return asPlain(made);
}

function hasDefault(schema: Plain, name: Value): boolean {
  const properties = ownOf(schema, 'properties') ?? {};
  const property = isPlain(properties) && typeof name === 'string' ? ownOf(properties, name) : undefined;
  return property !== undefined && isPlain(property) && Object.hasOwn(property, 'default');
}

function fillItems(value: readonly Value[], schema: Plain): Value {
  const items = ownOf(schema, 'items') ?? [];
  allowItems(value.length);
  return value.map((item, i) => filled(item, isList(items) ? (items[i] ?? {}) : items) ?? null);
}

/** Plain JSON again, unless a key is no text. */
function asPlain(dict: Dict): Value {
  const entries = dictEntries(dict);
  return entries.every(([key]) => typeof key === 'string') ? Object.fromEntries(entries) : dict;
}
