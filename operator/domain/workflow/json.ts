// operator/domain/workflow/json.ts — values of expressions → JSON, as it stands in objects.
import { finalJson, plainJson } from '../action/plain-json.ts';
import { evaluating, NOWHEN } from '../expression/evaluation.ts';
import type { Plain } from '../expression/python/values.ts';
import { exactInteger } from '../result/exact-json.ts';

/** Sets become lists, floats numbers, integers that are long texts. @throws Error for what is no JSON: bytes, dates in keys */
export const jsonOf = (value: Plain): Readonly<Record<string, unknown>> => finalOf(value, String);

/** As jsonOf; integers that are long keep their digits as integers. */
export const resultJsonOf = (value: Plain): Readonly<Record<string, unknown>> => finalOf(value, exactInteger);

const finalOf = (value: Plain, long: (value: bigint) => unknown) =>
  evaluating(NOWHEN, () => finalJson(plainJson(value), (text) => text, long)) as Readonly<Record<string, unknown>>;
