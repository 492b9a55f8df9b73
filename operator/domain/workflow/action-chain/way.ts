// operator/domain/workflow/action-chain/way.ts — the end of a task → the next task, or none, or that there is none of that name.
import { truthy } from '../../expression/python/values.ts';
import { chainFailure, type Failure } from './failure.ts';
import type { ChainTask, Way } from './model.ts';
import type { Reading } from './read.ts';
import { textOf } from './text.ts';

type Onward = { readonly next: ChainTask | undefined } | { readonly failure: Failure };

/** Names are looked up as they are written: one that is a template passes the checks before the run, and is found by no one here. */
export function wayOn(task: ChainTask, way: Way | undefined, reading: Reading): Onward {
  const name = way === 'on-success' ? task.onSuccess : task.onFailure;
  if (way === undefined || !truthy(name)) return { next: undefined };
  const next = reading.chain?.taskNamed(name);
  if (next) return { next };
  const message = `Unable to find node with name "${textOf(name)}".`;
  const cause = { type: 'ActionRunnerException', message, path: ['chain', task.index, way] };
  return { failure: chainFailure(`Failed to get next node "${textOf(task.name)}".`, cause, reading) };
}
