// operator/domain/plan.ts — the words in which every decision is expressed: plain data, to compare, log, count.
import type { Draft, KubeObject } from '../api/meta.ts';

export type Write =
  /** A child that never changes (Job, Execution); already there and ours = done, another owner's = an error. */
  | { readonly do: 'create'; readonly object: Draft }
  /** A child that may change (Deployment, ConfigMap): server-side apply. */
  | { readonly do: 'apply'; readonly object: Draft }
  /** Guarded by uid; already gone = done. `ifUnchanged`: guarded by resourceVersion too. */
  | {
      readonly do: 'delete';
      readonly object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;
      readonly ifUnchanged?: true;
    }
  /** Of the object itself; guarded by resourceVersion. */
  | { readonly do: 'finalizers'; readonly set: readonly string[] };

export interface Event {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export interface Plan<S> {
  /** In order, but for applies that follow each other; the first failure stops the rest and the key comes back with backoff. */
  readonly writes?: readonly Write[];
  /** The whole new status; written after `writes`, and only if it differs. */
  readonly status?: S;
  /** Writes after the status is stored: the clean-up that must not come before the record. */
  readonly after?: readonly Write[];
  /** Told last, and only if the status changed. */
  readonly events?: readonly Event[];
  /** Look again then, though nothing changes: timeout, retry delay, expiry. */
  readonly requeueAfterMs?: number;
}
