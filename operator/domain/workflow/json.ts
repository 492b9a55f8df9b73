// operator/domain/workflow/json.ts — values of expressions → JSON, as it stands in objects.
import { finalJson, plainJson } from '../action/plain-json.ts';
import { evaluating, NOWHEN } from '../expression/evaluation.ts';
import type { Plain } from '../expression/python/values.ts';

/** Sets become lists, floats numbers. @throws Error for what is no JSON: bytes, dates in keys */
export const jsonOf = (value: Plain): Readonly<Record<string, unknown>> =>
  evaluating(NOWHEN, () => finalJson(plainJson(value), (text) => text)) as Readonly<Record<string, unknown>>;
