// cli/pack-config-schema.ts — the schema of a pack's configuration: which part of it applies where, and what it keeps secret.
import { evaluating, NOWHEN } from '../operator/domain/expression/evaluation.ts';
import { ExpressionFault } from '../operator/domain/expression/fault.ts';
import type { Plain, Value } from '../operator/domain/expression/python/values.ts';
import { itemSchemas, own, propertySchemas } from '../operator/domain/pack/config.ts';

/** Schema of one value, as config.schema.yaml has it. */
export interface ConfigSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly required?: boolean;
  readonly secret?: boolean;
  readonly enum?: readonly unknown[];
  readonly properties?: ConfigSchemas;
  readonly patternProperties?: ConfigSchemas;
  readonly additionalProperties?: boolean | ConfigSchema;
  readonly items?: ConfigSchema | readonly ConfigSchema[];
  /** Of the items beyond a list of schemas. */
  readonly additionalItems?: boolean | ConfigSchema;
}
export type ConfigSchemas = Readonly<Record<string, ConfigSchema>>;

export type Path = readonly string[];

/** What is shown instead of a secret. */
export const MASK = '********';

/** The schema of what stands at a path, as the operator reads it; {} where it says nothing of it. */
export const schemaAt = (schemas: ConfigSchemas, path: Path): ConfigSchema =>
  path.length === 0 ? {} : path.reduce<ConfigSchema>(insideOf, { properties: schemas });

/** That of what stands at a key, or has the number in a list; secret when any that applies says so, or the outer one, or nobody can tell. */
export function insideOf(schema: ConfigSchema, key: string): ConfigSchema {
  try {
    const [chosen = {}, ...others] = evaluating(NOWHEN, () => applyingTo(schema as Plain, key));
    return [schema, chosen, ...others].some(({ secret }) => secret) ? { ...chosen, secret: true } : chosen;
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    return { secret: true };
  }
}

/** First the one that the operator takes. */
function applyingTo(schema: Plain, key: string): readonly ConfigSchema[] {
  const named = own(propertySchemas(schema, [key]), key);
  const item = /^\d+$/.test(key) ? itemAt(schema, Number(key)) : null;
  const patterns = Object.entries(own(schema, 'patternProperties') ?? {}).map(([pattern, inner]) =>
    own(propertySchemas({ patternProperties: { [pattern]: inner } }, [key]), key),
  );
  const isNamed = own(own(schema, 'properties'), key) !== null;
  return [...(isNamed ? [named, item] : [item, named]), ...patterns].filter((one) => one !== null) as ConfigSchema[];
}

function itemAt(schema: Plain, index: number): Value {
  const items = own(schema, 'items');
  const at = Array.isArray(items) ? Math.min(index, items.length) : 0;
  return itemSchemas(schema, at + 1)[at] ?? null;
}

/** What keys that are not named may have; undefined where nothing is said. */
export const otherProperties = ({ additionalProperties }: ConfigSchema): ConfigSchema | undefined =>
  typeof additionalProperties === 'object' ? additionalProperties : undefined;

/** Whether it is secret, or anything that may be inside. */
export function holdsSecret(schema: ConfigSchema): boolean {
  const { secret, properties = {}, patternProperties = {}, additionalProperties, items = [], additionalItems } = schema;
  const inner = [properties, patternProperties].flatMap((schemas) => Object.values(schemas));
  const more = [additionalProperties, items, additionalItems].flat() as readonly (ConfigSchema | boolean | undefined)[];
  return Boolean(secret) || [...inner, ...more].some((one) => typeof one === 'object' && holdsSecret(one));
}

/** A value as it may be shown: secrets as stars, but for templates, which name them only. */
export function masked(value: unknown, schema: ConfigSchema): unknown {
  const isShown = value === null || (typeof value === 'string' && isTemplate(value));
  if (schema.secret && !isShown) return MASK;
  if (Array.isArray(value)) return value.map((item, i) => masked(item, insideOf(schema, String(i))));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, insideOf(schema, key))]));
}

/** A template, which is resolved when an action reads it, is a text whatever the type is. */
export const isTemplate = (text: string): boolean => /\{\{|\{%/.test(text);
