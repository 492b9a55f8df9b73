// e2e/stories/workflow-failures.test.ts — workflows that fail, and definitions that are not run: which task, which field, and why.
import { expect, test } from 'vitest';
import { apply, createExecution, ended, eventually, kubectl, ours, ready } from '../harness.ts';
import { scratchNamespace } from './scratch.ts';
import { workflowsIn } from './workflow-objects.ts';

const { name: namespace } = scratchNamespace('workflow-failures');
const { childrenOf, readyOf, workflow } = workflowsIn(namespace);

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

const HANDING_ON = {
  'action-chain': (input: string) => `chain: [{ name: one, ref: demo.takes, parameters: { ${input} } }]`,
  orquesta: (input: string) =>
    `{ version: 1.0, input: [word], output: [{ told: <% ctx(word) %> }], tasks: { one: { action: demo.takes, input: { ${input} } } } }`,
  mistral: (input: string) =>
    `{ version: '2.0', demo.whole: { input: [word], tasks: { one: { action: demo.takes, input: { ${input} } } } } }`,
} as const;
const WORDS = { 'action-chain': '{{ word }}', orquesta: '<% ctx(word) %>', mistral: '<% $.word %>' } as const;

test.each(['action-chain', 'orquesta', 'mistral'] as const)(
  '%s hands a secret on whole, and refuses it as a part of a text',
  async (engine) => {
    const [whole, part] = [`demo.whole-${engine}`, `demo.part-${engine}`];
    const definition = (name: string, input: string) => HANDING_ON[engine](input).replace('demo.whole', name);
    const parameters = { word: { type: 'string', secret: true, required: true } };
    await apply(
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { namespace, name: 'whole' },
        stringData: { word: 'sesame-whole' },
      },
      ours('Action', namespace, 'demo.takes', {
        runner: 'local-shell-script',
        script: '#!/bin/sh\ntest "$1" = sesame-whole && echo right\n',
        parameters: { word: { type: 'string', secret: true, position: 0 }, plain: { type: 'string', position: 1 } },
      }),
      workflow(whole, engine, definition(whole, `word: "${WORDS[engine]}"`), parameters),
      workflow(part, engine, definition(part, `plain: "Bearer ${WORDS[engine]}"`), parameters),
    );
    await ready(namespace, 'action/demo.takes', `workflow/${whole}`, `workflow/${part}`);
    const word = { valueFrom: { secretKeyRef: { name: 'whole', key: 'word' } } };
    const good = await ended(namespace, await createExecution(namespace, whole, { word }));
    expect(good.status).toMatchObject({ phase: 'Succeeded' });
    expect(JSON.stringify(good.status)).not.toContain('sesame-whole');
    const [child] = await childrenOf(good.metadata.name);
    expect(child?.spec).toMatchObject({ request: { parameters: { word } } });
    const bad = await ended(namespace, await createExecution(namespace, part, { word }));
    expect(bad.status.phase).toBe('Failed');
    expect(JSON.stringify(bad.status.result)).toContain('parameters.plain: a secret may only be the whole value');
    expect(await childrenOf(bad.metadata.name)).toEqual([]);
  },
);

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
  const reason = await eventually('it is judged', async () => (await readyOf('demo.wrong'))?.message);
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
    const condition = await readyOf('demo.lost');
    return condition?.status === 'False' && condition.message;
  });
  expect(reason).toMatch(/vars\[0\].*kubectl apply --server-side/);
  await apply(having('demo.kept', 'null'));
  await ready(namespace, 'workflow/demo.kept');
});

test('workflows that run each other in a circle are not run', async () => {
  const calling = (name: string, action: string) => workflow(name, 'orquesta', `tasks: { t: { action: ${action} } }`);
  await apply(calling('more.one', 'more.two'), calling('more.two', 'more.one'));
  await eventually('the circle is seen', async () => (await readyOf('more.one'))?.reason === 'ReferenceCycle');
  const name = await createExecution(namespace, 'more.one');
  const { status } = await ended(namespace, name);
  expect(status).toMatchObject({ phase: 'Failed', reason: 'WorkflowInvalid' });
  expect(status.message).toMatch(/more\.one → more\.two → more\.one/);
  expect(await childrenOf(name)).toEqual([]);
});

test('a chain whose later action is not there yet runs, and fails there; when the action comes it is well', async () => {
  await apply(
    workflow(
      'more.early',
      'action-chain',
      `
chain:
  - { name: one, ref: core.noop, on-success: two }
  - { name: two, ref: more.later }
`,
    ),
  );
  const warned = await eventually('it is judged', () => readyOf('more.early'));
  expect(warned).toMatchObject({ status: 'True', reason: 'AcceptedWithWarnings' });
  expect(warned.message).toMatch(/chain\[1\]\.ref: Task "two": The action "more\.later" is not registered/);
  const { status } = await ended(namespace, await createExecution(namespace, 'more.early'));
  expect(status).toMatchObject({ phase: 'Failed', reason: 'WorkflowFailed' });
  expect(JSON.stringify(status.result)).toContain(`Action with reference \\"more.later\\" doesn't exist.`);
  await apply(ours('Action', namespace, 'more.later', { runner: 'noop' }));
  await eventually('it is judged again', async () => (await readyOf('more.early'))?.reason === 'Accepted');
  const later = await ended(namespace, await createExecution(namespace, 'more.early'));
  expect(later.status).toMatchObject({ phase: 'Succeeded' });
});
