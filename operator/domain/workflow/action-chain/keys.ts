// operator/domain/workflow/action-chain/keys.ts — the names that a chain's tasks have in the keys of its children: letters, digits, `_`, `.` and `-`.
import type { ChainTask } from './model.ts';
import { textOf } from './text.ts';

/** A task's name, where its signs allow; else with its number, so that no two are the same. */
export function taskKeys(tasks: readonly ChainTask[]): ReadonlyMap<ChainTask, string> {
  const given = new Set(tasks.map(({ name }) => textOf(name)));
  const keys = new Map<ChainTask, string>();
  for (const task of tasks) keys.set(task, keyOf(textOf(task.name), task.index, given));
  return keys;
}

function keyOf(name: string, index: number, given: ReadonlySet<string>): string {
  const safe = name.replaceAll(/[^A-Za-z0-9_.-]/g, '-');
  if (safe === name && name !== '') return name;
  let key = `${safe}.${index}`;
  while (given.has(key)) key += `.${index}`;
  return key;
}
