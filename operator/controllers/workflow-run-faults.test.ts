// operator/controllers/workflow-run-faults.test.ts — what people and machines do to a run while it goes on: nothing is lost, doubled, or stuck.
import { expect, test } from 'vitest';
import { ActionSpec } from '../api/action.ts';
import type { Draft, KubeObject } from '../api/meta.ts';
import { WorkflowSpec } from '../api/workflow.ts';
import { sha256 } from '../domain/execution/builders.setup.ts';
import { childName } from '../domain/workflow/children.ts';
import { StatusError } from '../kube/errors.ts';
import type { ScriptedTransport } from '../kube/scripted.ts';
import type { Transport } from '../kube/transport.ts';
import {
  CHAIN,
  childrenOf,
  draft,
  ends,
  NEVER,
  operator,
  PATH,
  run,
  server,
  statusOf,
  workflow,
} from './workflow-run.setup.ts';

const NOOPS = { a: { action: 'core.noop' } };
const WAITS = { a: { action: 'acme.never' } };
/** A task that waits, and one that follows however it ends. */
const FOLLOWED = { a: { action: 'acme.never', next: [{ do: 'b' }] }, b: { action: 'core.noop' } };

const children = (api: ScriptedTransport, count: number) =>
  expect.poll(async () => (await childrenOf(api)).length).toBe(count);
const change = (api: ScriptedTransport, name: string, to: (object: KubeObject) => object) => {
  const object = api.object(`${PATH}/${name}`) as KubeObject;
  return api.put({ ...object, ...to(object) });
};
/** When it has ended, all that was to be seen before has been. */
async function barrier(api: ScriptedTransport): Promise<void> {
  api.put(
    draft(
      'Workflow',
      'acme.quick',
      WorkflowSpec.parse({ engine: 'orquesta', definition: { version: 1, tasks: NOOPS } }),
    ),
  );
  api.put(draft('Execution', 'barrier', { request: { action: 'acme.quick' }, control: 'run' }));
  await ends(api, 'Succeeded', 'barrier');
}
const below = async (api: ScriptedTransport, name: string) =>
  (await childrenOf(api)).filter(({ metadata }) => metadata.ownerReferences?.[0]?.name === name);

test('a task that is under way is not judged by what its action has become', async () => {
  const api = server(workflow(WAITS), NEVER, run());
  const one = await operator(api);
  await children(api, 1);
  one.stop();
  const parameters = { cmd: { default: 'date' }, host: { type: 'string', required: true } };
  api.put({ ...NEVER, spec: ActionSpec.parse({ runner: 'local-shell-cmd', parameters }) });
  const two = await operator(api);
  await barrier(api);
  expect(statusOf(api)).toMatchObject({ phase: 'Running', workflow: { journal: ['0 start'] } });
  two.stop();
});

test.each<[string, (api: ScriptedTransport) => void]>([
  [
    'is being deleted',
    (api) =>
      void change(api, 'run', ({ metadata }) => ({
        metadata: { ...metadata, deletionTimestamp: new Date().toISOString() },
      })),
  ],
  ['is deleted', (api) => api.drop(`${PATH}/run`)],
])('nothing is begun for a run that %s', async (_, remove) => {
  const api = server(workflow(FOLLOWED), NEVER, run());
  const one = await operator(api);
  await children(api, 1);
  const [child] = await childrenOf(api);
  remove(api);
  api.drop(`${PATH}/${child?.metadata.name}`);
  await barrier(api);
  expect(await below(api, 'run')).toEqual([]);
  one.stop();
});

test('a workflow whose parent is gone is left to Kubernetes', async () => {
  const api = server(workflow(NOOPS));
  const owner = { apiVersion: 'squall.dev/v1alpha1', kind: 'Execution', name: 'gone', uid: 'u', controller: true };
  const orphan = run('orphan');
  api.put({ ...orphan, metadata: { ...orphan.metadata, ownerReferences: [owner] } });
  const one = await operator(api);
  await barrier(api);
  expect(statusOf(api, 'orphan')?.workflow).toBeUndefined();
  one.stop();
});

