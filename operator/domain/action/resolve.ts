// operator/domain/action/resolve.ts — Action + what the caller gave → the values of all parameters, rendered, cast, checked.
import { type ActionSpec, SecretValue } from '../../api/action.ts';
import { secretMark } from '../../api/envelope.ts';
import type { Reason } from '../../api/reasons.ts';
import { isTemplate, pythonRepr, render, RenderError, templatesIn } from '../expression/render.ts';
import { cast } from './cast.ts';
import { effectiveSchemas, runnerParameters, type Schema, type Schemas } from './runner-parameters.ts';
import { faultIn, isRecord, own, withDefaults } from './schema.ts';

/** Where a secret value is: a Secret of the Execution's namespace. */
interface SecretKey {
  readonly name: string;
  readonly key: string;
}

type Parameters = Readonly<Record<string, unknown>>;

export interface ResolvedParameters {
  readonly ok: true;
  readonly runnerParameters: Parameters;
  /** In the order in which a script gets the named ones: given, by default, by a templated default. */
  readonly actionParameters: Parameters;
  /** By parameter; its value above is the mark that stands for it. */
  readonly secrets: Readonly<Record<string, SecretKey>>;
}

/** Why an Execution cannot run. */
export interface Refusal {
  readonly ok: false;
  readonly reason: Reason;
  readonly message: string;
}

export interface ParametersRequest {
  readonly ref: string;
  readonly parameters: Parameters;
  /** Whether the values come from an event: they are data then, and never templates. */
  readonly rendered: boolean;
  /** What templates may name besides the parameters: action_context, config_context. */
  readonly context: Parameters;
}

/** Deepest nesting of a value. */
const DEPTH_MAX = 64;
const MARK = secretMark('').slice(0, -1);

