// e2e/bench/kwok.ts — nodes that run nothing: pods on them come up at once and end when told, so that the control plane alone is loaded.
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { objectPath } from '../../operator/kube/paths.ts';
import { apply, eventually, kubernetes, stage } from '../harness.ts';

const NODE = { apiVersion: 'v1', plural: 'nodes' };
const LABEL = 'squall.dev/bench-node';

/** Settings that bring an Action's pods onto the fake nodes, and nothing else there. */
export const ON_FAKE_NODES = {
  nodeSelector: { [LABEL]: 'fake' },
  tolerations: [{ key: LABEL, operator: 'Exists' }],
};

/** A patch that tells a pod on a fake node that its process has ended; see kwok-stages.yaml. */
export const ENDED = { metadata: { annotations: { 'squall.dev/bench-ended': 'true' } } };

/** Brings up `count` fake nodes. @returns a function that takes them away */
export async function fakeNodes(count: number): Promise<() => Promise<void>> {
  if (stage.kwok === undefined) throw new Error('kwok is not among the tools of this cluster');
  const names = Array.from({ length: count }, (_, i) => `fake-${i}`);
  const log = createWriteStream('artifacts/kwok.log');
  const child: ChildProcess = spawn(
    stage.kwok,
    [
      `--kubeconfig=${stage.kubeconfig}`,
      '--config=e2e/bench/kwok-stages.yaml',
      '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
      '--node-lease-duration-seconds=40',
      '--cidr=10.245.0.1/16',
      '--node-ip=127.0.0.1',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  await apply(
    ...names.map((name) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        annotations: { 'kwok.x-k8s.io/node': 'fake', 'node.alpha.kubernetes.io/ttl': '0' },
        labels: { [LABEL]: 'fake', 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
      },
      spec: { taints: [{ key: LABEL, value: 'fake', effect: 'NoSchedule' }] },
    })),
  );
  const api = await kubernetes();
  await eventually('the fake nodes are ready', async () => {
    const nodes = await Promise.all(names.map((name) => api.get(objectPath(NODE, undefined, name))));
    return nodes.every((node) =>
      (node.status as { conditions?: { type: string; status: string }[] }).conditions?.some(
        ({ type, status }) => type === 'Ready' && status === 'True',
      ),
    );
  });
  return async () => {
    for (const name of names) await api.delete(objectPath(NODE, undefined, name));
    child.kill();
  };
}