test("an Execution that began as an Action's is not begun again as a Workflow's of the same reference", async () => {
  const api = server(workflow(NOOPS));
  const status = {
    phase: 'Running',
    attempt: 1,
    job: { name: 'run-1', uid: 'u' },
    startedAt: new Date().toISOString(),
  };
  api.put({ ...run(), status } as Draft);
  const one = await operator(api);
  await barrier(api);
  expect(statusOf(api)?.workflow).toBeUndefined();
  one.stop();
});

test('a child whose name somebody has taken ends its task, and says so', async () => {
  const api = server(workflow(NOOPS), run());
  const { metadata } = api.object(`${PATH}/run`) as KubeObject;
  const child = { key: 'a/0/0', task: 'a', action: 'core.noop', input: {}, delaySeconds: 0 };
  api.put(run(childName(metadata, child, sha256)));
  const one = await operator(api);
  await ends(api, 'Failed');
  expect(JSON.stringify(statusOf(api)?.result)).toMatch(/exists already and was not made by Squall/);
  one.stop();
});

test('an input that no object can hold is refused, and the others go on', async () => {
  const two = draft('Action', 'acme.two', ActionSpec.parse({ runner: 'noop', parameters: { a: {}, b: {} } }));
  const big = {
    action: 'acme.two',
    input: { a: "<% 'x' * 600000 %>", b: "<% 'x' * 600000 %>" },
    next: [{ when: '<% failed() %>', do: 'noop' }],
  };
  const api = server(workflow({ big, other: { action: 'core.noop' } }), two, run());
  const one = await operator(api, { tasks: 10, contextBytes: 10_000_000, depth: 3 });
  await ends(api, 'Failed');
  expect(JSON.stringify(statusOf(api)?.result)).toMatch(
    /has 1200015 bytes, more than 1048576; hand large values over by reference/,
  );
  one.stop();
});

test('a run whose finished child was deleted by hand is not gone on with by guessing', async () => {
  const api = server(
    workflow({ a: { action: 'core.noop', next: [{ do: 'b' }] }, b: { action: 'acme.never' } }),
    NEVER,
    run(),
  );
  const one = await operator(api);
  await children(api, 2);
  one.stop();
  const first = (await childrenOf(api)).find(({ metadata }) => metadata.annotations?.['squall.dev/task'] === 'a');
  api.drop(`${PATH}/${first?.metadata.name}`);
  const two = await operator(api);
  await ends(api, 'Failed');
  expect(statusOf(api)).toMatchObject({
    reason: 'WorkflowInvalid',
    message: expect.stringMatching(/and somebody deleted it\. Run it again/) as string,
  });
  two.stop();
});

test('the end by a limit stops workflows among the children', async () => {
  const inner = draft(
    'Workflow',
    'acme.inner',
    WorkflowSpec.parse({ engine: 'orquesta', definition: { version: 1, tasks: FOLLOWED } }),
  );
  const tasks = {
    i: { action: 'acme.inner' },
    a: { action: 'core.noop', next: [{ do: 'b,c' }] },
    b: NOOPS.a,
    c: NOOPS.a,
  };
  const api = server(workflow(tasks), inner, NEVER, run());
  const one = await operator(api, { tasks: 3, contextBytes: 10_000, depth: 3 });
  await ends(api, 'Failed');
  expect(statusOf(api)).toMatchObject({ reason: 'WorkflowLimit', workflow: { tells: 'cancel' } });
  const child = (await childrenOf(api)).find(({ metadata }) => metadata.annotations?.['squall.dev/task'] === 'i');
  await expect.poll(() => statusOf(api, child?.metadata.name)?.phase).toMatch(/^Cancel/);
  one.stop();
});

test('a rerun sees the same chance as what it goes on from', async () => {
  const tasks = {
    a: { action: 'core.noop', next: [{ publish: 'r=<% random(1, 1000000000) %>', do: 'b' }] },
    b: { action: "acme.missing<% '' %>" },
  };
  const api = server(workflow(tasks, { vars: [{ r: null }], output: [{ r: '<% ctx().r %>' }] }), run());
  const one = await operator(api);
  await ends(api, 'Failed');
  const request = { action: 'acme.w', rerun: {}, cause: { rerunOf: 'run' } };
  api.put(run('again', { request }));
  await ends(api, 'Failed', 'again');
  const [first, second] = [statusOf(api), statusOf(api, 'again')].map(
    (status) => status?.result as { output: { r: number } },
  );
  expect(first?.output.r).toBeGreaterThan(0);
  expect(second?.output).toEqual(first?.output);
  one.stop();
});

