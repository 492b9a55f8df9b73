// operator/domain/action/schema.ts — values against StackStorm's parameter schemas: as StackStorm validates, and as we tell what is wrong.
import { evaluating, NOWHEN } from '../expression/evaluation.ts';
import { ExpressionFault } from '../expression/fault.ts';
import { repr } from '../expression/python/repr.ts';
import { isPlain, type Plain, type Value } from '../expression/python/values.ts';
import { SourceCache } from '../expression/source-cache.ts';
import { compileSchema } from './json-schema.ts';
import { metaSchema } from './meta-schema.ts';
import type { Schema, Schemas } from './runner-parameters.ts';
import { allowNull, fillDefaults } from './schema-defaults.ts';
import { bestProblem, type Problem } from './schema-problem.ts';
import { tell } from './schema-tell.ts';

/** Every attribute that a parameter may have. */
export const ATTRIBUTES: readonly string[] = Object.keys(
  metaSchema({ closed: true, lenient: true })['properties'] as Plain,
);

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of a key that the object itself has; names such as constructor are plain data. */
export const own = (object: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined;

type Check = (value: Value) => readonly Problem[];

/** What a parameter without any attribute takes. */
const ANY: Plain = {
  anyOf: ['array', 'boolean', 'integer', 'number', 'object', 'string'].map((type) => ({ type })),
};

/** The schema of all parameters together; without any, everything fits. */
export function parametersSchema(schemas: Schemas): Plain {
  const entries = Object.entries(schemas).map(([name, schema]): [string, Value] => [
    name,
    Object.keys(schema).length === 0 ? ANY : (schema as Plain),
  ]);
  if (entries.length === 0) return {};
  return { type: 'object', properties: Object.fromEntries(entries), additionalProperties: false };
}

export interface ValidateSettings {
  /** Whether defaults are filled in and null is taken for what is optional. Default: true. */
  readonly useDefault?: boolean;
}

/** StackStorm's validator: the value with its defaults. @throws ExpressionFault ValidationError, or SchemaError for the schema itself */
export function validate(value: Value, schema: Plain, { useDefault = true }: ValidateSettings = {}): Value {
  const changed = useDefault ? allowNull(schema, 'exact') : schema;
  const filled = useDefault && schema['type'] === 'object' ? fillDefaults(value, schema) : value;
  const [wrong] = strictMeta()(changed);
  if (wrong) throw new ExpressionFault('validation', 'SchemaError', wrong.text(repr));
  const problem = bestProblem(compileSchema(changed, { references: true })(filled));
  if (problem) throw new ExpressionFault('validation', 'ValidationError', problem.text(repr));
  return filled;
}

const once = (make: () => Check): (() => Check) => {
  let made: Check | undefined;
  return () => (made ??= make());
};
const strictMeta = once(() => compileSchema(metaSchema({ closed: false, lenient: false }), { references: true }));
const lenientMeta = once(() => compileSchema(metaSchema({ closed: false, lenient: true }), { references: true }));
const closedMeta = once(() => compileSchema(metaSchema({ closed: true, lenient: true }), { references: true }));

/** What is odd about the schema of a parameter, unknown words at any depth too, as `.items.minimum: 'x' is not of type 'number'`. */
export function faultOfSchema(schema: Schema): string | undefined {
  return evaluating(NOWHEN, () => {
    const problem = bestProblem(closedMeta()(schema as Plain));
    return problem && tell(problem, '', '');
  });
}

/** What StackStorm refuses in the schema of a parameter, and where in it; words that it does not know are passed over. */
export function problemInSchema(
  schema: Schema,
): { readonly path: readonly (string | number)[]; readonly message: string } | undefined {
  return evaluating(NOWHEN, () => {
    const problem = bestProblem(strictMeta()(schema as Plain));
    return problem && { path: problem.path, message: problem.text((value) => repr(value).slice(0, SHOWN_MAX)) };
  });
}

/** Characters of a value that a message shows. */
const SHOWN_MAX = 120;

/** Compiled, by their text. */
const kept = new SourceCache<Check>({ entries: 500 });

/** @throws Error that names the parameter whose schema is not valid */
export function compileSchemas(schemas: Schemas): Check {
  const compile = () => {
    for (const [name, schema] of Object.entries(schemas)) checkOne(name, schema);
    return compileSchema(allowNull(parametersSchema(schemas), 'lenient'));
  };
  return kept.get(JSON.stringify(schemas), () => evaluating(NOWHEN, compile));
}

/** One at a time, so that the message can say which. */
function checkOne(name: string, schema: Schema): void {
  if (!isRecord(schema))
    throw new Error(`parameters.${name}: ${repr(schema as Value)} is not a schema; write an object`);
  let problem: Problem | undefined;
  try {
    compileSchema(schema as Plain);
    problem = bestProblem(lenientMeta()(schema as Plain));
  } catch (cause) {
    throw new Error(`parameters.${name}: ${(cause as Error).message}`, { cause });
  }
  if (problem) throw new Error(tell(problem, `parameters.${name}`, ''));
}

/** The value with the defaults of its schema where it has nothing, at any depth; for checking only. */
export function withDefaults(schema: unknown, value: unknown): unknown {
  if (!isRecord(schema)) return value;
  return evaluating(NOWHEN, () => {
    const around: Plain = value === undefined ? {} : { value: value as Value };
    const filled = fillDefaults(around, { type: 'object', properties: { value: schema as Plain } });
    return isPlain(filled) ? own(filled, 'value') : value;
  });
}

/** @returns what is wrong with the value that fits least, with its remedy; undefined when all fit */
export function faultIn(schemas: Schemas, values: Readonly<Record<string, unknown>>, ref: string): string | undefined {
  const check = compileSchemas(schemas);
  try {
    return evaluating(NOWHEN, () => {
      const problem = bestProblem(check(values as Plain));
      return problem && tell(problem, 'parameters', ref);
    });
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    return `parameters: they could not be checked against the schema of Action "${ref}" (${error.message}); make it simpler`;
  }
}
