// e2e/stories/workflows-more.test.ts — workflows on a cluster: items run again, circles, workbooks, tasks on demand, pauses of their own.
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { Execution } from '../../operator/api/kinds.ts';
import { apply, createExecution, ended, eventually, getExecution, kubectl, list, ours, ready } from '../harness.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('workflows-more');

const workflow = (name: string, engine: string, definition: string, more: object = {}) =>
  ours('Workflow', namespace, name, { engine, definition: parse(definition), ...more });
const childrenOf = async (parent: string) =>
  (await list(Execution, namespace)).filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ kind, name }) => kind === 'Execution' && name === parent),
  );
const tasksOf = async (parent: string) =>
  (await childrenOf(parent)).map(({ metadata }) => metadata.annotations?.['squall.dev/task'] ?? '').toSorted(byText);

const byText = (a: string, b: string) => a.localeCompare(b);

const PICKY = () =>
  ours('Action', namespace, 'more.picky', {
    runner: 'noop',
    parameters: { word: { type: 'string', enum: ['good', 'fine'] } },
  });

test('items run again: only those that did not run well, or all of them with reset', async () => {
  await apply(
    PICKY(),
    workflow(
      'more.items',
      'orquesta',
      `
version: 1.0
input: [words]
tasks:
  each:
    with:
      items: <% ctx(words) %>
      concurrency: 1
    action: more.picky word=<% item() %>
`,
      { parameters: { words: { type: 'array' } } },
    ),
  );
  await ready(namespace, 'action/more.picky', 'workflow/more.items');
  const name = await createExecution(namespace, 'more.items', { words: ['good', 'bad'] });
  expect((await ended(namespace, name)).status).toMatchObject({ phase: 'Failed' });
  expect(await childrenOf(name)).toHaveLength(1);
  for (const [again, reset, count] of [
    ['items-kept', [], 1],
    ['items-reset', ['each'], 2],
  ] as const) {
    const rerun = { tasks: ['each'], reset };
    const request = { action: 'more.items', parameters: { words: ['good', 'fine'] }, rerun, cause: { rerunOf: name } };
    await apply(ours('Execution', namespace, again, { request }));
    expect((await ended(namespace, again)).status).toMatchObject({ phase: 'Succeeded' });
    expect(await childrenOf(again)).toHaveLength(count);
  }
});

test('workflows that run each other in a circle are not run', async () => {
  const calling = (name: string, action: string) => workflow(name, 'orquesta', `tasks: { t: { action: ${action} } }`);
  await apply(calling('more.one', 'more.two'), calling('more.two', 'more.one'));
  await eventually('the circle is seen', async () => {
    const json = await kubectl(['-n', namespace, 'get', 'workflow', 'more.one', '-o', 'json']);
    const { status } = JSON.parse(json) as { status?: { conditions?: { type: string; reason: string }[] } };
    return status?.conditions?.some(({ type, reason }) => type === 'Ready' && reason === 'ReferenceCycle');
  });
  const name = await createExecution(namespace, 'more.one');
  const { status } = await ended(namespace, name);
  expect(status).toMatchObject({ phase: 'Failed', reason: 'WorkflowInvalid' });
  expect(status.message).toMatch(/more\.one → more\.two → more\.one/);
  expect(await childrenOf(name)).toEqual([]);
});

test('a workbook runs a workflow of its own as a task', async () => {
  await apply(
    workflow(
      'more.book',
      'mistral',
      `
version: '2.0'
name: more.book
workflows:
  main:
    output: { said: <% $.said %> }
    tasks:
      inner:
        workflow: sub word="hello"
        publish: { said: <% task(inner).result.said %> }
  sub:
    input: [word]
    output: { said: <% $.said %> }
    tasks:
      say:
        action: std.echo output=<% $.word %>
        publish: { said: <% task(say).result %> }
`,
    ),
  );
  await ready(namespace, 'workflow/more.book');
  const name = await createExecution(namespace, 'more.book');
  expect((await ended(namespace, name)).status).toMatchObject({ phase: 'Succeeded', result: { said: 'hello' } });
  expect(await tasksOf(name)).toEqual(['inner']);
});

test('a reverse workflow runs what a task requires, and nothing else', async () => {
  await apply(
    workflow(
      'more.reverse',
      'mistral',
      `
version: '2.0'
more.reverse:
  type: reverse
  tasks:
    base: { action: core.noop }
    wanted: { action: core.noop, requires: [base] }
    other: { action: core.noop, requires: [base] }
`,
    ),
  );
  await ready(namespace, 'workflow/more.reverse');
  const name = await createExecution(namespace, 'more.reverse', { task_name: 'wanted' });
  expect((await ended(namespace, name)).status).toMatchObject({ phase: 'Succeeded' });
  expect(await tasksOf(name)).toEqual(['base', 'wanted']);
});

test('a task that pauses before it begins goes on when it is told to', async () => {
  await apply(
    workflow(
      'more.pauses',
      'mistral',
      `
version: '2.0'
more.pauses:
  tasks:
    first: { action: core.noop, on-success: [second] }
    second: { action: core.noop, pause-before: true }
`,
    ),
  );
  await ready(namespace, 'workflow/more.pauses');
  const name = await createExecution(namespace, 'more.pauses');
  await eventually('it has paused by itself', async () => {
    const status = (await getExecution(namespace, name))?.status;
    return status?.phase === 'Paused' && status.reason === 'PausedByWorkflow';
  });
  expect(await tasksOf(name)).toEqual(['first']);
  await kubectl(['-n', namespace, 'patch', 'execution', name, '--type=merge', '-p', '{"spec":{"resumes":1}}']);
  expect((await ended(namespace, name)).status).toMatchObject({ phase: 'Succeeded' });
  expect(await tasksOf(name)).toEqual(['first', 'second']);
});