test('definitions are looked for on every page, and those of another namespace are in use too', async () => {
  const api = server(
    draft(
      'Workflow',
      'core.w',
      WorkflowSpec.parse({ engine: 'orquesta', definition: { version: 1, tasks: NOOPS } }),
      'squall',
    ),
  );
  api.put(run('run', { request: { action: 'core.w' } }));
  for (let i = 0; i < 600; i++) {
    const name = `old-${i}`;
    const labels = { 'squall.dev/workflow': 'old' };
    api.put({ apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { name, namespace: 'squall', labels } });
  }
  const one = await operator(api);
  await ends(api, 'Succeeded');
  api.drop('/apis/squall.dev/v1alpha1/namespaces/squall/workflows/core.w');
  await expect.poll(() => one.workflows.size).toBe(0);
  const isUsed = (revision: string) => one.executions.by('revision', revision).length > 0;
  expect(await one.store.collect([], isUsed, { namespace: undefined, now: new Date(Date.now() + 7_200_000) })).toBe(
    600,
  );
  one.stop();
});

test('a workflow that pauses by itself goes on as often as spec.resumes says', async () => {
  const definition = {
    version: '2.0',
    'acme.w': {
      tasks: {
        a: { action: 'core.noop', 'pause-before': true, 'on-success': ['b'] },
        b: { action: 'core.noop', 'pause-before': true },
      },
    },
  };
  const api = server(draft('Workflow', 'acme.w', WorkflowSpec.parse({ engine: 'mistral', definition })), run());
  const one = await operator(api);
  const pausesAt = (pauses: number) =>
    expect.poll(() => statusOf(api)).toMatchObject({ phase: 'Paused', workflow: { pauses } });
  await pausesAt(1);
  expect(statusOf(api)).toMatchObject({
    reason: 'PausedByWorkflow',
    message: expect.stringContaining('when spec.resumes is 1') as string,
  });
  const resumes = (count: number) =>
    change(api, 'run', ({ spec }) => ({ spec: { ...(spec as object), resumes: count } }));
  resumes(1);
  await pausesAt(2);
  one.stop();
  const two = await operator(api);
  await barrier(api);
  await pausesAt(2);
  resumes(2);
  await ends(api, 'Succeeded');
  two.stop();
});

test('with-items of nothing is done at once', async () => {
  const api = server(workflow({ ...CHAIN, b: { ...CHAIN.b, with: { items: '<% list() %>' } } }), run());
  const one = await operator(api);
  await ends(api, 'Succeeded');
  expect(await childrenOf(api)).toHaveLength(2);
  one.stop();
});

