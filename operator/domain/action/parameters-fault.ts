// operator/domain/action/parameters-fault.ts — declared parameters → what is wrong with them, and what may be meant otherwise, with its remedy.
import type { Parameters } from '../../api/action.ts';
import { truthy, type Value } from '../expression/python/values.ts';
import { isTemplateString } from './parameter-graph.ts';
import { overlaid, OVERRIDABLE, type Schema, type Schemas } from './runner-parameters.ts';
import { ATTRIBUTES, compileSchemas, own } from './schema.ts';
import { faultOfTemplates, PARAMETER_NAMES } from './template-fault.ts';

/** The first fault; `runner` are the parameters of the runner, which those of the same name change. */
export function parametersFault(parameters: Parameters, runner: Schemas): string | undefined {
  const entries = Object.entries(parameters);
  const effective = overlaid(runner, parameters);
  for (const [name, schema] of entries) {
    const base = Object.hasOwn(runner, name) ? runner[name] : undefined;
    const fault = faultOfName(name) ?? faultOfAttributes(name, schema, base) ?? faultOfDefault(name, schema, base);
    if (fault !== undefined) return fault;
  }
  try {
    compileSchemas(effective);
  } catch (error) {
    return `spec.${(error as Error).message}`;
  }
  return faultOfPositions(entries.map(([name, { position }]) => ({ name, position })));
}

/** The first default that may do something else than its author meant; as in StackStorm it does nobody harm who gives a value. */
export function parametersDoubt(parameters: Parameters, runner: Schemas): string | undefined {
  const effective = overlaid(runner, parameters);
  const names = [...Object.keys(effective), ...PARAMETER_NAMES];
  for (const [name, schema] of Object.entries(parameters)) {
    const place = `spec.parameters.${name}.default`;
    if (hasClearSecret(effective[name] ?? schema))
      return `${place}: a secret must not stand in an Action, and is not taken from there; remove it and rotate the secret`;
    const base = Object.hasOwn(runner, name) ? runner[name] : undefined;
    const value = own(schema, 'default') ?? own(base ?? {}, 'default');
    const doubt = faultOfTemplates(value, place, names);
    if (doubt !== undefined) return doubt;
  }
  return undefined;
}

/** Whether a secret stands in the default for all to read; what is empty is none. `schema` has what it takes over from its runner. */
export function hasClearSecret(schema: Schema): boolean {
  const value = (own(schema, 'default') ?? null) as Value;
  return own(schema, 'secret') === true && truthy(value) && !isTemplateString(value);
}

function faultOfName(name: string): string | undefined {
  if (/^\w{1,128}$/.test(name) && name !== '__proto__') return undefined;
  return `spec.parameters: "${name.slice(0, 80)}" is no name of a parameter; use letters, digits and _`;
}

function faultOfAttributes(name: string, schema: Schema, base: Schema | undefined): string | undefined {
  const place = `spec.parameters.${name}`;
  const unknown = Object.keys(schema).find((key) => !ATTRIBUTES.includes(key));
  if (unknown !== undefined) return `${place}.${unknown}: there is no such attribute; remove it`;
  if (Object.hasOwn(schema, 'format')) return `${place}.format: it is understood in inner schemas only; use pattern`;
  if (!base) return undefined;
  const changed = Object.keys(schema).find(
    (key) => !OVERRIDABLE.includes(key) && JSON.stringify(own(schema, key)) !== JSON.stringify(own(base, key)),
  );
  if (changed === undefined) return undefined;
  return `${place}: The attribute "${changed}" for the runner parameter "${name}" cannot be overridden; only ${OVERRIDABLE.join(', ')} can`;
}

function faultOfDefault(name: string, schema: Schema, base: Schema | undefined): string | undefined {
  const place = `spec.parameters.${name}`;
  // A default of null is one.
  const hasDefault = Object.hasOwn(schema, 'default') || (base !== undefined && Object.hasOwn(base, 'default'));
  if (own(schema, 'immutable') === true && !hasDefault)
    return `${place}: Immutable param ${name} requires a default value; give ${place}.default`;
  return undefined;
}

function faultOfPositions(all: readonly { name: string; position?: number | undefined }[]): string | undefined {
  const placed = all.filter((p): p is { name: string; position: number } => p.position !== undefined);
  const sorted = placed.sort((a, b) => a.position - b.position);
  for (const [i, { name, position }] of sorted.entries()) {
    const next = sorted[i + 1];
    if (next?.position === position)
      return `spec.parameters: Parameters ${name} and ${next.name} have same position ${position}. Position values have to be unique.`;
    if (next && next.position !== position + 1)
      return `spec.parameters: Positions supplied [${sorted.map((p) => p.position).join(', ')}] for parameters are not contiguous; number them without gaps`;
  }
  return undefined;
}
