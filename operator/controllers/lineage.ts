// operator/controllers/lineage.ts — an Execution → the workflows that it is in, from the store.
import type { Execution } from '../api/kinds.ts';
import { parentOf } from '../domain/workflow/children.ts';
import type { Store } from '../kube/store.ts';

/** The Execution of the name that its parent has; the name may be another's by now. */
export function aboveOf(execution: Pick<Execution, 'metadata'>, executions: Store<Execution>): Execution | undefined {
  const parent = parentOf(execution);
  return parent && executions.get(`${execution.metadata.namespace ?? ''}/${parent.name}`);
}

/** No limit of depth is higher. Whoever writes Executions may make them the owners of each other. */
const DEPTH_COUNTED = 101;

/** How many workflows it is in, itself included; at most 101. */
export function depthOf(execution: Pick<Execution, 'metadata'>, executions: Store<Execution>): number {
  let depth = 1;
  for (let above = aboveOf(execution, executions); above && depth < DEPTH_COUNTED; depth++)
    above = aboveOf(above, executions);
  return depth;
}

/** The Execution of the workbook whose inner workflow this one runs, in any depth; itself where it runs none. */
export function outermostOf<T extends Pick<Execution, 'metadata' | 'spec'>>(
  self: T,
  executions: Store<Execution>,
): T | Execution {
  let outermost: T | Execution = self;
  for (let depth = 1; depth < DEPTH_COUNTED && outermost.spec.request.workflow !== undefined; depth++) {
    const above = aboveOf(outermost, executions);
    if (!above) break;
    outermost = above;
  }
  return outermost;
}

/** What is deleted, or belongs to what is, starts nothing more: Kubernetes takes it away with all that belongs to it. */
export function isGoing(self: Execution, executions: Store<Execution>): boolean {
  if (self.metadata.deletionTimestamp !== undefined) return true;
  const parent = parentOf(self);
  if (!parent) return false;
  const above = aboveOf(self, executions);
  return above?.metadata.uid !== parent.uid || above.metadata.deletionTimestamp !== undefined;
}
