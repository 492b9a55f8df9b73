// operator/domain/notify/masked.ts — parameters of an Execution → the same as events show them: without what is secret.
import { SecretValue } from '../../api/action.ts';
import { isRecord, own } from '../action/schema.ts';
import type { Schemas } from '../action/runner-parameters.ts';

const MASK = '********';

type Parameters = Readonly<Record<string, unknown>>;

/** `schemas` say what is secret; without them, of an action that nobody knows any more, everything is. */
export function maskedParameters(parameters: Parameters, schemas: Schemas | undefined): Parameters {
  const entries = Object.entries(parameters).map(([name, value]): [string, unknown] => [
    name,
    schemas ? masked(value, own(schemas, name)) : MASK,
  ]);
  return Object.fromEntries(entries);
}

/** Whether something in what the schema describes is secret. */
const hidesSecret = (schema: unknown): boolean => {
  if (!isRecord(schema)) return false;
  const properties = own(schema, 'properties');
  const within = [own(schema, 'items'), ...(isRecord(properties) ? Object.values(properties) : [])];
  return within.some((inner) => isRecord(inner) && (own(inner, 'secret') === true || hidesSecret(inner)));
};

/** Of objects and lists as far as their schema follows them; one that is secret itself goes as a whole. */
function masked(value: unknown, schema: unknown): unknown {
  if (SecretValue.safeParse(value).success) return MASK;
  if (!isRecord(schema)) return value;
  if (own(schema, 'secret') === true) return MASK;
  // A list or an object may be given as text, which is read in the pod.
  if (typeof value === 'string') return hidesSecret(schema) ? MASK : value;
  if (Array.isArray(value)) return value.map((item: unknown) => masked(item, own(schema, 'items')));
  const properties = own(schema, 'properties');
  if (!isRecord(value) || !isRecord(properties)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, own(properties, key))]));
}
