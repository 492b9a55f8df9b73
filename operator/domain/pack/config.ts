// operator/domain/pack/config.ts — a pack's configuration: values with lookups in the datastore, and the defaults of its schema.
import { compileTemplate } from '../expression/jinja/template.ts';
import { allowItems, deeper, spend } from '../expression/evaluation.ts';
import { ExpressionFault, undefinedFault } from '../expression/fault.ts';
import { callOf, type Datastore } from '../expression/functions/call.ts';
import { decryptKv, kvScopes } from '../expression/functions/kv.ts';
import { compileRegex } from '../expression/python/regex.ts';
import { isList, isPlain, type Plain, truthy, typeName, type Value } from '../expression/python/values.ts';

export interface ConfigSource {
  readonly pack: string;
  /** Property schemas by key, as in config.schema.yaml. */
  readonly schema: Plain;
  readonly values: Plain;
  /** Whose entries of the datastore `st2kv.user` means. */
  readonly user: string;
  /** Its key opens what is encrypted, for values whose schema says secret. */
  readonly datastore?: Datastore | undefined;
}

/** What an object has at a key; null where it is no object, or has none. */
export const own = (object: Value, key: string): Value =>
  isPlain(object) && Object.hasOwn(object, key) ? (object[key] ?? null) : null;

/** What `config_context` is, and what sensors get. Defaults are not rendered. @throws ExpressionFault RuntimeError with the key */
export function resolveConfig(source: ConfigSource): Plain {
  const values = Object.entries(source.values).map(([key, value]): [string, Value] => [
    key,
    resolveValue(value, own(source.schema, key), [key], source),
  ]);
  return addDefaults(Object.fromEntries(values), source.schema);
}

function resolveValue(value: Value, schema: Value, path: readonly string[], source: ConfigSource): Value {
  spend(1);
  if (isPlain(value)) {
    const schemas = propertySchemas(schema, Object.keys(value));
    return deeper(() =>
      Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          resolveValue(item, own(schemas, key), [...path, key], source),
        ]),
      ),
    );
  }
  if (isList(value)) {
    const schemas = itemSchemas(schema, value.length);
    return deeper(() => value.map((item, i) => resolveValue(item, schemas[i] ?? null, [...path, String(i)], source)));
  }
  return typeof value === 'string' && /\{\{|\{%/.test(value) ? lookUp(value, schema, path, source) : value;
}

/** Always a text; null for an empty one. */
function lookUp(value: string, schema: Value, path: readonly string[], source: ConfigSource): Value {
  const { pack, user, datastore } = source;
  const scope = { context: { st2kv: kvScopes(datastore, user) }, datastore };
  let text: string;
  try {
    text = compileTemplate(value).render(scope);
  } catch (cause) {
    if (!(cause instanceof ExpressionFault) || cause.kind === 'budget') throw cause;
    const message = `Failed to render dynamic configuration value for key "${path.join('.')}" with value "${value}" for pack "${pack}" config: ${cause.type} ${cause.message}`;
    throw new ExpressionFault('other', 'RuntimeError', message, {
      cause,
      ...(cause.place ? { place: cause.place } : {}),
    });
  }
  if (text === '') return null;
  return truthy(own(schema, 'secret')) ? decryptKv(callOf(text), scope) : text;
}

/** The schema of each key: its own, else those of all patterns that it fits, else that of other keys. */
export function propertySchemas(schema: Value, keys: readonly string[]): Plain {
  const properties = own(schema, 'properties');
  const patterns = own(schema, 'patternProperties');
  const others = own(schema, 'additionalProperties');
  const known = isPlain(properties) ? properties : {};
  const entries = keys
    .filter((key) => !Object.hasOwn(known, key))
    .map((key): [string, Value] => {
      const fitting = isPlain(patterns) ? Object.entries(patterns).filter(([p]) => compileRegex(p).test(key)) : [];
      if (fitting.length > 0)
        return [key, Object.fromEntries(fitting.flatMap(([, inner]) => (isPlain(inner) ? Object.entries(inner) : [])))];
      return [key, isPlain(others) ? others : {}];
    });
  return { ...Object.fromEntries(entries), ...known };
}

/** The schema of each item, and of those that a list of schemas has beyond. */
export function itemSchemas(schema: Value, count: number): readonly Value[] {
  allowItems(count);
  const items = own(schema, 'items');
  const others = own(schema, 'additionalItems');
  if (isPlain(items)) return Array.from({ length: count }, () => items);
  const listed = isList(items) ? items : [];
  const more = Math.max(0, isPlain(others) ? count - listed.length : 0);
  return [...listed, ...Array.from({ length: more }, () => others)];
}

/** Defaults for keys that are absent, at any depth; objects and lists whose insides are described are made for it. */
function addDefaults(values: Plain, schemas: Plain): Plain {
  const result = new Map(Object.entries(values));
  for (const [key, schema] of Object.entries(schemas)) {
    if (!result.has(key) && isPlain(schema) && Object.hasOwn(schema, 'default'))
      result.set(key, own(schema, 'default'));
    const filled = fillInside(result.get(key) ?? null, schema);
    if (filled !== undefined) result.set(key, filled);
  }
  return Object.fromEntries(result);
}

/** undefined where the schema says nothing about the inside. */
function fillInside(value: Value, schema: Value): Value | undefined {
  const type = own(schema, 'type');
  const says = (...keys: readonly string[]) => keys.some((key) => truthy(own(schema, key)));
  if (type === 'object' && says('properties', 'patternProperties', 'additionalProperties')) {
    const object = truthy(value) ? value : {};
    if (!isPlain(object))
      throw new ExpressionFault('type', 'AttributeError', `'${typeName(object)}' object has no attribute 'keys'`);
    return deeper(() => addDefaults(object, propertySchemas(schema, Object.keys(object))));
  }
  if (type === 'array' && says('items', 'additionalItems')) {
    const list = truthy(value) ? value : [];
    return isList(list) ? deeper(() => fillItems(list, itemSchemas(schema, list.length))) : list;
  }
  return undefined;
}

function fillItems(list: readonly Value[], schemas: readonly Value[]): Value {
  // StackStorm has no place for the default of an item that is not there.
  for (const schema of schemas.slice(list.length))
    if (isPlain(schema) && (Object.hasOwn(schema, 'default') || fillInside(null, schema) !== undefined))
      throw undefinedFault('IndexError', 'list assignment index out of range');
  return list.map((item, i) => fillInside(item, schemas[i] ?? null) ?? item);
}
