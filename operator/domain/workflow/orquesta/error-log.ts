// operator/domain/workflow/orquesta/error-log.ts — what went wrong in a workflow, each thing once.
import { evaluating, NOWHEN } from '../../expression/evaluation.ts';
import { hashKey } from '../../expression/python/compare.ts';
import { isDict, dictEntries } from '../../expression/python/dict.ts';
import { isList, typeName, type Value } from '../../expression/python/values.ts';
import type { Fault } from './fault.ts';

/** As StackStorm shows it. */
export interface ErrorEntry {
  readonly type: 'error';
  readonly message: string;
  readonly task_id?: string;
  readonly route?: number;
  readonly task_transition_id?: string;
  readonly result?: Value;
}

type Where = Pick<ErrorEntry, 'task_id' | 'route' | 'task_transition_id'>;

export class ErrorLog {
  readonly #entries = new Map<string, ErrorEntry>();

  get entries(): readonly ErrorEntry[] {
    return [...this.#entries.values()];
  }

  add(message: string, where: Where = {}, result: Value = null): void {
    const entry: ErrorEntry = { type: 'error', message, ...where, ...(result !== null && { result }) };
    const key = keyOf(entry);
    if (!this.#entries.has(key)) this.#entries.set(key, entry);
  }

  addFault({ type, message }: Pick<Fault, 'type' | 'message'>, where: Where = {}): void {
    this.add(`${type}: ${message}`, where);
  }

  /** Forgets what is told of a task. */
  forget(task: string): void {
    for (const [key, entry] of this.#entries) if (entry.task_id === task) this.#entries.delete(key);
  }
}

/** Equal entries have equal keys; the order of the keys of an object does not matter, nor which name it was that is near. */
function keyOf({ message, task_id, route, task_transition_id, result }: ErrorEntry): string {
  const text = message.replace(/ Did you mean "[^"]*"\?$/, '');
  const where = JSON.stringify([text, task_id, route, task_transition_id]);
  return result === undefined ? where : `${where}${evaluating(NOWHEN, () => canonical(result, 0), UNLIMITED)}`;
}

/** Results have limits of their own. */
const UNLIMITED = { steps: Number.MAX_SAFE_INTEGER, characters: 2 ** 30, items: 2 ** 30, depth: 1000 };
const DEPTH_MAX = 1000;

function canonical(value: Value, depth: number): string {
  if (depth > DEPTH_MAX) return '…';
  if (isList(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(',')}]`;
  if (isDict(value)) {
    const entries = dictEntries(value).map(([key, item]) => `${hashKey(key)}:${canonical(item, depth + 1)}`);
    return `{${entries.toSorted().join(',')}}`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : hashOf(value);
}

function hashOf(value: Value): string {
  try {
    return hashKey(value);
  } catch {
    return typeName(value); // a set, which no result holds
  }
}
