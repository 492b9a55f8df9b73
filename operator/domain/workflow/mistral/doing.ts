// operator/domain/workflow/mistral/doing.ts — how an action is done, and what each of Mistral's own has to say for that.
import type { Plain, Value } from '../../expression/python/values.ts';

/** How an action is done. */
export type Doing =
  /** At once. */
  | { readonly is: 'done'; readonly state: 'SUCCESS' | 'ERROR'; readonly output: Value }
  /** After some seconds. */
  | { readonly is: 'wait'; readonly seconds: number; readonly output: Value }
  /** By an action of a pack; `convert` makes Mistral's result of what it gives. */
  | { readonly is: 'child'; readonly action: string; readonly input: Plain; readonly convert: (body: Value) => Value };

/** One of Mistral's own actions. */
export interface StdAction {
  readonly needed: readonly string[];
  readonly optional: readonly string[];
  /** The action of a pack that does it; undefined: the engine does. */
  readonly child?: string;
  /** Why it cannot be done here at all. */
  readonly impossible?: string;
  /** Inputs that cannot be heeded here, unless they are null: why, and what to do. */
  readonly refused?: Readonly<Record<string, string>>;
  /** Inputs that an action of a pack takes as references to Secrets only: what to do. */
  readonly secret?: readonly string[];
  readonly plan: (input: Plain) => Doing;
}

/** The entries that have a value. */
export const given = (entries: Readonly<Record<string, Value | undefined>>): Plain =>
  Object.fromEntries(
    Object.entries(entries).flatMap(([key, value]) => (value === undefined || value === null ? [] : [[key, value]])),
  );
