// operator/domain/action/given-parameters.ts — what a caller gave: secrets sorted out, and what nobody may give refused.
import { SecretValue } from '../../api/action.ts';
import { secretMark } from '../../api/envelope.ts';
import type { Reason } from '../../api/reasons.ts';
import { hasClearSecret } from './parameters-fault.ts';
import type { Schemas } from './runner-parameters.ts';
import { isRecord, own } from './schema.ts';

/** Where a secret value is: a Secret of the Execution's namespace. */
export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

type Parameters = Readonly<Record<string, unknown>>;

/** Deepest nesting of a value. */
const DEPTH_MAX = 64;
const MARK = secretMark('').slice(0, -1);

/** Why an Execution cannot run; the message names field and remedy, and no secret. */
export class Refused extends Error {
  readonly reason: Reason;
  constructor(reason: Reason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Sorts out references to Secrets, and refuses secrets in clear text. */
export function takeSecrets(schemas: Schemas, parameters: Parameters) {
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
function secretInside(schema: unknown, given: unknown, place: string, depth: number): string | undefined {
  if (!isRecord(schema) || depth > DEPTH_MAX || given === null || given === undefined) return undefined;
  if (depth > 0 && own(schema, 'secret') === true) return place;
  const items = own(schema, 'items');
  const inner = own(schema, 'properties');
  // Text is read as the list or the object that it is to be.
  const isText = depth === 0 && typeof given === 'string' && (isRecord(items) || isRecord(inner));
  const value = isText ? jsonIn(given) : given;
  const found = Array.isArray(value)
    ? value.map((item, i) => secretInside(items, item, `${place}[${i}]`, depth + 1))
    : isRecord(value) && isRecord(inner)
      ? Object.entries(inner).map(([key, sub]) => secretInside(sub, own(value, key), `${place}.${key}`, depth + 1))
      : [];
  return found.find((f) => f !== undefined);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // a template, or what its conversion will say
  }
}

/** A value that could pass for the mark of a secret would be given its content in the pod. */
export function checkValue(value: unknown, place: string, depth: number): void {
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

/** A default that stands in the Action for all to read is not taken for a secret. */
export function checkClearSecrets(schemas: Schemas, parameters: Parameters): void {
  for (const [name, schema] of Object.entries(schemas)) {
    if ((own(parameters, name) ?? null) !== null || !hasClearSecret(schema)) continue;
    const remedy =
      'give {valueFrom: {secretKeyRef: {name, key}}}, or make the default "{{ st2kv.system.… | decrypt_kv }}"';
    throw new Refused('SecretInline', `parameters.${name} is secret, and its default stands in the Action; ${remedy}`);
  }
}

export function checkImmutable(schemas: Schemas, parameters: Parameters): void {
  const names = Object.keys(parameters).filter(
    (name) => Object.hasOwn(schemas, name) && own(schemas[name] ?? {}, 'immutable') === true,
  );
  if (names.length === 0) return;
  const message = `Override of immutable parameter(s) [${names.map((name) => `'${name}'`).join(', ')}] is unsupported.`;
  throw new Refused(
    'ParametersInvalid',
    `${message} Leave out ${names.map((name) => `parameters.${name}`).join(', ')}`,
  );
}
