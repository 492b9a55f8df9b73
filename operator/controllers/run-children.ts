// operator/controllers/run-children.ts — Executions as they come and go → the names of those that a run under way has had as children.
import type { Execution } from '../api/kinds.ts';
import { isFinal } from '../domain/execution/parse.ts';
import { parentOf } from '../domain/workflow/children.ts';
import { type Key, keyOf, type Store } from '../kube/store.ts';
import { aboveOf } from './lineage.ts';

/** A child that was there and is not is never made again, also not after the run was read from its journal once more. */
export class KnownChildren {
  readonly #known = new Map<Key, { readonly uid: string; readonly names: Set<string> }>();

  constructor(executions: Store<Execution>) {
    executions.subscribe((old, now) => {
      const one = now ?? old;
      if (!one) return;
      // Also where nobody looks at runs: a replica that does not lead hears of all of them.
      if (!now || hasEnded(now)) this.forget(keyOf(one));
      const above = aboveOf(one, executions);
      if (!above || hasEnded(above)) return;
      if (parentOf(one)?.uid === above.metadata.uid) this.of(above).add(one.metadata.name);
    });
  }

  /** Of an Execution that has not ended. */
  of(parent: Pick<Execution, 'metadata'>): Set<string> {
    const { uid } = parent.metadata;
    const key = keyOf(parent);
    const known = this.#known.get(key);
    if (known?.uid === uid) return known.names;
    const names = new Set<string>();
    this.#known.set(key, { uid, names });
    return names;
  }

  /** Of an Execution that has ended, or is gone. */
  forget(key: Key): void {
    this.#known.delete(key);
  }
}

const hasEnded = ({ status }: Execution): boolean => isFinal(status?.phase ?? 'Requested');
