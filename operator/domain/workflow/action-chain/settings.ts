// operator/domain/workflow/action-chain/settings.ts — what the run of a chain is told beside its definition and its parameters.
import { truthy, type Value } from '../../expression/python/values.ts';
import type { ChainTask } from './model.ts';
import { textOf } from './text.ts';

/** All of it has to be the same in every replay. */
export interface ChainSettings {
  /** The runner's parameter `display_published`. Default: true. */
  readonly displayPublished?: boolean;
  /** The runner's parameter `skip_notify`: names of tasks whose end nobody is told. */
  readonly skipNotify?: readonly string[];
  /** The Execution's own notify, for tasks that have none. */
  readonly notify?: Value;
  /** The id of a child's Execution by its key and its task, for the result. Default: its key. */
  readonly executionOf?: (key: string, task: string) => string;
}

/** Whom a task's end is told: as the task says, else as the chain's Execution says. */
export function notifyOf({ name, notify }: ChainTask, settings: ChainSettings): Value | undefined {
  if (settings.skipNotify?.includes(textOf(name)) === true) return undefined;
  return truthy(notify) ? notify : settings.notify;
}
