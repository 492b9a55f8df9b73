// e2e/conformance/properties/mistral-model-asking.ts — which children the second interpreter of Mistral asks for.
import type { Value } from '../../../operator/domain/expression/python/values.ts';
import { broken } from './mistral-model-flow.ts';
import { type Exec, isDone, type MistralState } from './mistral-model-state.ts';
import { mistralValue, type Variables } from './mistral-model-values.ts';
import { Broken } from './workflow-model-values.ts';

/** The children that a task wants now. */
export function askTask(flow: MistralState, exec: Exec): void {
  const { task, variables } = exec;
  if (isDone(exec.state)) return;
  if (task.action !== 'echo') {
    const isFine = task.action === 'none';
    const result = isFine ? null : 'Fail action expected exception.';
    flow.todo.push({ is: 'end', exec, state: isFine ? 'SUCCESS' : 'ERROR', result });
    return;
  }
  const delay = exec.retries > 0 ? (task.retry?.delay ?? 0) : (task.waitBefore ?? 0);
  try {
    if (!task.items) return askFor(flow, exec, undefined, variables, delay);
    const isFirst = exec.items === undefined;
    if (!exec.items) {
      const list = mistralValue(task.items.of, { variables });
      if (!Array.isArray(list)) throw new Broken('no list');
      exec.items = list as Value[];
      exec.begun = 0;
      exec.failed = 0;
      exec.results = list.map(() => undefined);
      if (list.length === 0) flow.todo.push({ is: 'end', exec, state: 'SUCCESS', result: [] });
    }
    const room = task.items.concurrency ?? Infinity;
    const busy = () => flow.open().filter((one) => one.exec === exec).length;
    while (exec.begun < exec.items.length && busy() < room) {
      const item = exec.begun++;
      const ofItem = { ...variables, i: { value: exec.items[item] as Value, times: 0 } };
      askFor(flow, exec, item, ofItem, isFirst ? delay : 0);
    }
  } catch (error) {
    broken(flow, error, exec);
  }
}

function askFor(flow: MistralState, exec: Exec, item: number | undefined, variables: Variables, delay: number): void {
  const { input } = exec.task;
  const value =
    input && mistralValue(input, { variables, ...(item !== undefined && { item: variables['i']?.value ?? null }) });
  const told = value === undefined ? {} : { message: value };
  flow.asked.push({ task: exec.task.name, item, input: told, delay, variables });
  flow.children.push({ exec, item, status: 'running' });
}
