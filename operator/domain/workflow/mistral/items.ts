// operator/domain/workflow/mistral/items.ts — the items of a task: their values, which of them are to be run, and what they come to.
import { evaluating } from '../../expression/evaluation.ts';
import { iterable } from '../../expression/python/iterate.ts';
import { isPlain, type Value } from '../../expression/python/values.ts';
import type { Board } from './board.ts';
import { MistralFault } from './mistral-fault.ts';
import { numberOf } from './policies.ts';
import { type EndState, hasEnded } from './states.ts';
import type { ItemsState, TaskRun } from './task-run.ts';

/** Reads the values of the items; those that count from before stay as they are, the others are to be run. @throws MistralFault */
export function prepareItems(board: Board, run: TaskRun): void {
  const values = valuesOf(board, run);
  const count = values[0]?.[1].length ?? 0;
  const kept = new Set(run.actions.filter((action) => action.isAccepted).map(({ index }) => index));
  const items: ItemsState = {
    names: values.map(([name]) => name),
    values: values.map(([, list]) => list),
    count,
    concurrency: numberOf(board, run, 'concurrency'),
    todo: Array.from({ length: count }, (_, index) => index).filter((index) => !kept.has(index)),
    started: 0,
    active: 0,
    errors: 0,
  };
  run.items = items;
}

function valuesOf(board: Board, run: TaskRun): readonly (readonly [string, readonly Value[]])[] {
  const evaluated = board.evaluate(run.task.withItems ?? {}, board.sight(run));
  const entries = isPlain(evaluated) ? Object.entries(evaluated) : [];
  const read: [string, readonly Value[]][] = [];
  for (const [name, value] of entries) {
    const list = evaluating(board.outside, () => {
      const walked = iterable(value);
      return walked && [...walked];
    });
    const shown = (what: Value) => `Wrong input format for: ${board.text(what)}.`;
    if (!list) throw new MistralFault(`${shown(Object.fromEntries(read))} Iterable type is expected for each value.`);
    if (read[0] && read[0][1].length !== list.length) {
      throw new MistralFault(`${shown(evaluated)} All arrays must have the same length.`);
    }
    read.push([name, list]);
  }
  return read;
}

/** So many of the items that failed go on; whether there are others that have to begin once more: they were too late, or canceled. */
export function resumeItems(run: TaskRun, items: ItemsState, failed: number): boolean {
  [items.active, items.errors] = [failed, 0];
  for (const action of run.actions) {
    action.isAccepted &&= action.state !== 'CANCELLED';
    action.isSuperseded ||= !hasEnded(action.state);
  }
  const known = new Set(run.actions.filter(({ isAccepted }) => isAccepted).map(({ index }) => index));
  const lost = items.todo.slice(0, items.started).filter((index) => !known.has(index));
  if (lost.length === 0) return false;
  [items.todo, items.started] = [[...lost, ...items.todo.slice(items.started)], 0];
  return true;
}

const INFO: Readonly<Record<EndState, string | null>> = {
  SUCCESS: null,
  ERROR: 'One or more actions had failed.',
  CANCELLED: 'One or more actions was cancelled.',
};

/** Counts an item that has ended; what the task comes to when it was the last. */
export function countItem(
  items: ItemsState,
  end: EndState,
): { readonly state: EndState; readonly info: string | null } | undefined {
  items.active--;
  if (end === 'ERROR') items.errors++;
  if (end === 'CANCELLED') return { state: 'CANCELLED', info: INFO.CANCELLED };
  if (items.active > 0 || items.started < items.todo.length) return undefined;
  const state = items.errors > 0 ? 'ERROR' : 'SUCCESS';
  return { state, info: INFO[state] };
}

/** Of a task whose run has ended before all its items were begun. */
export function endEarly(items: ItemsState): { readonly state: EndState; readonly info: string | null } {
  const state = items.errors > 0 ? 'ERROR' : 'CANCELLED';
  return { state, info: INFO[state] };
}
