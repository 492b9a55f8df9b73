// e2e/stories/workflow-languages.test.ts — workflows of all three languages run their tasks as Executions, and give what their authors say.
import { expect, test } from 'vitest';
import { apply, createExecution, ended, executionsOf, kubectl, openWebhook, post, ready } from '../harness.ts';
import { scratchNamespace } from './scratch.ts';
import { workflowsIn } from './workflow-objects.ts';

const { name: namespace } = scratchNamespace('workflow-languages');
const { childrenOf, tasksOf, workflow } = workflowsIn(namespace);

test('orquesta: parallel tasks, a join, items and published variables lead to the output', async () => {
  await apply(
    workflow(
      'demo.fork-join',
      'orquesta',
      `
version: 1.0
input:
  - names
vars:
  - greetings: []
tasks:
  start:
    next:
      - do: [greet, count]
  greet:
    with:
      items: name in <% ctx(names) %>
      concurrency: 2
    action: core.local
    input:
      cmd: echo hello <% item(name) %>
    next:
      - when: <% succeeded() %>
        publish:
          - greetings: <% result().select($.stdout) %>
        do: end
  count:
    action: core.local cmd="echo <% ctx(names).len() %>"
    next:
      - when: <% succeeded() %>
        publish: number=<% result().stdout %>
        do: end
  end:
    join: all
    action: core.noop
output:
  - greetings: <% ctx(greetings) %>
  - number: <% ctx(number) %>
`,
      { names: { type: 'array', required: true } },
    ),
  );
  await ready(namespace, 'workflow/demo.fork-join');
  const name = await createExecution(namespace, 'demo.fork-join', { names: ['ann', 'bob', 'cem'] });
  const execution = await ended(namespace, name);
  expect(execution.status).toMatchObject({ phase: 'Succeeded', reason: 'WorkflowSucceeded' });
  expect(execution.status.result).toEqual({
    output: { greetings: ['hello ann', 'hello bob', 'hello cem'], number: 3 },
  });
  expect(execution.status.workflow?.tasks).toEqual({ running: 0, succeeded: 6, failed: 0 });
  const children = await childrenOf(name);
  expect(children).toHaveLength(6);
  const roots = await kubectl(['-n', namespace, 'get', 'executions', '-l', '!squall.dev/parent', '-o', 'name']);
  expect(roots.trim().split('\n')).toEqual([`execution.squall.dev/${name}`]);
});

test('a rule runs a workflow as it runs an action, with parameters of the event', async () => {
  const action = { ref: 'demo.fork-join', parameters: { names: '{{ trigger.body.names }}' } };
  await apply(...openWebhook(namespace, 'greet', action));
  await ready(namespace, 'rule/hooks.greet');
  const answer = await post(`/ns/${namespace}/api/v1/webhooks/greet`, { names: ['dan'] });
  expect(answer.code).toBe(202);
  const execution = await ended(namespace, executionsOf(answer)[0] ?? '');
  expect(execution.status).toMatchObject({
    phase: 'Succeeded',
    result: { output: { greetings: ['hello dan'], number: 1 } },
  });
});

test('an action chain runs one task after another, and publishes', async () => {
  await apply(
    workflow(
      'demo.chain',
      'action-chain',
      `
vars:
  greeting: hi {{ who }}
chain:
  - name: first
    ref: core.local
    parameters: { cmd: 'echo {{ greeting }}' }
    publish: { said: '{{ first.stdout }}' }
    on-success: second
  - name: second
    ref: core.local
    parameters: { cmd: 'exit 4' }
    on-failure: third
  - name: third
    ref: core.local
    parameters: { cmd: 'echo {{ said }}, {{ second.return_code }}' }
`,
      { who: { type: 'string', default: 'you' } },
    ),
  );
  await ready(namespace, 'workflow/demo.chain');
  const execution = await ended(namespace, await createExecution(namespace, 'demo.chain', { who: 'all' }));
  expect(execution.status).toMatchObject({ phase: 'Succeeded' });
  expect(execution.status.result).toMatchObject({
    tasks: [
      { name: 'first', state: 'succeeded', result: { stdout: 'hi all' } },
      { name: 'second', state: 'failed', result: { return_code: 4 } },
      { name: 'third', state: 'succeeded', result: { stdout: 'hi all, 4' } },
    ],
    published: { said: 'hi all' },
  });
});

test('a Mistral workflow runs too', async () => {
  await apply(
    workflow(
      'demo.mistral',
      'mistral',
      `
version: '2.0'
demo.mistral:
  type: direct
  input: [count]
  output: { text: <% $.text %> }
  tasks:
    say:
      action: core.local cmd="echo <% $.count %> times"
      publish: { text: <% task(say).result.stdout %> }
      on-success: [done]
    done:
      action: std.noop
`,
      { count: { type: 'integer', default: 7 } },
    ),
  );
  await ready(namespace, 'workflow/demo.mistral');
  const execution = await ended(namespace, await createExecution(namespace, 'demo.mistral'));
  expect(execution.status).toMatchObject({ phase: 'Succeeded' });
  expect(execution.status.result).toMatchObject({ text: '7 times', extra: { state: 'SUCCESS' } });
});

test("Mistral's own actions: a script, a wait, a failure that is handled", async () => {
  await apply(
    workflow(
      'demo.std',
      'mistral',
      `
version: '2.0'
demo.std:
  output: { sum: <% $.sum %>, said: <% $.said %>, why: <% $.why %> }
  tasks:
    add:
      action: std.javascript
      input: { context: { all: [1, 2, 3] }, script: "return $.all.reduce((x, y) => x + y)" }
      publish: { sum: <% task().result %> }
      on-success: [wait]
    wait:
      action: std.echo output="later" delay=1
      publish: { said: <% task().result %> }
      on-success: [fails]
    fails:
      action: std.fail error_data="mine"
      publish-on-error: { why: <% task().result %> }
      on-error: [noop]
`,
    ),
  );
  await ready(namespace, 'workflow/demo.std');
  const execution = await ended(namespace, await createExecution(namespace, 'demo.std'));
  expect(execution.status).toMatchObject({ phase: 'Succeeded', result: { sum: 6, said: 'later', why: 'mine' } });
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
