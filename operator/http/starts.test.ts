// operator/http/starts.test.ts — the question whether to begin, through a real socket: one pod of a Job is allowed, and stays so.
import { expect, test } from 'vitest';
import { BASE, openDoor } from './door.setup.ts';

const owner = (kind: string, name: string, uid: string) => ({
  ownerReferences: [{ apiVersion: 'v1', kind, name, uid, controller: true }],
});
const PATH = '/internal/v1/namespaces/default/executions/run/start';

async function asking() {
  const door = await openDoor(BASE);
  const { api, sources } = door;
  const metadata = { namespace: 'default' };
  const execution = api.put({
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'Execution',
    metadata: { ...metadata, name: 'run' },
    spec: { request: { action: 'acme.fix' }, control: 'run' },
  });
  const labels = { 'squall.dev/attempt': '1', 'squall.dev/execution': 'run' };
  const job = api.put({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...metadata, name: 'run-1', labels, ...owner('Execution', 'run', execution.metadata.uid) },
  });
  const pod = async (name: string, creationTimestamp: string) => {
    const ours = { ...metadata, name, labels, creationTimestamp, ...owner('Job', 'run-1', job.metadata.uid) };
    const made = api.put({ apiVersion: 'v1', kind: 'Pod', metadata: ours });
    await expect.poll(() => sources.pods.get(`default/${name}`)?.metadata.uid).toBe(made.metadata.uid);
    const authorization = `Bearer ${await api.podToken(made)}`;
    return async (path = PATH) => await door.post(path, '', { authorization });
  };
  return { door, pod, job };
}

test('one pod of a Job begins; the other one waits, also when the first is gone', async () => {
  const { door, pod } = await asking();
  await using _ = door;
  const younger = await pod('younger', '2026-01-01T00:00:05Z');
  expect((await younger()).status).toBe(204);
  const older = await pod('older', '2026-01-01T00:00:01Z');
  const refused = await older();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([425, '1']);
  expect(await refused.json()).toEqual({ faultstring: 'pod younger of the same Job came before older' });
  expect((await younger()).status).toBe(204);
  door.api.drop('/api/v1/namespaces/default/pods/younger');
  await expect.poll(() => door.sources.pods.get('default/younger')).toBeUndefined();
  expect((await older()).status).toBe(425);
});

test('of two that nobody remembers the older one begins', async () => {
  const { door, pod } = await asking();
  await using _ = door;
  const [younger, older] = [await pod('y', '2026-01-01T00:00:05Z'), await pod('o', '2026-01-01T00:00:01Z')];
  expect([(await younger()).status, (await older()).status]).toEqual([425, 204]);
});

test('a pod that no watch has shown yet waits; what is over does not begin', async () => {
  const { door, pod, job } = await asking();
  await using _ = door;
  const authorization = `Bearer ${await door.api.podToken({ ...job, metadata: { ...job.metadata, name: 'x', uid: 'x' } })}`;
  expect((await door.post(PATH, '', { authorization })).status).toBe(425);
  const ask = await pod('p', '2026-01-01T00:00:05Z');
  expect((await ask(PATH.replace('/run/', '/other/'))).status).toBe(403);
  expect((await door.post(PATH, '', {})).status).toBe(401);
  door.api.drop('/apis/squall.dev/v1alpha1/namespaces/default/executions/run');
  await expect.poll(() => door.sources.executions.size).toBe(0);
  expect((await ask()).status).toBe(409);
});