test('a rerun names tasks inside a workflow of the same workbook', async () => {
  const definition = {
    version: '2.0',
    name: 'acme.w',
    workflows: {
      main: { tasks: { t: { workflow: 'sub', 'on-success': ['u'] }, u: { action: 'core.noop' } } },
      sub: { tasks: { r: { action: 'core.noop', 'on-success': ['s'] }, s: { action: 'acme.late' } } },
    },
  };
  const late = draft('Action', 'acme.late', ActionSpec.parse({ runner: 'noop', enabled: false }));
  const api = server(draft('Workflow', 'acme.w', WorkflowSpec.parse({ engine: 'mistral', definition })), late, run());
  const one = await operator(api);
  await ends(api, 'Failed');
  api.put({ ...late, spec: ActionSpec.parse({ runner: 'noop' }) });
  api.put(run('wrong', { request: { action: 'acme.w', rerun: { tasks: ['u.s'] }, cause: { rerunOf: 'run' } } }));
  await ends(api, 'Failed', 'wrong');
  expect(statusOf(api, 'wrong')?.message).toMatch(/Unable to identify rerunable tasks: u\.s/);
  api.put(run('again', { request: { action: 'acme.w', rerun: { tasks: ['t.s'] }, cause: { rerunOf: 'run' } } }));
  one.stop();
  const two = await operator(api);
  await ends(api, 'Succeeded', 'again');
  const tasks = async (name: string) =>
    (await below(api, name)).map(({ metadata }) => metadata.annotations?.['squall.dev/task']);
  expect((await tasks('again')).toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual(['t', 'u']);
  const inner = (await below(api, 'again')).find(({ metadata }) => metadata.annotations?.['squall.dev/task'] === 't');
  expect(await tasks(inner?.metadata.name ?? '')).toEqual(['s']);
  two.stop();
});

test('Executions that somebody has made the parents of each other do not stop the operator', async () => {
  const api = server(workflow(NOOPS), run('left'), run('right'));
  const ownedBy = (owner: string) => {
    const { uid } = (api.object(`${PATH}/${owner}`) as KubeObject).metadata;
    return [{ apiVersion: 'squall.dev/v1alpha1', kind: 'Execution', name: owner, uid, controller: true }];
  };
  for (const [name, owner] of [
    ['left', 'right'],
    ['right', 'left'],
  ] as const)
    change(api, name, ({ metadata }) => ({ metadata: { ...metadata, ownerReferences: ownedBy(owner) } }));
  const one = await operator(api);
  await ends(api, 'Failed', 'left');
  await ends(api, 'Failed', 'right');
  expect(statusOf(api, 'left')).toMatchObject({ reason: 'WorkflowLimit' });
  one.stop();
});

test('a child that is deleted while the journal cannot be written is not made again', async () => {
  const tasks = { a: { action: 'acme.never', next: [{ when: '<% failed() %>', do: 'c' }] }, b: WAITS.a, c: NOOPS.a };
  const api = server(workflow(tasks), NEVER, run());
  const nameOf = async (task: string) =>
    (await childrenOf(api)).find(({ metadata }) => metadata.annotations?.['squall.dev/task'] === task)?.metadata.name;
  let toDrop: string | undefined;
  const seen = new Proxy<Transport>(api, {
    get: (target, verb) => {
      const own = Reflect.get(target, verb) as (...given: unknown[]) => unknown;
      return (...given: unknown[]) => {
        if (verb !== 'replaceStatus' || !String(given[0]).endsWith('/run') || toDrop === undefined)
          return own.apply(target, given);
        api.drop(`${PATH}/${toDrop}`);
        toDrop = undefined;
        throw new StatusError(409, 'somebody else has written it', { reason: 'Conflict' });
      };
    },
  });
  const one = await operator(api, undefined, seen);
  await children(api, 2);
  toDrop = await nameOf('a');
  const b = api.object(`${PATH}/${await nameOf('b')}`);
  const at = new Date().toISOString();
  api.put({ ...b, status: { phase: 'Succeeded', attempt: 1, startedAt: at, endedAt: at, result: {} } } as Draft);
  await ends(api, 'Succeeded');
  expect(statusOf(api)?.workflow).toMatchObject({ tasks: { succeeded: 2, failed: 1 } });
  expect(await nameOf('a')).toBeUndefined();
  one.stop();
});

test('what is paused before it has begun begins nothing until it is resumed', async () => {
  const api = server(workflow(NOOPS), run('run', { control: 'pause' }));
  const one = await operator(api);
  await ends(api, 'Paused');
  expect(statusOf(api)).toMatchObject({
    reason: 'PauseRequested',
    message: expect.stringContaining('not begun') as string,
  });
  await barrier(api);
  expect(await below(api, 'run')).toEqual([]);
  change(api, 'run', ({ spec }) => ({ spec: { ...(spec as object), control: 'run' } }));
  await ends(api, 'Succeeded');
  one.stop();
});

test('nor does a workflow that its parent asked for before it was paused', async () => {
  const inner = draft(
    'Workflow',
    'acme.inner',
    WorkflowSpec.parse({ engine: 'orquesta', definition: { version: 1, tasks: NOOPS } }),
  );
  const api = server(workflow({ i: { action: 'acme.inner', delay: 1 } }), inner, run());
  const one = await operator(api);
  await expect.poll(() => statusOf(api)?.phase).toBe('Running');
  change(api, 'run', ({ spec }) => ({ spec: { ...(spec as object), control: 'pause' } }));
  await ends(api, 'Paused');
  const [child] = await below(api, 'run');
  expect(statusOf(api, child?.metadata.name)?.phase).toBe('Paused');
  expect(await below(api, child?.metadata.name ?? '')).toEqual([]);
  change(api, 'run', ({ spec }) => ({ spec: { ...(spec as object), control: 'run' } }));
  await ends(api, 'Succeeded');
  one.stop();
});
