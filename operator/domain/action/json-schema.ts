// operator/domain/action/json-schema.ts — a draft-4 JSON schema → a check, as Python's jsonschema decides and complains.
import { deeper, spend } from '../expression/evaluation.ts';
import { repr } from '../expression/python/repr.ts';
import { isPlain, type Plain, type Value } from '../expression/python/values.ts';
import type { Check, Run } from './schema-check.ts';
import { KEYWORDS } from './schema-keywords.ts';
import type { Problem } from './schema-problem.ts';
import { isOfType } from './schema-types.ts';

/** Deepest nesting of a schema. */
const DEPTH_MAX = 32;

/** What $ref has led to so far; undefined where it may not be used. */
type References = Map<string, Check> | undefined;

export interface CompileSettings {
  /** Whether `$ref` may lead into the schema itself. Default: false. */
  readonly references?: boolean;
}

/** @throws Error that says what of the schema cannot be used */
export function compileSchema(schema: Plain, settings: CompileSettings = {}): (value: Value) => readonly Problem[] {
  const references: References = settings.references === true ? new Map() : undefined;
  const check = compileAt(schema, schema, references, 0);
  return (value) => {
    const run: Run = { path: [], problems: [] };
    check(value, run);
    return run.problems;
  };
}

function compileAt(schema: Value, root: Plain, references: References, depth: number): Check {
  if (depth > DEPTH_MAX) throw new Error(`the schema is nested deeper than ${DEPTH_MAX} levels`);
  if (!isPlain(schema)) throw new Error(`${repr(schema)} is not a schema; write an object`);
  const types = typesIn(schema);
  const checks: Check[] = [];
  for (const [keyword, wanted] of Object.entries(schema)) {
    if (keyword === '$ref') checks.push(follow(wanted, root, references));
    const make = KEYWORDS.get(keyword);
    const check = make?.(wanted, {
      schema,
      inner: (inside) => compileAt(inside, root, references, depth + 1),
      complain: (value, { path, problems }, text, { context = [], property } = {}) => {
        const isIt = types?.some((type) => isOfType(value, type)) ?? false;
        const more = property === undefined ? {} : { property };
        problems.push({ text, keyword, wanted, path: [...path], isOfType: isIt, context, ...more });
      },
    });
    if (check) checks.push(check);
  }
  if (checks.length === 0) return () => undefined;
  return (value, run) => {
    spend(checks.length);
    deeper(() => {
      for (const check of checks) check(value, run);
    });
  };
}

function typesIn(schema: Plain): readonly Value[] | undefined {
  const type = Object.hasOwn(schema, 'type') ? schema['type'] : undefined;
  if (type === undefined) return undefined;
  return Array.isArray(type) ? (type as readonly Value[]) : [type];
}

/** References lead to the schema itself or into its definitions; they may lead in circles. */
function follow(reference: Value, root: Plain, references: References): Check {
  if (!references) throw new Error('$ref is not supported; write the schema out in its place');
  if (typeof reference !== 'string' || !reference.startsWith('#')) throw new Error('$ref leads out of the schema');
  let target: Value | undefined = root;
  for (const step of reference.split('/').slice(1)) {
    target = target !== undefined && isPlain(target) && Object.hasOwn(target, step) ? target[step] : undefined;
  }
  if (target === undefined) throw new Error(`$ref: there is no ${reference}`);
  const goal = target;
  return (value, run) => {
    let check = references.get(reference);
    if (!check) references.set(reference, (check = compileAt(goal, root, references, 0)));
    check(value, run);
  };
}
