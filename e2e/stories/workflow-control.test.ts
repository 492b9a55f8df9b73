// e2e/stories/workflow-control.test.ts — runs of workflows are paused, resumed and canceled, with what they run, and begun again from what failed.
import { expect, test } from 'vitest';
import { apply, createExecution, ended, eventually, getExecution, ours, ready } from '../harness.ts';
import { scratchNamespace } from './scratch.ts';
import { workflowsIn } from './workflow-objects.ts';

const { name: namespace } = scratchNamespace('workflow-control');
const { change, childrenOf, tasksOf, workflow } = workflowsIn(namespace);

test('a workflow in a workflow is paused with it, and goes on with it; cancel reaches it too', async () => {
  await apply(
    workflow(
      'demo.inner',
      'orquesta',
      `
version: 1.0
tasks:
  one:
    action: core.local cmd="sleep 4"
    next:
      - do: two
  two:
    action: core.local cmd="echo two"
output:
  - done: <% task(two).result.stdout %>
`,
    ),
    workflow(
      'demo.outer',
      'orquesta',
      `
version: 1.0
tasks:
  sub:
    action: demo.inner
    next:
      - publish: got=<% result().output.done %>
output:
  - got: <% ctx(got) %>
`,
    ),
  );
  await ready(namespace, 'workflow/demo.inner', 'workflow/demo.outer');
  const name = await createExecution(namespace, 'demo.outer');
  const inner = await eventually('the inner one runs', async () => {
    const [child] = await childrenOf(name);
    return child && (await childrenOf(child.metadata.name)).length > 0 ? child.metadata.name : undefined;
  });
  await change(name, { control: 'pause' });
  await eventually('both are paused', async () => {
    const phases = await Promise.all([name, inner].map((one) => getExecution(namespace, one)));
    return phases.every((one) => one?.status?.phase === 'Paused');
  });
  expect(await childrenOf(inner)).toHaveLength(1);
  await change(name, { control: 'run' });
  const execution = await ended(namespace, name);
  expect(execution.status).toMatchObject({ phase: 'Succeeded', result: { output: { got: 'two' } } });

  const second = await createExecution(namespace, 'demo.outer');
  const child = await eventually('it runs again', async () => {
    const [found] = await childrenOf(second);
    return found && (await childrenOf(found.metadata.name)).length > 0 ? found.metadata.name : undefined;
  });
  await change(second, { control: 'cancel' });
  expect((await ended(namespace, second)).status).toMatchObject({ phase: 'Canceled' });
  expect((await ended(namespace, child)).status).toMatchObject({ phase: 'Canceled' });
});

test('a rerun goes on from the tasks that failed, with what the others returned', async () => {
  await apply(
    workflow(
      'demo.again',
      'orquesta',
      `
version: 1.0
tasks:
  first:
    action: core.local cmd="date +%s%N"
    next:
      - when: <% succeeded() %>
        publish: at=<% result().stdout %>
        do: second
  second:
    action: core.local
    input:
      cmd: test "$(date +%s)" -ge <% int(ctx(at) / 1000000000) + 6 %> && echo late enough
    next:
      - when: <% succeeded() %>
        publish: said=<% result().stdout %>
        do: third
  third:
    action: core.noop
output:
  - at: <% ctx(at) %>
  - said: <% ctx(said) %>
`,
    ),
  );
  await ready(namespace, 'workflow/demo.again');
  const name = await createExecution(namespace, 'demo.again');
  const failed = await ended(namespace, name);
  expect(failed.status).toMatchObject({ phase: 'Failed', workflow: { tasks: { succeeded: 1, failed: 1 } } });
  const first = (await childrenOf(name)).find(({ metadata }) => metadata.annotations?.['squall.dev/task'] === 'first');
  await new Promise((go) => setTimeout(go, 6500));
  const request = { action: 'demo.again', parameters: {}, rerun: {}, cause: { rerunOf: name } };
  await apply(ours('Execution', namespace, 'again-2', { request }));
  const execution = await ended(namespace, 'again-2');
  // Nanoseconds have more digits than JavaScript's numbers.
  const stdoutOf = (of: { status?: unknown } | undefined) =>
    JSON.stringify(of?.status).match(/"(?:stdout|at)":(\d{19})\b/)?.[1];
  expect(stdoutOf(first)).toBeDefined();
  expect(stdoutOf(execution)).toBe(stdoutOf(first));
  expect(execution.status).toMatchObject({ phase: 'Succeeded', result: { output: { said: 'late enough' } } });
  expect(await childrenOf('again-2')).toHaveLength(2);
});

