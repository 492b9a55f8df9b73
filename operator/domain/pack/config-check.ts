// operator/domain/pack/config-check.ts — the configuration of a pack against its schema, told in StackStorm's words and without secrets.
import { compileSchema } from '../action/json-schema.ts';
import type { Schemas } from '../action/runner-parameters.ts';
import { allowNull, fillDefaults } from '../action/schema-defaults.ts';
import type { Problem, Step } from '../action/schema-problem.ts';
import { evaluating, NOWHEN } from '../expression/evaluation.ts';
import { ExpressionFault } from '../expression/fault.ts';
import { repr } from '../expression/python/repr.ts';
import { isList, isPlain, type Plain, truthy, type Value } from '../expression/python/values.ts';
import { itemSchemas, own, propertySchemas } from './config.ts';

export interface ConfigToCheck {
  readonly pack: string;
  /** Where the value of a key at the top stands, or would, for messages: for example `Pack acme, spec.config`. */
  readonly placeOf: (key: string) => string;
  /** Keys with dots between them whose values nobody here may see, for example those of a Secret. */
  readonly elsewhere?: readonly string[];
}

export interface ConfigFault {
  /** Keys with dots between them. */
  readonly key: string;
  readonly message: string;
}

const MASK = '********';

/** Everything that is wrong. Keys that the schema does not have are fine, and templates are texts. Never throws for what is given. */
export function checkConfig(
  schemas: Schemas,
  values: Readonly<Record<string, unknown>>,
  { pack, placeOf, elsewhere = [] }: ConfigToCheck,
): readonly ConfigFault[] {
  const told = (key: string, reason: string): ConfigFault => {
    const place = placeOf(key.split('.')[0] ?? '');
    return { key, message: `Failed validating attribute "${key}" in config for pack "${pack}" (${place}): ${reason}` };
  };
  try {
    return evaluating(NOWHEN, () => {
      const schema = allowNull({ type: 'object', properties: schemas as Plain, additionalProperties: true }, 'lenient');
      const filled = fillDefaults(values as Plain, schema);
      const problems = compileSchema(schema, { references: true })(filled).filter(
        (one) => !isElsewhere(one, elsewhere),
      );
      const faults = problems.map((one) => told(keyOf(one), reasonOf(one, filled, schemas as Plain)));
      return [...faults, ...(isPlain(filled) ? decryptFaults(schemas, filled) : [])];
    });
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    return [told('', `it could not be checked (${error.message}); make it simpler`)];
  }
}

const keyOf = ({ path, property }: Problem): string => (property === undefined ? path : [...path, property]).join('.');

function isElsewhere(problem: Problem, elsewhere: readonly string[]): boolean {
  const key = keyOf(problem);
  return elsewhere.some(
    (other) =>
      key === other || key.startsWith(`${other}.`) || (problem.keyword === 'required' && other.startsWith(`${key}.`)),
  );
}

/** Lists and objects are never shown: secrets may be in them; single values are, where the schema knows them as no secret. */
function reasonOf(problem: Problem, values: Value, schemas: Plain): string {
  const given = problem.path.reduce<Value | undefined>(childOf, values);
  const isShown = (given === null || typeof given !== 'object') && !mayBeSecret(problem.path, values, schemas);
  const hidden = typeof given === 'object' && given !== null ? 'the value' : MASK;
  return problem.text((value) => (value === given && !isShown ? hidden : repr(value)));
}

const childOf = (value: Value | undefined, step: Step): Value | undefined => {
  if (isList(value ?? null)) return (value as readonly Value[])[Number(step)];
  return isPlain(value ?? null) ? (value as Plain)[String(step)] : undefined;
};

function mayBeSecret(path: readonly Step[], values: Value, schemas: Plain): boolean {
  let schema: Value = { properties: schemas };
  let value: Value | undefined = values;
  for (const step of path) {
    const inner: Value =
      typeof step === 'number'
        ? (itemSchemas(schema, isList(value ?? null) ? (value as readonly Value[]).length : 0)[step] ?? null)
        : own(propertySchemas(schema, [step]), step);
    if (!isPlain(inner) || Object.keys(inner).length === 0 || Object.hasOwn(inner, '$ref')) return true;
    if (truthy(own(inner, 'secret'))) return true;
    [schema, value] = [inner, childOf(value, step)];
  }
  return false;
}

/** Only values at the top are looked at, as StackStorm does. */
const decryptFaults = (schemas: Schemas, values: Plain): readonly ConfigFault[] =>
  Object.entries(values).flatMap(([key, value]) => {
    const isSecret = Object.hasOwn(schemas, key) && schemas[key]?.['secret'] === true;
    if (!isSecret || typeof value !== 'string' || !/\{\{|\{%/.test(value) || !value.includes('decrypt_kv')) return [];
    const message = `${key}: Values specified as "secret: True" in config schema are automatically decrypted by default. Use of "decrypt_kv" jinja filter is not allowed for such values. Please check the specified values in the config or the default values in the schema.`;
    return [{ key, message }];
  });
