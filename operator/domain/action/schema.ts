// operator/domain/action/schema.ts — StackStorm's parameter schemas → compiled checks whose messages name the parameter.
import Ajv from 'ajv-draft-04';
import type { ErrorObject, ValidateFunction } from 'ajv-draft-04';
import { pythonRepr } from '../expression/render.ts';
import { compileRegex } from '../expression/python/regex.ts';
import type { Schema, Schemas } from './runner-parameters.ts';

/** Compiled schemas that are kept. */
const KEPT = 500;
/** Deepest nesting of a schema. */
const DEPTH_MAX = 32;
/** Characters of a value that a message shows. */
const SHOWN_MAX = 120;

const PLAIN: readonly string[] =
  'type enum minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern minItems maxItems minProperties maxProperties'.split(
    ' ',
  );
const ONE: readonly string[] = ['items', 'additionalItems', 'additionalProperties', 'not'];
const LISTS: readonly string[] = ['allOf', 'anyOf', 'oneOf'];
const MAPS: readonly string[] = ['properties', 'patternProperties', 'dependencies'];
const TEXTS: readonly string[] = ['description', 'title', 'id', '$schema', 'format'];
const OURS: readonly string[] = [
  'default',
  'required',
  'secret',
  'position',
  'immutable',
  'uniqueItems',
  'definitions',
];
/** Every attribute that a parameter may have. */
export const ATTRIBUTES: readonly string[] = [...PLAIN, ...ONE, ...LISTS, ...MAPS, ...TEXTS, ...OURS];

function newAjv() {
  const ajv = new Ajv.default({
    strict: false,
    verbose: true,
    ownProperties: true,
    validateFormats: false,
    logger: false,
    // RE2 runs in linear time: packs are other people's input.
    code: { regExp: Object.assign(searchIn, { code: 'undefined' }) },
  });
  return ajv.addKeyword({
    keyword: 'distinctItems',
    type: 'array',
    schemaType: 'boolean',
    // Our own, because ajv compares each item with each other.
    validate: (on: boolean, items: readonly unknown[]) => !on || new Set(items.map(canonical)).size === items.length,
    errors: false,
  });
}