class Refused extends Error {
  readonly reason: Reason;
  constructor(reason: Reason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Never throws; a user's mistake is a Refusal whose message names parameter and remedy, and no secret. */
export function resolveParameters(
  spec: Pick<ActionSpec, 'runner' | 'timeoutSeconds' | 'parameters'>,
  request: ParametersRequest,
): ResolvedParameters | Refusal {
  try {
    return resolve(spec, request);
  } catch (error) {
    if (error instanceof Refused) return { ok: false, reason: error.reason, message: error.message };
    if (error instanceof RenderError) return { ok: false, reason: 'RenderFailed', message: error.message };
    return { ok: false, reason: 'ParametersInvalid', message: `parameters: ${(error as Error).message}` };
  }
}

function resolve(spec: Pick<ActionSpec, 'runner' | 'timeoutSeconds' | 'parameters'>, request: ParametersRequest) {
  const schemas = effectiveSchemas(spec);
  const { given, secrets } = takeSecrets(schemas, request.parameters);
  for (const [name, value] of Object.entries(given)) checkValue(value, `parameters.${name}`, 0);
  checkImmutable(schemas, request.parameters);
  const marks = Object.fromEntries(Object.keys(secrets).map((name) => [name, secretMark(name)]));
  const { values, templated } = renderAll(schemas, { ...given, ...marks }, request);
  const final = castAll(schemas, values, secrets);
  const fault = faultIn(checked(schemas, secrets), withDefaultsOf(schemas, final), request.ref);
  if (fault !== undefined) throw new Refused('ParametersInvalid', fault);

  const runner = runnerParameters(spec);
  const order = [
    ...Object.keys(final).filter((name) => Object.hasOwn(request.parameters, name)),
    ...Object.keys(final).filter((name) => !Object.hasOwn(request.parameters, name) && !templated.has(name)),
    ...Object.keys(final).filter((name) => !Object.hasOwn(request.parameters, name) && templated.has(name)),
  ];
  const pick = (wanted: boolean) =>
    Object.fromEntries(
      order.filter((name) => Object.hasOwn(runner, name) === wanted).map((name) => [name, final[name]]),
    );
  return { ok: true, runnerParameters: pick(true), actionParameters: pick(false), secrets } as const;
}

/** Sorts out references to Secrets, and refuses secrets in clear text. */
function takeSecrets(schemas: Schemas, parameters: Parameters) {
  const secrets: [string, SecretKey][] = [];
  const given: [string, unknown][] = [];
  for (const [name, value] of Object.entries(parameters)) {
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    if (!schema || value === null || value === undefined) given.push([name, value]);
    else if (own(schema, 'secret') === true) {
      const reference = SecretValue.safeParse(value);
      if (!reference.success) throw inline(`parameters.${name}`);
      secrets.push([name, reference.data.valueFrom.secretKeyRef]);
    } else {
      const hidden = secretInside(schema, value, `parameters.${name}`, 0);
      if (hidden !== undefined) throw inline(hidden, name);
      given.push([name, value]);
    }
  }
  return { given: Object.fromEntries(given), secrets: Object.fromEntries(secrets) };
}

const inline = (place: string, whole?: string) =>
  new Refused(
    'SecretInline',
    `${place} is secret and was given in clear text, so it is in the cluster's database now; rotate it, ${
      whole === undefined ? '' : `mark the whole parameter "${whole}" as secret in the Action, `
    }put it in a Secret and give {valueFrom: {secretKeyRef: {name, key}}}`,
  );

/** Place of a value whose inner schema calls it secret. */
function secretInside(schema: unknown, value: unknown, place: string, depth: number): string | undefined {
  if (!isRecord(schema) || depth > DEPTH_MAX || value === null || value === undefined) return undefined;
  if (depth > 0 && own(schema, 'secret') === true) return place;
  const items = own(schema, 'items');
  const inner = own(schema, 'properties');
  const found = Array.isArray(value)
    ? value.map((item, i) => secretInside(items, item, `${place}[${i}]`, depth + 1))
    : isRecord(value) && isRecord(inner)
      ? Object.entries(inner).map(([key, sub]) => secretInside(sub, own(value, key), `${place}.${key}`, depth + 1))
      : [];
  return found.find((f) => f !== undefined);
}

/** A value that could pass for the mark of a secret would be given its content in the pod. */
function checkValue(value: unknown, place: string, depth: number): void {
  if (depth > DEPTH_MAX)
    throw new Refused('ParametersInvalid', `${place} is nested deeper than ${DEPTH_MAX} levels; flatten it`);
  if (typeof value === 'string' && value.includes(MARK))
    throw new Refused(
      'ParametersInvalid',
      `${place} contains the mark that stands for a secret; remove the character U+0001`,
    );
  if (Array.isArray(value)) value.forEach((item, i) => checkValue(item, `${place}[${i}]`, depth + 1));
  else if (isRecord(value))
    for (const [key, item] of Object.entries(value)) {
      checkValue(key, `${place} (a key)`, depth + 1);
      checkValue(item, `${place}.${key}`, depth + 1);
    }
}

function checkImmutable(schemas: Schemas, parameters: Parameters): void {
  const names = Object.keys(parameters).filter(
    (name) => Object.hasOwn(schemas, name) && own(schemas[name] ?? {}, 'immutable') === true,
  );
  if (names.length === 0) return;
  const message = `Override of immutable parameter(s) ${pythonRepr(names)} is unsupported.`;
  throw new Refused(
    'ParametersInvalid',
    `${message} Leave out ${names.map((name) => `parameters.${name}`).join(', ')}`,
  );
}

/** Values of all parameters, given or by default, templates filled in the order of their needs. */
function renderAll(schemas: Schemas, given: Parameters, request: ParametersRequest) {
  const values = new Map<string, unknown>();
  const templates = new Map<string, unknown>();
  const templated = new Set<string>();
  for (const name of new Set([...Object.keys(given), ...Object.keys(schemas)])) {
    const schema = Object.hasOwn(schemas, name) ? (schemas[name] ?? {}) : {};
    const value = own(given, name) ?? undefined;
    const byDefault = value === undefined || own(schema, 'immutable') === true;
    const chosen = byDefault ? (own(schema, 'default') ?? null) : value;
    const isData = !byDefault && (request.rendered || isMark(chosen));
    if (!isData && hasTemplate(chosen)) templates.set(name, chosen);
    else values.set(name, chosen);
    if (byDefault && templates.has(name)) templated.add(name);
  }
  for (const name of renderOrder(templates, values, request.context)) {
    const known = { ...request.context, ...Object.fromEntries(values) };
    try {
      values.set(name, render(templates.get(name), known, `parameters.${name}`));
    } catch (cause) {
      throw new Refused('RenderFailed', `Failed to render parameter "${name}": ${(cause as Error).message}`, { cause });
    }
  }
  return { values: Object.fromEntries(values), templated };
}

const isMark = (value: unknown): boolean => typeof value === 'string' && value.startsWith(MARK);

function hasTemplate(value: unknown): boolean {
  if (typeof value === 'string') return isTemplate(value);
  if (Array.isArray(value)) return value.some(hasTemplate);
  return isRecord(value) && Object.entries(value).some(([key, item]) => isTemplate(key) || hasTemplate(item));
}

/** Names of templates, each after those that it needs. */
function renderOrder(
  templates: ReadonlyMap<string, unknown>,
  values: ReadonlyMap<string, unknown>,
  context: Parameters,
) {
  const needs = new Map<string, readonly string[]>();
  for (const [name, template] of templates) {
    const roots = new Set(templatesIn(template, `parameters.${name}`).map(([root]) => root));
    for (const root of roots) {
      if (templates.has(root) || values.has(root) || Object.hasOwn(context, root)) continue;
      const message = `Dependency unsatisfied in variable "${root}"`;
      throw new Refused(
        'RenderFailed',
        `parameters.${name}: ${message}; name a parameter or ${Object.keys(context).join(', ')}`,
      );
    }
    needs.set(
      name,
      [...roots].filter((root) => templates.has(root)),
    );
  }
  const order = new Set<string>();
  for (let left = [...needs]; left.length > 0; left = left.filter(([name]) => !order.has(name))) {
    const ready = left.filter(([, roots]) => roots.every((root) => order.has(root)));
    if (ready.length === 0) {
      const names = left.map(([name]) => name).join(', ');
      const message = `Cyclic dependency found in the following variables: ${names}. Likely the variable is referencing itself`;
      throw new Refused('RenderFailed', `parameters: ${message}; give one of them a value without a template`);
    }
    for (const [name] of ready) order.add(name);
  }
  return order;
}

function castAll(schemas: Schemas, values: Parameters, secrets: Parameters): Parameters {
  const entries = Object.entries(values).map(([name, value]): [string, unknown] => {
    if (!Object.hasOwn(schemas, name) || Object.hasOwn(secrets, name)) return [name, value];
    const schema = schemas[name] ?? {};
    try {
      return [name, cast(value, schema)];
    } catch (cause) {
      const shown =
        own(schema, 'secret') === true || String(value).includes(MARK) ? '********' : pythonRepr(value).slice(0, 120);
      const type = String(own(schema, 'type'));
      const reason = shown === '********' ? 'it cannot be converted' : (cause as Error).message;
      const message = `Failed to cast value ${shown} for parameter "${name}" of type "${type}": ${reason}`;
      throw new Refused('ParametersInvalid', `parameters.${name}: ${message}. Give a value of type ${type}`, { cause });
    }
  });
  return Object.fromEntries(entries);
}

/** What the content of a secret is, only the pod knows. */
const checked = (schemas: Schemas, secrets: Parameters): Schemas =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]): [string, Schema] => {
      if (!Object.hasOwn(secrets, name)) return [name, schema];
      return [name, { required: own(schema, 'required') === true }];
    }),
  );

/** As they are checked: a parameter without a value is left out, an unknown one is not. */
const withDefaultsOf = (schemas: Schemas, values: Parameters): Parameters =>
  Object.fromEntries(
    Object.entries(values)
      .map(([name, value]): [string, unknown] => [name, withDefaults(own(schemas, name), value)])
      .filter(([name, value]) => value !== null || !Object.hasOwn(schemas, String(name))),
  );
