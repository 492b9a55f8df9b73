// e2e/conformance/properties/property.ts — something that must hold of random inputs.
import type { Arbitrary } from 'fast-check';

export interface Property {
  readonly name: string;
  /** Random inputs, and what is checked of each; it throws when it does not hold. */
  readonly check: { readonly arbitrary: Arbitrary<unknown>; readonly holds: (input: unknown) => void };
  /** So many times fewer inputs than others. Default: 1. */
  readonly cost?: number;
}

export function property<T>(name: string, arbitrary: Arbitrary<T>, holds: (input: T) => void): Property {
  return { name, check: { arbitrary, holds: holds as (input: unknown) => void } };
}
