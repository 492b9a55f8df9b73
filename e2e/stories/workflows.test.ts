// e2e/stories/workflows.test.ts — workflows of all three languages run their tasks as Executions, and can be paused, resumed and canceled.
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { Execution } from '../../operator/api/kinds.ts';
import {
  apply,
  createExecution,
  ended,
  eventually,
  executionsOf,
  getExecution,
  kubectl,
  list,
  openWebhook,
  ours,
  post,
  ready,
} from '../harness.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('workflows');

const workflow = (name: string, engine: string, definition: string, parameters: object = {}) =>
  ours('Workflow', namespace, name, { engine, definition: parse(definition), parameters });

const childrenOf = async (parent: string) =>
  (await list(Execution, namespace)).filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ kind, name }) => kind === 'Execution' && name === parent),
  );
const control = (name: string, value: string) =>
  kubectl(['-n', namespace, 'patch', 'execution', name, '--type=merge', '-p', `{"spec":{"control":"${value}"}}`]);

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

test('a failure that nobody handles fails the workflow, and says which task', async () => {
  await apply(
    workflow(
      'demo.fails',
      'orquesta',
      `
version: 1.0
tasks:
  breaks:
    action: core.local cmd="echo no >&2; exit 3"
    next:
      - when: <% succeeded() %>
        do: never
  never:
    action: core.noop
`,
    ),
  );
  await ready(namespace, 'workflow/demo.fails');
  const execution = await ended(namespace, await createExecution(namespace, 'demo.fails'));
  expect(execution.status).toMatchObject({ phase: 'Failed', reason: 'WorkflowFailed' });
  expect(execution.status.result).toMatchObject({
    output: null,
    errors: [
      {
        type: 'error',
        task_id: 'breaks',
        message: 'Execution failed. See result for details.',
        result: { return_code: 3, stderr: 'no' },
      },
    ],
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
  await control(name, 'pause');
  await eventually('both are paused', async () => {
    const phases = await Promise.all([name, inner].map((one) => getExecution(namespace, one)));
    return phases.every((one) => one?.status?.phase === 'Paused');
  });
  expect(await childrenOf(inner)).toHaveLength(1);
  await control(name, 'run');
  const execution = await ended(namespace, name);
  expect(execution.status).toMatchObject({ phase: 'Succeeded', result: { output: { got: 'two' } } });

  const second = await createExecution(namespace, 'demo.outer');
  const child = await eventually('it runs again', async () => {
    const [found] = await childrenOf(second);
    return found && (await childrenOf(found.metadata.name)).length > 0 ? found.metadata.name : undefined;
  });
  await control(second, 'cancel');
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

test('a workflow hands on only those references to Secrets that it was given', async () => {
  await apply(
    { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name: 'mine' }, stringData: { word: 'sesame-open' } },
    ours('Action', namespace, 'demo.uses', {
      runner: 'local-shell-script',
      script: '#!/bin/sh\ntest "$1" = sesame-open && echo right\n',
      parameters: { word: { type: 'string', secret: true, required: true, position: 0 } },
    }),
    workflow(
      'demo.gives',
      'orquesta',
      `
version: 1.0
input:
  - word
  - built
tasks:
  good:
    action: demo.uses
    input:
      word: <% ctx(word) %>
    next:
      - when: <% succeeded() and ctx(built) %>
        do: bad
  bad:
    action: demo.uses
    input:
      word: <% ctx(built) %>
`,
      { word: { type: 'string', secret: true, required: true }, built: { type: 'object' } },
    ),
  );
  await ready(namespace, 'action/demo.uses', 'workflow/demo.gives');
  const reference = (name: string) => ({ valueFrom: { secretKeyRef: { name, key: 'word' } } });
  const good = await ended(namespace, await createExecution(namespace, 'demo.gives', { word: reference('mine') }));
  expect(good.status).toMatchObject({ phase: 'Succeeded' });
  const parameters = { word: reference('mine'), built: reference('another') };
  const bad = await ended(namespace, await createExecution(namespace, 'demo.gives', parameters));
  expect(bad.status.phase).toBe('Failed');
  expect(JSON.stringify(bad.status.result)).toMatch(/only those references to Secrets that it was given/);
});

test('a definition with an error is told at its condition, and does not run', async () => {
  await apply(
    workflow(
      'demo.wrong',
      'orquesta',
      `
version: 1.0
tasks:
  one:
    action: core.noop
    next:
      - do: nowhere
output:
  - x: <% ctx(unknown) %>
`,
    ),
  );
  const reason = await eventually('it is judged', async () => {
    const json = await kubectl(['-n', namespace, 'get', 'workflow', 'demo.wrong', '-o', 'json']);
    const { status } = JSON.parse(json) as { status?: { conditions?: { type: string; message: string }[] } };
    return status?.conditions?.find(({ type }) => type === 'Ready')?.message;
  });
  expect(reason).toMatch(/nowhere/);
  expect(reason).toMatch(/unknown/);
  const execution = await ended(namespace, await createExecution(namespace, 'demo.wrong'));
  expect(execution.status).toMatchObject({ phase: 'Failed', reason: 'WorkflowInvalid' });
});

test('a null that kubectl apply has left out is told, with the remedy; applied by the server it is kept', async () => {
  const having = (name: string, x: string) =>
    workflow(name, 'orquesta', `version: 1.0\nvars: [{ x: ${x} }]\ntasks: { one: { action: core.noop } }\n`);
  const applied = (object: object) => kubectl(['apply', '-f', '-'], JSON.stringify(object));
  await applied(having('demo.lost', '1'));
  await ready(namespace, 'workflow/demo.lost');
  // A change is sent as a merge patch, in which a null means that there shall be none.
  await applied(having('demo.lost', 'null'));
  const reason = await eventually('it is judged', async () => {
    const json = await kubectl(['-n', namespace, 'get', 'workflow', 'demo.lost', '-o', 'json']);
    const { status } = JSON.parse(json) as {
      status?: { conditions?: { type: string; status: string; message: string }[] };
    };
    return status?.conditions?.find((one) => one.type === 'Ready' && one.status === 'False')?.message;
  });
  expect(reason).toMatch(/vars\[0\].*kubectl apply --server-side/);
  await apply(having('demo.kept', 'null'));
  await ready(namespace, 'workflow/demo.kept');
});
