// operator/controllers/workflow-run-crash.test.ts — the operator dies after each of its writes about a workflow of 20 runs; it comes to the same end.
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { WorkflowSpec } from '../api/workflow.ts';
import type { ScriptedTransport } from '../kube/scripted.ts';
import type { Transport } from '../kube/transport.ts';
import { childrenOf, draft, operator, run, server, statusOf } from './workflow-run.setup.ts';

const ORQUESTA = `
version: 1.0
vars: [{said: []}]
tasks:
  begin: {action: core.noop, next: [{publish: first=1, do: [each, left, right, again]}]}
  each:
    with: {items: <% range(9) %>, concurrency: 3}
    action: core.noop
    next: [{publish: said=<% result().len() %>, do: gather}]
  left: {action: core.noop, next: [{do: left_more}]}
  left_more: {action: core.noop, next: [{do: gather}]}
  right: {action: core.noop, next: [{do: right_more}]}
  right_more: {action: core.noop, next: [{do: gather}]}
  again:
    action: core.noop
    retry: {when: <% succeeded() %>, count: 2}
    next: [{do: gather}]
  gather: {join: all, action: core.noop, next: [{publish: last=<% ctx(said) + ctx(first) %>, do: one_more}]}
  one_more: {action: core.noop, next: [{do: the_end}]}
  the_end: {action: core.noop}
output: [{said: <% ctx(said) %>}, {last: <% ctx(last) %>}]
`;
const MISTRAL = `
version: '2.0'
acme.w:
  output: {said: <% $.said %>, last: <% $.last %>}
  tasks:
    begin: {action: core.noop, publish: {first: 1}, on-success: [each, left, right, again]}
    each:
      with-items: i in <% range(9) %>
      concurrency: 3
      action: core.noop
      publish: {said: <% task().result.len() %>}
      on-success: [gather]
    left: {action: core.noop, on-success: [left_more]}
    left_more: {action: core.noop, on-success: [gather]}
    right: {action: core.noop, on-success: [right_more]}
    right_more: {action: core.noop, on-success: [gather]}
    again:
      action: core.noop
      retry: {count: 2, delay: 0, continue-on: <% true %>}
      on-complete: [gather]
    gather: {join: all, action: core.noop, publish: {last: <% $.said + $.first %>}, on-success: [one_more]}
    one_more: {action: core.noop, on-success: [the_end]}
    the_end: {action: core.noop}
`;

const workflow = (engine: 'orquesta' | 'mistral', text: string) =>
  draft('Workflow', 'acme.w', WorkflowSpec.parse({ engine, definition: parse(text) as object }));

const WRITES: ReadonlySet<string | symbol> = new Set([
  'create',
  'apply',
  'replace',
  'replaceStatus',
  'mergePatch',
  'delete',
]);

/** The API server as an operator sees it that dies when one of its writes has been taken: no answer comes any more. */
function untilFirstWrite(api: ScriptedTransport, died: () => void): Transport {
  let isDead = false;
  const never = new Promise<never>(() => undefined);
  return new Proxy<Transport>(api, {
    get: (target, verb) => {
      const own = Reflect.get(target, verb) as (...given: unknown[]) => unknown;
      if (!WRITES.has(verb)) return own.bind(target);
      return async (...given: unknown[]) => {
        if (isDead) return never;
        await own.apply(target, given); // a write that is refused is none
        isDead = true;
        died();
        return never;
      };
    },
  });
}

/** One operator after the other, each for one write. @returns how many there were */
async function livesUntilEnd(api: ScriptedTransport): Promise<number> {
  for (let lives = 1; lives < 500; lives++) {
    const death = Promise.withResolvers<void>();
    const one = await operator(api, undefined, untilFirstWrite(api, death.resolve));
    await death.promise;
    one.stop();
    if (['Succeeded', 'Failed'].includes(statusOf(api)?.phase ?? '')) return lives;
  }
  throw new Error('it does not come to an end');
}

const keysOf = async (api: ScriptedTransport) =>
  (await childrenOf(api)).map(({ metadata }) => metadata.annotations?.['squall.dev/task-key'] ?? '').toSorted();

test.each([
  ['orquesta', ORQUESTA, { output: { said: 9, last: 10 } }],
  ['mistral', MISTRAL, { said: 9, last: 10 }],
] as const)('%s: the same output, and no task is run twice', async (engine, text, result) => {
  const calm = server(workflow(engine, text), run());
  const one = await operator(calm);
  await expect.poll(() => statusOf(calm)?.phase, { timeout: 20_000 }).toBe('Succeeded');
  one.stop();
  expect(await keysOf(calm)).toHaveLength(20);

  const api = server(workflow(engine, text), run());
  const lives = await livesUntilEnd(api);
  expect(statusOf(api)).toMatchObject({ phase: 'Succeeded', result });
  expect(await keysOf(api)).toEqual(await keysOf(calm));
  expect(api.calls.filter(({ verb }) => verb === 'delete')).toEqual([]);
  expect(lives).toBeGreaterThan(40);
});