function searchIn(pattern: string) {
  const compiled = compileRegex(pattern);
  // ajv tells patterns apart by their text.
  return { test: (text: string) => compiled.matcher(text).find(), toString: () => pattern };
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of a key that the object itself has; names such as constructor are plain data. */
export const own = (object: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** An optional parameter, or one whose default is null, may also be null. */
const takesNull = (schema: Schema): boolean =>
  own(schema, 'required') !== true || (Object.hasOwn(schema, 'default') && schema['default'] === null);

/** Draft 4 without StackStorm's words. @throws Error that says what is not understood */
function normalise(schema: unknown, nullable: boolean, depth = 0): Schema {
  if (depth > DEPTH_MAX) throw new Error(`the schema is nested deeper than ${DEPTH_MAX} levels`);
  if (!isRecord(schema)) throw new Error(`${short(pythonRepr(schema))} is not a schema; write an object`);
  if (Object.hasOwn(schema, '$ref')) throw new Error('$ref is not supported; write the schema out in its place');
  const out: [string, unknown][] = [];
  const inner = (value: unknown): unknown => (typeof value === 'boolean' ? value : normalise(value, false, depth + 1));
  for (const [key, value] of Object.entries(schema)) {
    checkPatterns(key, value);
    if (PLAIN.includes(key)) out.push([key, value]);
    else if (key === 'uniqueItems') out.push(['distinctItems', value]);
    else if (key === 'items' && Array.isArray(value)) out.push([key, value.map(inner)]);
    else if (ONE.includes(key)) out.push([key, inner(value)]);
    else if (LISTS.includes(key) && Array.isArray(value)) out.push([key, value.map(inner)]);
    else if (key === 'properties' && isRecord(value)) out.push([key, normaliseAll(value, depth)]);
    else if (MAPS.includes(key) && isRecord(value)) out.push([key, mapped(value, inner)]);
  }
  const required = requiredOf(schema);
  if (required.length > 0) out.push(['required', required]);
  return withNull(Object.fromEntries(out), nullable);
}

/** Before ajv meets them: it would not say where they stand. */
function checkPatterns(key: string, value: unknown): void {
  if (key === 'pattern' && typeof value === 'string') compileRegex(value);
  if (key === 'patternProperties' && isRecord(value)) for (const pattern of Object.keys(value)) compileRegex(pattern);
}

const normaliseAll = (map: Readonly<Record<string, unknown>>, depth: number) =>
  mapped(map, (value) => normalise(value, isRecord(value) && takesNull(value), depth + 1));

const mapped = (map: Readonly<Record<string, unknown>>, change: (value: unknown) => unknown) =>
  Object.fromEntries(Object.entries(map).map(([k, v]) => [k, Array.isArray(v) ? v : change(v)]));

function requiredOf(schema: Schema): readonly string[] {
  const listed = own(schema, 'required');
  const inner = own(schema, 'properties');
  const marked = isRecord(inner)
    ? Object.entries(inner).filter(([, s]) => isRecord(s) && own(s, 'required') === true)
    : [];
  const names = [...(Array.isArray(listed) ? listed : []), ...marked.map(([name]) => name)];
  return [...new Set(names.filter((name) => typeof name === 'string'))];
}

function withNull(schema: Schema, nullable: boolean): Schema {
  const { type, ...rest } = schema;
  const types = (Array.isArray(type) ? type : [type]).filter((t) => t !== undefined);
  const any = types.includes('any') || types.length === 0;
  const typed = any ? rest : { ...rest, type: nullable && !types.includes('null') ? [...types, 'null'] : type };
  if (!nullable) return typed;
  const branch = (key: string) =>
    Array.isArray(typed[key as never]) ? { [key]: [...(typed[key as never] as unknown[]), { type: 'null' }] } : {};
  return { ...typed, ...branch('anyOf'), ...branch('oneOf') };
}

/** Compiled, by their text. */
const kept = new Map<string, ValidateFunction>();
let ajv = newAjv();

/** @throws Error that names the parameter whose schema is not valid */
export function compileSchemas(schemas: Schemas): ValidateFunction {
  const text = JSON.stringify(schemas);
  const known = kept.get(text);
  if (known) return known;
  const entries = Object.entries(schemas).map(([name, schema]): [string, Schema] => {
    try {
      return [name, normalise(schema, takesNull(schema))];
    } catch (cause) {
      throw new Error(`parameters.${name}: ${(cause as Error).message}`, { cause });
    }
  });
  const required = requiredOf({ properties: schemas });
  const properties = Object.fromEntries(entries);
  const schema = {
    type: 'object',
    properties,
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
  };
  if (kept.size >= KEPT) {
    kept.clear();
    ajv = newAjv(); // it remembers what it has compiled
  }
  const check = compile(schema);
  kept.set(text, check);
  return check;
}

function compile(schema: Schema): ValidateFunction {
  try {
    return ajv.compile(schema);
  } catch (cause) {
    ajv.removeSchema(schema);
    const message = (cause as Error).message.replaceAll(/data\/(?:properties\/)?/g, 'parameters.').replaceAll('/', '.');
    throw new Error(message.replace(/^schema is invalid: /, ''), { cause });
  }
}

/** The value with the defaults of its schema where it has nothing, at any depth; for checking only. */
export function withDefaults(schema: unknown, value: unknown): unknown {
  if (!isRecord(schema)) return value;
  const filled = value === undefined || value === null ? (own(schema, 'default') ?? value) : value;
  const inner = own(schema, 'properties');
  if (isRecord(filled) && isRecord(inner)) {
    const added = Object.entries(inner)
      .map(([key, sub]): [string, unknown] => [key, withDefaults(sub, own(filled, key))])
      .filter(([, v]) => v !== undefined);
    return { ...filled, ...Object.fromEntries(added) };
  }
  const items = own(schema, 'items');
  return Array.isArray(filled) && isRecord(items) ? filled.map((item) => withDefaults(items, item)) : filled;
}

/** @returns what is wrong with the first value that does not fit, with its remedy; undefined when all fit */
export function faultIn(schemas: Schemas, values: Readonly<Record<string, unknown>>, ref: string): string | undefined {
  const check = compileSchemas(schemas);
  try {
    if (check(values)) return undefined;
  } catch {
    return `parameters: they could not be checked against the schema of Action "${ref}"; make it simpler`;
  }
  const error = check.errors?.at(-1);
  return error ? tell(error, ref) : 'parameters: they do not fit the schema';
}

function tell(error: ErrorObject, ref: string): string {
  const path = `parameters${error.instancePath
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step.replaceAll('~1', '/').replaceAll('~0', '~')}`))
    .join('')}`;
  const word = (key: string): unknown => own(error.params as Readonly<Record<string, unknown>>, key);
  const shown = short(pythonRepr(error.data));
  const limit = String(word('limit'));
  switch (error.keyword) {
    case 'required':
      return `${path}: '${word('missingProperty')}' is a required property; give ${path}.${word('missingProperty')}`;
    case 'additionalProperties':
      return `${path}: Additional properties are not allowed ('${word('additionalProperty')}' was unexpected); remove ${path}.${word('additionalProperty')} or declare it in Action "${ref}"`;
    case 'type':
      return `${path}: ${shown} is not of type ${[error.schema].flat().map(pythonRepr).join(', ')}; give a value of that type`;
    case 'enum':
      return `${path}: ${shown} is not one of ${short(pythonRepr(error.schema))}; choose one of them`;
    case 'pattern':
      return `${path}: ${shown} does not match ${pythonRepr(error.schema)}; give a value that does`;
    case 'minimum':
    case 'maximum':
      return `${path}: ${shown} is ${bound(error)} of ${limit}; give a ${error.keyword === 'minimum' ? 'larger' : 'smaller'} number`;
    case 'multipleOf':
      return `${path}: ${shown} is not a multiple of ${String(word('multipleOf'))}; give one`;
    case 'minLength':
    case 'minItems':
      return `${path}: ${shown} is too short; give at least ${limit}`;
    case 'maxLength':
    case 'maxItems':
      return `${path}: ${shown} is too long; give at most ${limit}`;
    case 'distinctItems':
      return `${path}: ${shown} has non-unique elements; give each once`;
    case 'anyOf':
    case 'oneOf':
      return `${path}: ${shown} is not valid under any of the given schemas; see parameters of Action "${ref}"`;
    default:
      return `${path}: ${shown} ${error.message ?? 'does not fit'}; see parameters of Action "${ref}"`;
  }
}

function bound(error: ErrorObject): string {
  const comparison = String(own(error.params as Readonly<Record<string, unknown>>, 'comparison'));
  const than = error.keyword === 'minimum' ? 'less than' : 'greater than';
  return `${than}${comparison === '<' || comparison === '>' ? ' or equal to' : ''} the ${error.keyword}`;
}

/** One text for equal values, whatever the order of their keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const pairs = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${pairs.join(',')}}`;
}

const short = (text: string): string => (text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX - 1)}…` : text);
