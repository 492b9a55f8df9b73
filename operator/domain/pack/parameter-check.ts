// operator/domain/pack/parameter-check.ts — parameters as a file of a pack declares them → everything that StackStorm would refuse.
import { didYouMean } from '../expression/fault.ts';
import { OVERRIDABLE, type Schema, type Schemas } from '../action/runner-parameters.ts';
import { ATTRIBUTES, own, problemInSchema } from '../action/schema.ts';
import { fieldName } from './open-file.ts';
import type { Fault } from './reading.ts';

/** What parameters and keys of a configuration may have, at the first level; deeper, anything may stand beside it. */
const KNOWN = ATTRIBUTES.filter((attribute) => attribute !== 'format');

/** As many as an object takes; Parameters in api/action.ts says so. */
const PARAMETERS_MAX = 512;

/** Everything that is wrong with the parameters of one action; `runner` are those of its runner. */
export function parameterFaults(parameters: Schemas, runner: Schemas, ref: string): readonly Fault[] {
  const count = Object.keys(parameters).length;
  if (count > PARAMETERS_MAX)
    return [
      { path: ['parameters'], message: `there are ${count} parameters; an action has at most ${PARAMETERS_MAX}` },
    ];
  const faults = Object.entries(parameters).flatMap(([name, schema]) => {
    const base = Object.hasOwn(runner, name) ? runner[name] : undefined;
    return [
      ...propertyFaults(name, schema, ['parameters', name]),
      ...(base ? overrideFaults(name, schema, base, ref) : []),
      ...immutableFaults(name, schema, base),
    ];
  });
  return [...faults, ...positionFaults(parameters)];
}

/** What is wrong with one schema, of a parameter or of a key of the configuration. `path` leads to it in its file. */
export function propertyFaults(name: string, schema: Schema, path: readonly string[]): readonly Fault[] {
  if (!/^\w{1,128}$/.test(name) || name === '__proto__')
    return [{ path, message: `"${name.slice(0, 80)}" is no name; use letters, digits and _` }];
  const unknown = Object.keys(schema).filter((key) => !KNOWN.includes(key));
  if (unknown.length > 0)
    return unknown.map((key) => {
      const hint = key === 'format' ? ' It is understood in inner schemas only; use pattern.' : didYouMean(key, KNOWN);
      return {
        path: [...path, key],
        message: `${fieldName([...path, key])}: there is no such attribute;${hint} Remove or rename it`,
      };
    });
  const type = own(schema, 'type');
  if (Array.isArray(type))
    return [
      {
        path: [...path, 'type'],
        message: `${fieldName([...path, 'type'])}: write one type; a list of types may stand in inner schemas only, or in anyOf`,
      },
    ];
  const problem = problemInSchema(schema);
  if (!problem) return [];
  const at = [...path, ...problem.path];
  return [{ path: at, message: `${fieldName(at)}: ${problem.message}${typeHint(schema, problem.path)}` }];
}

/** Words that people write for a type. */
const TYPES: Readonly<Record<string, string>> = {
  list: 'array',
  tuple: 'array',
  dict: 'object',
  map: 'object',
  str: 'string',
  text: 'string',
  int: 'integer',
  float: 'number',
  bool: 'boolean',
};

function typeHint(schema: Schema, path: readonly (string | number)[]): string {
  const written = path.reduce<unknown>(
    (within, step) => (typeof within === 'object' && within !== null ? own(within as Schema, String(step)) : undefined),
    schema,
  );
  if (path.at(-1) !== 'type' || typeof written !== 'string' || !Object.hasOwn(TYPES, written)) return '; correct it';
  return `; did you mean "${TYPES[written]}"?`;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

function overrideFaults(name: string, schema: Schema, base: Schema, ref: string): readonly Fault[] {
  const changed = Object.keys(schema).filter(
    (key) => !OVERRIDABLE.includes(key) && !same(own(schema, key), own(base, key)),
  );
  const faults = changed.map((key) => ({
    path: ['parameters', name, key],
    message: `The attribute "${key}" for the runner parameter "${name}" in action "${ref}" cannot be overridden. Only ${OVERRIDABLE.join(', ')} can`,
  }));
  if (!Object.hasOwn(schema, 'immutable') || !Object.hasOwn(base, 'immutable')) return faults;
  const message = `Param ${name} is declared immutable in runner. Cannot override in action. Remove the attribute`;
  return [...faults, { path: ['parameters', name, 'immutable'], message }];
}

/** A default of null is one. */
function immutableFaults(name: string, schema: Schema, base: Schema | undefined): readonly Fault[] {
  const hasDefault = Object.hasOwn(schema, 'default') || (base && Object.hasOwn(base, 'default'));
  if (own(schema, 'immutable') !== true || hasDefault) return [];
  const message = `Immutable param ${name} requires a default value. Write one`;
  return [{ path: ['parameters', name, 'immutable'], message }];
}

function positionFaults(parameters: Schemas): readonly Fault[] {
  const placed = Object.entries(parameters).flatMap(([name, schema]) => {
    const position = own(schema, 'position');
    return typeof position === 'number' ? [{ name, position }] : [];
  });
  const faults: Fault[] = [];
  const holders = new Map<number, string>();
  for (const { name, position } of placed) {
    const holder = holders.get(position);
    if (holder === undefined) holders.set(position, name);
    else
      faults.push({
        path: ['parameters', name, 'position'],
        message: `Parameters ${name} and ${holder} have same position ${position}. Position values have to be unique.`,
      });
  }
  const positions = [...holders.keys()].sort((a, b) => a - b);
  const hasGap = positions.some((position, i) => i > 0 && position !== (positions[i - 1] ?? 0) + 1);
  if (!hasGap) return faults;
  const message = `Positions supplied [${positions.join(', ')}] for parameters are not contiguous. Number them without gaps`;
  return [...faults, { path: ['parameters'], message }];
}
