// e2e/bench/jobs.ts — an Execution beside a bare Job with the same command in the same image: alone, and forty at once.
import { Execution } from '../../operator/api/kinds.ts';
import { type KubeObject, LABEL } from '../../operator/api/meta.ts';
import { collectionPath, KIND, objectPath } from '../../operator/kube/paths.ts';
import { FINAL, getExecution, kubernetes, ours, stage } from '../harness.ts';
import { type Figure, median, seconds } from './figures.ts';
import { type Sighting, watchFor } from './watch.ts';

const COMMAND = 'echo hello';

/** What a bare Job runs. */
export interface BareContainer {
  readonly image: string;
  readonly command: readonly string[];
}

const HELLO: BareContainer = { image: stage.images.runnerNode, command: ['sh', '-c', COMMAND] };

const bareJob = (namespace: string, name: string, { image, command }: BareContainer): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { namespace, name },
  spec: {
    backoffLimit: 0,
    template: {
      spec: {
        restartPolicy: 'Never',
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 1,
        securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'command',
            image,
            imagePullPolicy: 'IfNotPresent',
            command,
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'] },
              readOnlyRootFilesystem: true,
            },
            resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '512Mi' } },
          },
        ],
      },
    },
  },
});

const isComplete = (job: KubeObject): boolean =>
  ((job.status as { conditions?: { type: string; status: string }[] } | undefined)?.conditions ?? []).some(
    ({ type, status }) => type === 'Complete' && status === 'True',
  );
const isFinal = (execution: KubeObject): boolean =>
  FINAL.includes((execution.status as { phase?: string } | undefined)?.phase ?? '');

/** Milliseconds from the request to `Complete`. */
export async function runJob(namespace: string, name: string, watch: Sighting, container = HELLO): Promise<number> {
  const began = performance.now();
  await (await kubernetes()).create(collectionPath(KIND.job, namespace), bareJob(namespace, name, container));
  return (await watch.when(name)) - began;
}

/** Milliseconds from the request to the final phase, and what came of it. */
export async function timeExecution(namespace: string, name: string, watch: Sighting, request: object) {
  const began = performance.now();
  await (await kubernetes()).create(
    collectionPath(Execution, namespace),
    ours('Execution', namespace, name, { request }),
  );
  const at = await watch.when(name);
  const { status } = (await getExecution(namespace, name))!;
  return { ms: at - began, status };
}

async function runExecution(namespace: string, name: string, watch: Sighting): Promise<number> {
  const request = { action: 'core.local', parameters: { cmd: COMMAND } };
  const { ms, status } = await timeExecution(namespace, name, watch, request);
  if ((status?.result as { stdout?: string } | undefined)?.stdout !== 'hello') {
    throw new Error(`${name} ended as ${JSON.stringify(status)}`);
  }
  return ms;
}

export const removeJob = async (namespace: string, name: string): Promise<void> => {
  await (await kubernetes()).delete(objectPath(KIND.job, namespace, name), { propagation: 'Background' });
};

/** Jobs that are complete, and Executions that are final. */
export async function watches(namespace: string): Promise<{ jobs: Sighting; executions: Sighting; close(): void }> {
  const jobs = await watchFor(KIND.job, namespace, isComplete);
  const executions = await watchFor(Execution, namespace, isFinal);
  return {
    jobs,
    executions,
    close: () => {
      jobs.close();
      executions.close();
    },
  };
}

/** One at a time, turn and turn about. */
export async function single(namespace: string, rounds = 8): Promise<Figure[]> {
  const watching = await watches(namespace);
  const { jobs, executions } = watching;
  const bare: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const job = await runJob(namespace, `bare-${round}`, jobs);
    const execution = await runExecution(namespace, `single-${round}`, executions);
    await removeJob(namespace, `bare-${round}`);
    if (round === 0) continue; // the first of each warms caches
    bare.push(job);
    ours.push(execution);
  }
  watching.close();
  const ratio = median(ours) / median(bare);
  return [
    {
      what: `one execution, request to known (median of ${rounds})`,
      measured: `${seconds(median(ours))} = ${ratio.toFixed(2)} ×`,
      reference: `bare Job ${seconds(median(bare))}`,
      budget: '≤ 0.6 × the bare Job',
      met: ratio <= 0.6,
    },
  ];
}

/** Forty at once on one node, twice each, turn and turn about. */
export async function burst(namespace: string, count = 40, rounds = 2): Promise<Figure[]> {
  const watching = await watches(namespace);
  const { jobs, executions } = watching;
  const bare: number[] = [];
  const own: number[] = [];
  const all = async (run: (index: number) => Promise<unknown>): Promise<number> => {
    const began = performance.now();
    await Promise.all(Array.from({ length: count }, (_, index) => run(index)));
    return performance.now() - began;
  };
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await all((index) => runJob(namespace, `burst-bare-${round}-${index}`, jobs)));
    await all((index) => removeJob(namespace, `burst-bare-${round}-${index}`));
    await quiet(namespace);
    own.push(await all((index) => runExecution(namespace, `burst-${round}-${index}`, executions)));
    await quiet(namespace);
  }
  watching.close();
  const ratio = Math.min(...own) / Math.min(...bare);
  return [
    {
      what: `burst of ${count} on one node, all known (best of ${rounds})`,
      measured: `${seconds(Math.min(...own))} = ${ratio.toFixed(2)} ×`,
      reference: `bare Jobs ${seconds(Math.min(...bare))}`,
      budget: '≤ 1.1 × bare Jobs',
      met: ratio <= 1.1,
    },
  ];
}

/** Waits until no pod is left in the namespace but those that have installed packs. */
export async function quiet(namespace: string): Promise<void> {
  const api = await kubernetes();
  for (;;) {
    const { items } = await api.page(collectionPath(KIND.pod, namespace), {
      labelSelector: `!${LABEL.install}`,
      limit: '1',
    });
    if (items.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
