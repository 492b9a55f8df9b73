// operator/domain/job/task.setup.ts — an Action and parameters → the pod of its Job, and the task that it holds.
import { Task } from '../../api/envelope.ts';
import type { Action } from '../../api/kinds.ts';
import { execution, settings, T0 } from '../execution/builders.setup.ts';
import { jobFor } from './job.ts';

interface Pod {
  readonly containers: readonly [
    {
      readonly image: string;
      readonly env: readonly { readonly name: string; readonly value?: string }[];
      readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
    },
  ];
  readonly volumes: readonly { readonly name: string; readonly [source: string]: unknown }[];
}

export interface BuiltTask {
  readonly task: Task;
  readonly pod: Pod;
  readonly main: Pod['containers'][0];
  /** Longest run, in seconds, as the Job has it. */
  readonly timeout: string | undefined;
}

/** Throws Error with the message of a refusal. */
export function taskOf(action: Action, parameters: object): BuiltTask {
  const made = jobFor(execution({ request: { parameters } }), action, 1, settings, T0);
  if (!made.ok) throw new Error(`${made.reason}: ${made.message}`);
  const { template } = made.job['spec'] as { readonly template: { readonly spec: Pod } };
  const [main] = template.spec.containers;
  const chunks = main.env.filter(({ name }) => name.startsWith('SQUALL_TASK')).map(({ value }) => value ?? '');
  return {
    task: Task.parse(JSON.parse(chunks.join('').replaceAll('$$', '$'))),
    pod: template.spec,
    main,
    timeout: made.job.metadata.annotations?.['squall.dev/timeout-seconds'],
  };
}
