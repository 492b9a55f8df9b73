// operator/domain/workflow/json.ts — values of expressions → JSON, as it stands in objects.
import { finalJson, lenientJson, plainJson } from '../action/plain-json.ts';
import { evaluating, NOWHEN } from '../expression/evaluation.ts';
import type { Plain, Value } from '../expression/python/values.ts';
import { exactInteger } from '../result/exact-json.ts';

/** Sets become lists, floats numbers, integers that are long texts. @throws Error for what is no JSON: bytes, dates in keys */
export const jsonOf = (value: Plain): Readonly<Record<string, unknown>> => finalOf(value, plainJson, String);

/** As jsonOf; integers that are long keep their digits as integers, and what is no number is null. */
export const resultJsonOf = (value: Plain): Readonly<Record<string, unknown>> =>
  finalOf(value, lenientJson, exactInteger);

const finalOf = (value: Plain, plain: (value: Value) => Value, long: (value: bigint) => unknown) =>
  evaluating(NOWHEN, () => finalJson(plain(value), (text) => text, long)) as Readonly<Record<string, unknown>>;
