// cli/parameters.ts — words of the command line → parameters of an action, as `st2 run` reads them.
import { readFileSync } from 'node:fs';
import type { Parameter } from '../operator/api/action.ts';
import { Failure } from './failure.ts';

/** Parameters by name, with those of the runner; undefined when the Action could not be read. */
export type Schemas = Readonly<Record<string, Parameter>> | undefined;

const SECRET = '@secret:';
const wrong = (message: string) => new Failure(message, { exitCode: 2 });

/**
 * `key=value` words → values, each cast by the type that the action gives the parameter. `@key=path` sends the content of
 * a file, `key=@secret:name/key` names a Secret, and a word without `=` starts the rest of the line as `cmd`.
 */
export function parseParameters(
  words: readonly string[],
  schemas: Schemas,
  readText: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [index, word] of words.entries()) {
    const at = word.indexOf('=');
    if (at < 0) {
      schemaOf('cmd', schemas, word);
      return { ...values, cmd: words.slice(index).join(' ') };
    }
    const isFile = word.startsWith('@');
    const name = word.slice(isFile ? 1 : 0, at);
    const text = word.slice(at + 1);
    const schema = schemaOf(name, schemas, word);
    const value = isFile ? fileText(name, text, readText) : valueOf(name, text, schema);
    const before = values[name];
    values[name] = schema.type === 'array' && Array.isArray(before) ? [...before, ...(value as unknown[])] : value;
    refuseInlineSecret(name, values[name], schema);
  }
  return values;
}

/** The value of one parameter, cast by its schema; throws Failure naming the parameter, its type and what to write. */
function valueOf(name: string, text: string, schema: Parameter): unknown {
  if (text.startsWith(SECRET)) return secretOf(name, text.slice(SECRET.length));
  switch (schema.type) {
    case 'integer':
    case 'number':
      return numberOf(name, text, schema.type);
    case 'boolean':
      return booleanOf(name, text);
    case 'array':
      return arrayOf(name, text, schema);
    case 'object':
      return objectOf(name, text, schema);
    case 'null':
      return nullOf(name, text);
    case 'string':
    case undefined:
      return text;
  }
}

function schemaOf(name: string, schemas: Schemas, word: string): Parameter {
  if (name === '') throw wrong(`"${word}": write key=value`);
  if (schemas === undefined) return {};
  const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  if (schema) return schema;
  if (!word.includes('='))
    throw wrong(`"${word}": the action takes no cmd, so write key=value; it has: ${names(schemas)}`);
  throw wrong(`parameter "${name}": the action has none of that name; it has: ${names(schemas)}`);
}

const names = (schemas: Record<string, Parameter>): string =>
  Object.entries(schemas)
    .filter(([, schema]) => !schema.immutable)
    .map(([name]) => name)
    .sort()
    .join(', ') || '(no parameters)';

function fileText(name: string, path: string, readText: (path: string) => string): string {
  try {
    return readText(path);
  } catch (cause) {
    throw wrong(`parameter "${name}": read file ${path}: ${(cause as Error).message}`);
  }
}

function secretOf(name: string, text: string): unknown {
  const [secret, key, ...more] = text.split('/');
  if (!secret || !key || more.length > 0)
    throw wrong(`parameter "${name}": write ${name}=@secret:<name of the Secret>/<key in it>`);
  return { valueFrom: { secretKeyRef: { name: secret, key } } };
}

function refuseInlineSecret(name: string, value: unknown, schema: Parameter): void {
  if (!schema.secret || (typeof value === 'object' && value !== null && 'valueFrom' in value)) return;
  throw wrong(
    `parameter "${name}" is secret and is not taken in clear text: put it into a Secret` +
      ` (kubectl create secret generic my-secret --from-file=${name}=/dev/stdin) and write ${name}=@secret:my-secret/${name}`,
  );
}

/** An integer that a Number would round stays text, which the operator reads with all its digits. */
function numberOf(name: string, text: string, type: 'integer' | 'number'): number | string {
  const value = Number(text);
  if (type === 'integer' && /^[+-]?\d+$/.test(text) && !Number.isSafeInteger(value)) return text;
  const fits = text.trim() !== '' && Number.isFinite(value) && (type === 'number' || Number.isSafeInteger(value));
  if (!fits)
    throw wrong(
      `parameter "${name}": "${text}" is not ${type === 'integer' ? 'an integer' : 'a number'}; write for example ${name}=3`,
    );
  return value;
}

function booleanOf(name: string, text: string): boolean {
  const word = text.toLowerCase();
  if (word !== 'true' && word !== 'false')
    throw wrong(`parameter "${name}": "${text}" is not a boolean; write true or false`);
  return word === 'true';
}

function nullOf(name: string, text: string): null {
  if (text !== '' && text !== 'null') throw wrong(`parameter "${name}": it can only be null; write ${name}=null`);
  return null;
}

/** JSON, or `a,b,c` with items cast by the schema of the items. */
function arrayOf(name: string, text: string, schema: Parameter): unknown[] {
  if (text.trimStart().startsWith('[')) return jsonOf(name, text) as unknown[];
  if (text === '') return [];
  const item = schemaIn(schema['items']);
  return text.split(',').map((part) => valueOf(`${name}[]`, part.trim(), item));
}

/** JSON, or `a:1,b:2` (or `a=1,b=2`) with values cast by the schema of the properties. */
function objectOf(name: string, text: string, schema: Parameter): Record<string, unknown> {
  if (text.trimStart().startsWith('{')) return jsonOf(name, text) as Record<string, unknown>;
  if (text === '') return {};
  const properties = (schema['properties'] ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const at = pair.search(/[:=]/);
      if (at < 1) throw wrong(`parameter "${name}": "${pair}" is not key:value; write ${name}=a:1,b:2 or JSON`);
      const key = pair.slice(0, at).trim();
      const rule = Object.hasOwn(properties, key) ? properties[key] : schema['additionalProperties'];
      return [key, valueOf(`${name}.${key}`, pair.slice(at + 1).trim(), schemaIn(rule))];
    }),
  );
}

const schemaIn = (value: unknown): Parameter =>
  typeof value === 'object' && value !== null ? (value as Parameter) : {};

function jsonOf(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw wrong(`parameter "${name}": not valid JSON: ${(cause as Error).message}`);
  }
}
