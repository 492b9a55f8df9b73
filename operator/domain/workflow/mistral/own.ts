// operator/domain/workflow/mistral/own.ts — the value of a key that a definition itself has.
import type { Plain, Value } from '../../expression/python/values.ts';

/** The text of a key; empty for what is none. */
export function textIn(object: Plain, key: string): string {
  const value = own(object, key);
  return typeof value === 'string' ? value : '';
}

export const own = (object: Plain, key: string): Value | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;
