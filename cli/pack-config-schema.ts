// cli/pack-config-schema.ts — the schema of a pack's configuration: told to people, and texts cast by it.
import { Failure } from './failure.ts';
import { valueIn } from './pack-config-yaml.ts';
import { bold, clean, type Screen } from './print.ts';

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
}
export type ConfigSchemas = Readonly<Record<string, ConfigSchema>>;

export type Path = readonly string[];

/** The schema of what stands at a path; {} where it says nothing of it. */
export function schemaAt(schemas: ConfigSchemas, [key, ...rest]: Path): ConfigSchema {
  if (key === undefined) return {};
  const schema = Object.hasOwn(schemas, key) ? (schemas[key] ?? {}) : {};
  return rest.reduce<ConfigSchema>((inner, name) => insideOf(inner, name), schema);
}

function insideOf(schema: ConfigSchema, key: string): ConfigSchema {
  const { properties = {}, patternProperties = {}, items } = schema;
  if (Object.hasOwn(properties, key)) return properties[key] ?? {};
  if (items !== undefined && /^\d+$/.test(key)) return Array.isArray(items) ? {} : (items as ConfigSchema);
  return Object.values(patternProperties)[0] ?? otherProperties(schema) ?? {};
}

/** What keys that are not named may have; undefined where nothing is said. */
export const otherProperties = ({ additionalProperties }: ConfigSchema): ConfigSchema | undefined =>
  typeof additionalProperties === 'object' ? additionalProperties : undefined;

/** A type, as people write it. */
export const typeText = ({ type, items, enum: choices }: ConfigSchema): string => {
  const name = type === undefined ? 'any' : [type].flat().join(' or ');
  const inner = items !== undefined && !Array.isArray(items) ? ` of ${typeText(items as ConfigSchema)}` : '';
  return `${name}${inner}${choices ? `: ${choices.map(String).join(', ')}` : ''}`;
};

/** What a schema says, as `kubectl explain` does: every key, and what is in it. */
export function explainText(screen: Screen, schemas: ConfigSchemas, indent = '  '): string {
  return Object.entries(schemas)
    .map(([key, schema]) => {
      const facts = [
        `<${typeText(schema)}>`,
        schema.required ? '-required-' : '',
        schema.secret ? '-secret-' : '',
        Object.hasOwn(schema, 'default') ? `default: ${shownDefault(schema)}` : '',
      ];
      const line = `${indent}${bold(screen, clean(key))}  ${facts.filter(Boolean).join('  ')}\n`;
      const told = (schema.description ?? '').trim();
      const text =
        told === ''
          ? ''
          : told
              .split('\n')
              .map((one) => `${indent}    ${clean(one.trim())}\n`)
              .join('');
      return line + text + insideText(screen, schema, `${indent}  `);
    })
    .join('');
}

function insideText(screen: Screen, schema: ConfigSchema, indent: string): string {
  const { properties = {}, patternProperties = {}, items } = schema;
  const others = otherProperties(schema);
  const named = { ...properties, ...patternProperties, ...(others && { '*': others }) };
  if (Object.keys(named).length > 0) return explainText(screen, named, indent);
  return items !== undefined && !Array.isArray(items) ? insideText(screen, items as ConfigSchema, indent) : '';
}

/** Defaults of secrets are none of the reader's business. */
export const shownDefault = ({ default: value, secret }: ConfigSchema): string =>
  secret ? '********' : clean(typeof value === 'string' && value !== '' ? value : JSON.stringify(value));

/** A template, which is resolved when an action reads it, is a text whatever the type is. */
export const isTemplate = (text: string): boolean => /\{\{|\{%/.test(text);

/** A text as its schema wants it. @throws Failure that names the key, its type and what to write */
export function castText(path: Path, text: string, schema: ConfigSchema): unknown {
  if (isTemplate(text)) return text;
  const types = schema.type === undefined ? [] : [schema.type].flat();
  const wrong = (what: string) => new Failure(`${path.join('.')}: "${clean(text)}" is no ${what}`, { exitCode: 2 });
  if (schema.enum?.map(String).includes(text)) return schema.enum.find((one) => String(one) === text);
  if (types.includes('string')) return text;
  if (types.includes('boolean')) {
    if (/^(true|yes|y|on|1)$/i.test(text)) return true;
    if (/^(false|no|n|off|0)$/i.test(text)) return false;
    throw wrong('boolean: write true or false');
  }
  if (types.includes('integer') || types.includes('number')) {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value)) throw wrong(`${types[0]}: write a number`);
    if (!types.includes('number') && !Number.isInteger(value)) throw wrong('integer: write a whole number');
    return value;
  }
  if (types.includes('array')) return listOf(path, text, schema);
  const value = parsed(path, text);
  if (types.includes('object') && (typeof value !== 'object' || value === null || Array.isArray(value)))
    throw wrong('object: write {key: value}');
  return value;
}

/** `a, b` or `[a, b]`. */
function listOf(path: Path, text: string, { items }: ConfigSchema): unknown {
  if (text.trimStart().startsWith('[')) {
    const value = parsed(path, text);
    if (Array.isArray(value)) return value;
  }
  const of: ConfigSchema = items === undefined || Array.isArray(items) ? { type: 'string' } : (items as ConfigSchema);
  const parts = text.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '').map((part, i) => castText([...path, String(i)], part, of));
}

/** As it would be read in a file; what may be a slip there is refused here. */
function parsed(path: Path, text: string): unknown {
  const { value, faults, doubts } = valueIn(text, path.join('.'));
  const [wrong] = [...faults, ...doubts];
  if (wrong === undefined) return value;
  throw new Failure(wrong.replace(/:\d+:\d+(?=: )/, ''), { exitCode: 2 });
}
