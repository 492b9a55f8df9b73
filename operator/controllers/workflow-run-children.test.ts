// operator/controllers/workflow-run-children.test.ts — children and parents that somebody deletes, takes the names of or makes by hand: nothing is lost, doubled, or stuck.
import { expect, test } from 'vitest';
import type { Draft, KubeObject } from '../api/meta.ts';
import { sha256 } from '../domain/execution/builders.setup.ts';
import { childName } from '../domain/workflow/children.ts';
import { StatusError } from '../kube/errors.ts';
import type { ScriptedTransport } from '../kube/scripted.ts';
import type { Transport } from '../kube/transport.ts';
import {
  barrier,
  below,
  change,
  children,
  childrenOf,
  ends,
  FOLLOWED,
  NEVER,
  NOOPS,
  operator,
  PATH,
  run,
  server,
  statusOf,
  WAITS,
  workflow,
} from './workflow-run.setup.ts';

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
