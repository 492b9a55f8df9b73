// operator/controllers/workflow-run-mistral.test.ts — a run of Mistral goes on from its tasks, whatever has become of its Workflow since.
import { expect, test } from 'vitest';
import { ActionSpec } from '../api/action.ts';
import { WorkflowSpec } from '../api/workflow.ts';
import { childrenOf, draft, ends, operator, run, server, statusOf } from './workflow-run.setup.ts';

const mistral = (tasks: object, more: object = {}) =>
  draft(
    'Workflow',
    'acme.w',
    WorkflowSpec.parse({
      engine: 'mistral',
      definition: { version: '2.0', 'acme.w': { tasks, output: { said: '<% $.said %>' }, ...more } },
    }),
  );
const picky = (enabled: boolean) => draft('Action', 'acme.picky', ActionSpec.parse({ runner: 'noop', enabled }));
/** `b` fails while acme.picky is off, and leads to `c`. */
const TASKS = {
  a: { action: 'core.noop', publish: { said: 'old' }, 'on-success': ['b'] },
  b: { action: 'acme.picky', 'on-success': ['c'] },
  c: { action: 'core.noop' },
};
const NEW = {
  a: { action: 'core.noop', publish: { said: 'new' }, 'on-success': ['d'] },
  d: { action: 'core.noop' },
};
const again = (name: string, rerun: object, rerunOf = 'run') =>
  run(name, { request: { action: 'acme.w', rerun, cause: { rerunOf } } });

/** The run has failed, acme.picky is on now, and the Workflow has become another one. */
async function changedSince(now: ReturnType<typeof mistral>, before = mistral(TASKS)) {
  const api = server(before, picky(false), run());
  const one = await operator(api);
  await ends(api, 'Failed');
  api.put(picky(true));
  api.put(now);
  const spec = JSON.stringify(now.spec);
  await expect.poll(() => JSON.stringify(one.workflows.get('default/acme.w')?.spec)).toBe(spec);
  const made = async (name: string) =>
    (await childrenOf(api))
      .filter(({ metadata }) => metadata.ownerReferences?.[0]?.name === name)
      .map(({ metadata }) => String(metadata.annotations?.['squall.dev/task-key']))
      .toSorted((left, right) => left.localeCompare(right));
  return { api, one, made };
}

test.each<[string, ReturnType<typeof mistral>]>([
  ['the task is not there any more', mistral(NEW)],
  ['the task does something else', mistral({ ...TASKS, b: { action: 'std.fail' } })],
  ['another task comes before it', mistral({ z: { action: 'core.noop', 'on-success': ['a'] }, ...TASKS })],
  ['the definition has an error', mistral({ ...TASKS, b: { action: 'acme.picky', 'on-success': ['nowhere'] } })],
  ['it asks for input', mistral(TASKS, { input: ['word'] })],
  [
    'it is written for another engine',
    draft(
      'Workflow',
      'acme.w',
      WorkflowSpec.parse({ engine: 'orquesta', definition: { version: 1, tasks: { b: { action: 'core.noop' } } } }),
    ),
  ],
  [
    'it is a workbook',
    draft(
      'Workflow',
      'acme.w',
      WorkflowSpec.parse({
        engine: 'mistral',
        definition: { version: '2.0', name: 'acme.w', workflows: { main: { tasks: NEW } } },
      }),
    ),
  ],
])('it goes on with the definition that it began with: %s', async (_, now) => {
  const { api, one, made } = await changedSince(now);
  api.put(again('again', { tasks: ['b'] }));
  await ends(api, 'Succeeded', 'again');
  expect(statusOf(api, 'again')?.result).toMatchObject({
    said: 'old',
    extra: { state: 'SUCCESS' },
    tasks: [{ name: 'a' }, { name: 'b', state: 'SUCCESS' }, { name: 'c' }],
  });
  expect(await made('again')).toEqual(['b/2', 'c/1']);
  one.stop();
});

test('a task that came later cannot be named, and what can be done is told', async () => {
  const { api, one, made } = await changedSince(mistral(NEW));
  api.put(again('again', { tasks: ['d'] }));
  await ends(api, 'Failed', 'again');
  expect(statusOf(api, 'again')).toMatchObject({
    reason: 'WorkflowInvalid',
    message: expect.stringMatching(/rerunable tasks: d\. .*began with.*run it again as a whole/) as string,
  });
  expect(await made('again')).toEqual([]);
  one.stop();
});

test('a second rerun has the definition of the first run still, also after a restart', async () => {
  const { api, one, made } = await changedSince(mistral(NEW));
  api.put(picky(false));
  api.put(again('second', { tasks: ['b'] }));
  await ends(api, 'Failed', 'second');
  one.stop();
  api.put(picky(true));
  const two = await operator(api);
  api.put(again('third', {}, 'second'));
  await ends(api, 'Succeeded', 'third');
  expect(await made('third')).toEqual(['b/3', 'c/1']);
  two.stop();
});

test('a task inside a workflow of the workbook that is not there any more', async () => {
  const workbook = (sub: object) =>
    draft(
      'Workflow',
      'acme.w',
      WorkflowSpec.parse({
        engine: 'mistral',
        definition: {
          version: '2.0',
          name: 'acme.w',
          workflows: {
            main: { tasks: { t: { workflow: 'sub', 'on-success': ['u'] }, u: { action: 'core.noop' } } },
            ...sub,
          },
        },
      }),
    );
  const old = workbook({
    sub: { tasks: { r: { action: 'core.noop', 'on-success': ['s'] }, s: { action: 'acme.picky' } } },
  });
  const now = draft(
    'Workflow',
    'acme.w',
    WorkflowSpec.parse({
      engine: 'mistral',
      definition: { version: '2.0', name: 'acme.w', workflows: { main: { tasks: { x: { action: 'core.noop' } } } } },
    }),
  );
  const { api, one, made } = await changedSince(now, old);
  api.put(again('again', { tasks: ['t.s'] }));
  await ends(api, 'Succeeded', 'again');
  expect(await made('again')).toEqual(['t/1/again', 'u/1']);
  one.stop();
});
