// operator/controllers/run-children.test.ts — children of runs under way are remembered, of all others nothing is.
import { expect, test } from 'vitest';
import type { Phase } from '../api/execution.ts';
import type { KubeObject } from '../api/meta.ts';
import { KnownChildren } from './run-children.ts';
import { emptySources } from './sources.setup.ts';

function standby() {
  const { executions } = emptySources();
  const known = new KnownChildren(executions);
  let version = 0;
  const put = (name: string, phase: Phase, parent?: string, uid = name) =>
    void executions.put({
      apiVersion: 'squall.dev/v1alpha1',
      kind: 'Execution',
      metadata: {
        name,
        namespace: 'default',
        uid,
        resourceVersion: String(++version),
        ...(parent !== undefined && {
          ownerReferences: [
            { apiVersion: 'squall.dev/v1alpha1', kind: 'Execution', controller: true, name: parent, uid: parent },
          ],
        }),
      },
      spec: { request: { action: 'acme.w' } },
      status: { phase },
    } as KubeObject);
  const remove = (name: string) => executions.remove({ metadata: { name, namespace: 'default', uid: name } });
  const names = (of: string, uid = of) => [...known.of({ metadata: { name: of, namespace: 'default', uid } as never })];
  return { put, remove, names };
}

test('a child that was there is remembered when it is gone', () => {
  const { put, remove, names } = standby();
  put('run', 'Running');
  put('child', 'Running', 'run');
  remove('child');
  expect(names('run')).toEqual(['child']);
});

test.each<[string, (scene: ReturnType<typeof standby>) => void]>([
  ['has ended', ({ put }) => put('run', 'Succeeded')],
  ['is gone', ({ remove }) => remove('run')],
])('whoever looks, or nobody: of a run that %s nothing is kept', (_, end) => {
  const scene = standby();
  scene.put('run', 'Running');
  scene.put('child', 'Running', 'run');
  end(scene);
  scene.put('child', 'Failed', 'run');
  scene.remove('child');
  expect(scene.names('run')).toEqual([]);
});
