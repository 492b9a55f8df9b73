// operator/domain/pack/config-secrets.ts — a configuration as a pod gets it, and its schema → where it has secrets in clear text.
import { deeper, evaluating, NOWHEN } from '../expression/evaluation.ts';
import { ExpressionFault } from '../expression/fault.ts';
import { isList, isPlain, type Plain, truthy, type Value } from '../expression/python/values.ts';
import { itemSchemas, own, propertySchemas } from './config.ts';

/** Keys and numbers of items that lead to a value; all of it where none lead anywhere. */
export type Place = readonly (string | number)[];

/** Values from Secrets are none of them: those are known in the pod only. Never throws. */
export function secretPlaces(schemas: Plain, config: Plain): readonly Place[] {
  try {
    return evaluating(NOWHEN, () => placesIn(config, { properties: schemas }));
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    return [[]];
  }
}

function placesIn(value: Value, schema: Value): readonly Place[] {
  if (value === null) return [];
  // A mark stands for what the pod fetches.
  if (truthy(own(schema, 'secret'))) return typeof value === 'string' && value.includes('\u0001') ? [] : [[]];
  if (isPlain(value)) {
    const schemas = propertySchemas(schema, Object.keys(value));
    return deeper(() => Object.entries(value).flatMap(([key, item]) => below(key, placesIn(item, own(schemas, key)))));
  }
  if (!isList(value)) return [];
  const schemas = itemSchemas(schema, value.length);
  return deeper(() => value.flatMap((item, at) => below(at, placesIn(item, schemas[at] ?? null))));
}

const below = (step: string | number, places: readonly Place[]): readonly Place[] =>
  places.map((place) => [step, ...place]);
