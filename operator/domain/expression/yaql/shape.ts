// operator/domain/expression/yaql/shape.ts — the number and names of a call's arguments → which parameter takes which.
import type { Value } from '../python/values.ts';
import type { Argument } from './code.ts';
import type { Context } from './context.ts';
import type { FunctionSpec, Parameter } from './function.ts';
import { isSpecialized, type ParameterType } from './types.ts';
import { NO_VALUE } from './values.ts';

/** The outside of a call: which arguments are given, by place and by name. */
export interface Shape {
  /** For each place whether its argument was left out. */
  readonly skipped: readonly boolean[];
  readonly names: readonly string[];
}

export const shapeKey = ({ skipped, names }: Shape): string =>
  `${skipped.map((s) => (s ? ',' : '1')).join('')};${names.join(';')}`;

/** The arguments of a call. */
export interface Given {
  readonly args: readonly Argument[];
  readonly named: ReadonlyMap<string, Argument>;
}

/** Where the value of a parameter comes from: a place, a name, or its default (undefined). */
type Source = number | string | undefined;

/** An overload whose parameters a call of some shape fills. */
export interface Candidate {
  readonly spec: FunctionSpec;
  readonly sources: readonly Source[];
  /** The first place that the rest takes. */
  readonly restFrom: number;
  readonly furtherNames: readonly string[];
  /** Which places and names it wants as code. */
  readonly lazy: ReadonlySet<number | string>;
  /** The types by place and name, for telling which overload is more special. */
  readonly types: readonly (readonly [source: number | string, type: ParameterType<unknown>])[];
}

/** The overloads, by layer, that a call of that shape fits; layers without any are left out. */
export function shapesOf(levels: readonly (readonly FunctionSpec[])[], shape: Shape): Candidate[][] {
  return levels
    .map((specs) => specs.map((spec) => candidateOf(spec, shape)).filter((candidate) => candidate !== undefined))
    .filter((candidates) => candidates.length > 0);
}

function candidateOf(spec: FunctionSpec, { skipped, names }: Shape): Candidate | undefined {
  const { parameters, rest, further } = spec;
  const left = new Set(names);
  const sources: Source[] = [];
  for (const [at, parameter] of parameters.entries()) {
    const isPlaced = at < skipped.length && skipped[at] === false;
    const isNamed = left.has(parameter.name);
    if ((isPlaced && isNamed) || (at < skipped.length && !isPlaced && isNamed)) return undefined;
    if (!isPlaced && !isNamed && !parameter.fallback) return undefined;
    sources.push(isPlaced ? at : isNamed ? parameter.name : undefined);
    left.delete(parameter.name);
  }
  if (skipped.length > parameters.length && !rest) return undefined;
  if (left.size > 0 && !further) return undefined;
  const types = typesOf(parameters, sources, further, [...left]);
  if (rest) for (let at = parameters.length; at < skipped.length; at++) types.set(at, rest.type);
  const lazy = new Set([...types].filter(([, type]) => type.isLazy).map(([source]) => source));
  return { spec, sources, restFrom: parameters.length, furtherNames: [...left], lazy, types: [...types] };
}

function typesOf(
  parameters: readonly Parameter<unknown>[],
  sources: readonly Source[],
  further: Parameter<unknown> | undefined,
  names: readonly string[],
): Map<number | string, ParameterType<unknown>> {
  const types = new Map<number | string, ParameterType<unknown>>();
  for (const [at, parameter] of parameters.entries()) {
    const source = sources[at];
    if (source !== undefined) types.set(source, parameter.type);
  }
  if (further) for (const name of names) types.set(name, further.type);
  return types;
}

function argumentAt({ args, named }: Given, source: number | string): Argument {
  const argument = typeof source === 'number' ? args[source] : named.get(source);
  return argument === undefined ? NO_VALUE : argument;
}

/** Whether the types of an overload take the arguments. */
export function accepts(candidate: Candidate, given: Given): boolean {
  const { types } = candidate;
  for (let at = 0; at < types.length; at++) {
    const [source, type] = types[at] as (typeof types)[number];
    if (!type.accepts(argumentAt(given, source))) return false;
  }
  return true;
}

/** Whether the first overload is at least in one place the more special one, and in none the less. */
export function isMoreSpecial(one: Candidate, other: Candidate): boolean {
  let result = false;
  for (const [source, type] of one.types) {
    const others = other.types.find(([theirs]) => theirs === source)?.[1];
    if (!others) continue;
    if (isSpecialized(others, type)) return false;
    if (isSpecialized(type, others)) result = true;
  }
  return result;
}

/** Calls an overload with arguments that it accepts. */
export function invoke({ spec, sources, restFrom, furtherNames }: Candidate, given: Given, context: Context): Value {
  const values: unknown[] = [];
  for (let at = 0; at < sources.length; at++) {
    const source = sources[at];
    const parameter = spec.parameters[at] as Parameter<unknown>;
    values.push(
      source === undefined ? parameter.fallback?.value : parameter.type.convert(argumentAt(given, source), context),
    );
  }
  const { rest, further } = spec;
  if (rest) values.push(given.args.slice(restFrom).map((argument) => rest.type.convert(argument, context)));
  if (further) {
    const entries = furtherNames.map((name) => [name, further.type.convert(argumentAt(given, name), context)] as const);
    values.push(new Map(entries));
  }
  return spec.body(context, values);
}
