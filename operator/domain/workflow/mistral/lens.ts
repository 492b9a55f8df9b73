// operator/domain/workflow/mistral/lens.ts — what functions such as task() and execution() see of a run.
import type { Scope } from '../../expression/functions/call.ts';
import { dictGet } from '../../expression/python/dict.ts';
import { PyObject, type Value } from '../../expression/python/values.ts';

/** Which tasks are asked for; null: whichever. */
export interface TaskFilter {
  readonly workflowId: Value;
  readonly recursive: boolean;
  readonly state: Value;
  readonly flat: boolean;
}

/** A run, as its expressions may ask about it. */
export interface Lens {
  readonly env: Value;
  /** The latest task of a name; of the current task's name, or without one, the current task. Null for none. */
  task(name: Value, current: string | undefined): Value;
  tasks(filter: TaskFilter): Value;
  execution(): Value;
  /** A variable that all tasks share; null for none. */
  shared(name: Value): Value;
}

/** Carries a lens, and which task looks through it, in the context of an expression; expressions do not see it. */
export class LensHolder extends PyObject {
  readonly typeName = 'Lens';
  readonly lens: Lens;
  readonly current: string | undefined;
  constructor(lens: Lens, current: string | undefined) {
    super();
    [this.lens, this.current] = [lens, current];
  }
  repr(): string {
    return '<Lens>';
  }
}

const LENS = '__lens';

/** The scope of an expression: `user` owns its entries in the datastore. */
export const scopeOf = (holder: LensHolder, datastore: Scope['datastore'], user: string): Scope => ({
  context: { [LENS]: holder, st2: { user } },
  datastore,
});

/** The lens that an expression was given. */
export function lensIn(scope: Scope): LensHolder {
  const holder = dictGet(scope.context, LENS);
  if (holder instanceof LensHolder) return holder;
  throw new Error('an expression of Mistral is evaluated without a lens');
}
