// operator/domain/job/task.setup.ts — for tests: an Execution and its Action → the pod of its Job, and the task that it holds.
import { Task } from '../../api/envelope.ts';
import type { Action, Execution } from '../../api/kinds.ts';
import type { Draft } from '../../api/meta.ts';
import { execution, settings, T0 } from '../execution/builders.setup.ts';
import { jobFor } from './job.ts';

interface PodSpec {
  readonly containers: readonly [
    {
      readonly image: string;
      readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
      readonly args?: readonly string[];
      readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
      readonly [field: string]: unknown;
    },
  ];
  readonly volumes: readonly { readonly name: string; readonly [source: string]: unknown }[];
  readonly [field: string]: unknown;
}

export interface BuiltJob {
  readonly job: Draft;
  readonly spec: {
    readonly template: { readonly metadata: { readonly labels: object }; readonly spec: PodSpec };
    readonly [field: string]: unknown;
  };
  readonly pod: PodSpec;
  readonly main: PodSpec['containers'][0];
}

interface BuildOptions {
  readonly attempt?: number;
  readonly readable?: Parameters<typeof jobFor>[5];
}

/** Throws Error with the message of a refusal. */
export function build(self: Execution, action: Action, { attempt = 1, readable }: BuildOptions = {}): BuiltJob {
  const made = jobFor(self, action, attempt, settings, T0, readable);
  if (!made.ok) throw new Error(`${made.reason}: ${made.message}`);
  const spec = made.job['spec'] as BuiltJob['spec'];
  const pod = spec.template.spec;
  return { job: made.job, spec, pod, main: pod.containers[0] };
}

/** As the kubelet reads a variable: $$ is $, and $(NAME) would be replaced. */
export const expanded = (text: string): string =>
  text.replaceAll(/\$\$|\$\((\w+)\)/g, (found) => (found === '$$' ? '$' : '<expanded>'));

export const taskIn = ({ main }: BuiltJob): Task => {
  const chunks = main.env.filter(({ name }) => name.startsWith('SQUALL_TASK'));
  return Task.parse(JSON.parse(chunks.map(({ value }) => expanded(value ?? '')).join('')));
};

export interface BuiltTask extends BuiltJob {
  readonly task: Task;
  /** Longest run, in seconds, as the Job has it. */
  readonly timeout: string | undefined;
}

/** Throws Error with the message of a refusal. */
export function taskOf(action: Action, parameters: object): BuiltTask {
  const built = build(execution({ request: { parameters } }), action);
  const timeout = built.job.metadata.annotations?.['squall.dev/timeout-seconds'];
  return { ...built, task: taskIn(built), timeout };
}