test('a rerun waits for what is under way of the run that it goes on from', async () => {
  await apply(
    workflow(
      'more.slow',
      'orquesta',
      `
version: 1.0
input: [word]
vars: [{ said: nothing }]
tasks:
  breaks:
    action: more.strict word=<% ctx(word) %>
  slow:
    action: core.local cmd="sleep 12; echo slept"
    next:
      - publish: said=<% result().stdout %>
output:
  - said: <% ctx(said) %>
`,
      { word: { type: 'string' } },
    ),
    ours('Action', namespace, 'more.strict', {
      runner: 'local-shell-script',
      script: '#!/bin/sh\nsleep 1; test "$1" = good\n',
      parameters: { word: { type: 'string', position: 0 } },
    }),
  );
  await ready(namespace, 'action/more.strict', 'workflow/more.slow');
  const name = await createExecution(namespace, 'more.slow', { word: 'bad' });
  expect((await ended(namespace, name)).status).toMatchObject({ phase: 'Failed' });
  const request = { action: 'more.slow', parameters: { word: 'good' }, rerun: {}, cause: { rerunOf: name } };
  await apply(ours('Execution', namespace, 'slow-2', { request }));
  await eventually('it waits', async () => (await getExecution(namespace, 'slow-2'))?.status?.reason === 'RerunWaits');
  const execution = await ended(namespace, 'slow-2');
  expect(execution.status).toMatchObject({ phase: 'Succeeded', result: { output: { said: 'slept' } } });
  expect(await tasksOf('slow-2')).toEqual(['breaks']);
});

test('a rerun of tasks may have other parameters', async () => {
  await apply(
    ours('Action', namespace, 'demo.picky', {
      runner: 'noop',
      parameters: { word: { type: 'string', enum: ['good'] } },
    }),
    workflow(
      'demo.other',
      'orquesta',
      `
version: 1.0
input: [word]
tasks:
  first:
    action: core.local cmd="date +%s%N"
    next:
      - publish: at="<% result().stdout %>"
        do: second
  second:
    action: demo.picky word=<% ctx(word) %>
output:
  - word: <% ctx(word) %>
`,
      { word: { type: 'string' } },
    ),
  );
  await ready(namespace, 'action/demo.picky', 'workflow/demo.other');
  const name = await createExecution(namespace, 'demo.other', { word: 'bad' });
  expect((await ended(namespace, name)).status).toMatchObject({ phase: 'Failed' });
  const request = { action: 'demo.other', parameters: { word: 'good' }, rerun: {}, cause: { rerunOf: name } };
  await apply(ours('Execution', namespace, 'other-2', { request }));
  expect((await ended(namespace, 'other-2')).status).toMatchObject({
    phase: 'Succeeded',
    result: { output: { word: 'good' } },
  });
  expect(await childrenOf('other-2')).toHaveLength(1);
});

const picky = ours('Action', namespace, 'more.picky', {
  runner: 'noop',
  parameters: { word: { type: 'string', enum: ['good', 'fine'] } },
});

test('items run again: only those that did not run well, or all of them with reset', async () => {
  await apply(
    picky,
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
      { words: { type: 'array' } },
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
  await change(name, { resumes: 1 });
  expect((await ended(namespace, name)).status).toMatchObject({ phase: 'Succeeded' });
  expect(await tasksOf(name)).toEqual(['first', 'second']);
});
