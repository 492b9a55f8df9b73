// operator/domain/workflow/orquesta/define.ts — a name of a user's as an own property, whatever it is.
import type { Value } from '../../expression/python/values.ts';

/** `__proto__` is an ordinary name. */
export function define(context: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__') {
    Object.defineProperty(context, name, { value, writable: true, enumerable: true, configurable: true });
  } else context[name] = value;
}
