// operator/domain/action/action-context.test.ts
import { expect, test } from 'vitest';
import type { WorkflowEngine } from '../../api/workflow.ts';
import type { Live } from '../execution/parse.ts';
import { childDraft } from '../workflow/children.ts';
import { askedOf, contextIn } from './action-context.ts';

const parent = {
  metadata: { name: 'w', namespace: 'n', uid: 'u' },
  spec: { request: { action: 'p.w', context: { user: 'ann' } }, control: 'run' },
} as unknown as Live;

/** What an action of another pack sees that a workflow runs. */
function seen(engine: WorkflowEngine, task: string, key: string) {
  const child = { key, task, action: 'q.a', input: {}, delaySeconds: 0 };
  return contextIn('q.a', askedOf(childDraft(parent, { child, name: 'c', goesOnFrom: undefined }, engine)));
}
const COMMON = {
  user: 'ann',
  pack: 'q',
  parent: { execution_id: 'u', name: 'w', user: 'ann', pack: 'p' },
  trace_context: { id_: 'u' },
};

test.each([
  ['a task', 't/2/1', { task_route: 2, task_execution_id: 'u/t/2/1' }],
  ['an item', 't/0/3/17', { task_route: 0, task_execution_id: 'u/t/0/3', item_id: 17 }],
])('of orquesta %s has the keys of its task', (_, key, more) => {
  const orquesta = { workflow_execution_id: 'u', task_name: 't', task_id: 't', ...more };
  expect(seen('orquesta', 't', key)).toEqual({ ...COMMON, orquesta });
});

test('of a chain it has the task', () => {
  expect(seen('action-chain', 'my task', 'my-task.0/1')).toEqual({ ...COMMON, chain: { name: 'my task', ref: 'q.a' } });
});

test('of Mistral it has the parent alone', () => {
  expect(seen('mistral', 't', 't/1/0')).toEqual(COMMON);
});
