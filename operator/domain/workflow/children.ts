// operator/domain/workflow/children.ts — a child of a run ↔ its Execution.
import type { ExecutionSpec, Phase } from '../../api/execution.ts';
import type { Execution } from '../../api/kinds.ts';
import { ANNOTATION, API_VERSION, type Draft, LABEL, labelValue } from '../../api/meta.ts';
import type { Live as LiveExecution } from '../execution/parse.ts';
import { parseTaskNotify } from '../notify/handed-on.ts';
import type { WorkflowEngine } from '../../api/workflow.ts';
import type { Value } from '../expression/python/values.ts';
import type { Child, ChildStatus } from './engine.ts';
import { jsonOf } from './json.ts';
import type { LiveChild } from './live.ts';

/** Characters of the parent's name and of the task that a child's name shows. */
const PARENT_MAX = 30;
const TASK_MAX = 18;

/** The same for the same child of the same Execution: creating it twice creates it once. */
export function childName(
  owner: { readonly name: string; readonly uid: string },
  child: Pick<Child, 'key' | 'task'>,
  sha256: (text: string) => string,
): string {
  const part = (text: string, length: number) =>
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, length)
      .replaceAll(/^-+|-+$/g, '');
  const words = [
    part(owner.name, PARENT_MAX),
    part(child.task, TASK_MAX),
    sha256(`${owner.uid}\n${child.key}`).slice(0, 10),
  ];
  return words.filter((word) => word !== '').join('-');
}

type ChildDraft = Draft & { readonly spec: ExecutionSpec };

/** The Execution of a child that the engine of its parent's workflow has asked for. It belongs to its parent, and goes with it. */
export function childDraft(
  parent: LiveExecution,
  { child, name, goesOnFrom }: Pick<LiveChild, 'child' | 'name' | 'goesOnFrom'>,
  engine: WorkflowEngine,
): ChildDraft {
  const { metadata, spec } = parent;
  const { context = {}, cause, action } = spec.request;
  const root = metadata.labels?.[LABEL.root] ?? labelValue(metadata.name);
  const ref = child.action ?? action;
  return {
    apiVersion: API_VERSION,
    kind: 'Execution',
    metadata: {
      name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      labels: {
        [LABEL.root]: root,
        [LABEL.parent]: labelValue(metadata.name),
        [LABEL.action]: labelValue(ref),
      },
      annotations: {
        [ANNOTATION.task]: child.task,
        [ANNOTATION.taskKey]: child.key,
        [ANNOTATION.taskOf]: `${engine} ${action}`,
      },
      ownerReferences: [
        {
          apiVersion: API_VERSION,
          kind: 'Execution',
          name: metadata.name,
          uid: metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      request: {
        action: ref,
        parameters: jsonOf(child.input),
        context: {
          ...(context.user === undefined ? {} : { user: context.user }),
          ...(context.apiUser === undefined ? {} : { apiUser: context.apiUser }),
          ...(context.sourceChannel === undefined ? {} : { sourceChannel: context.sourceChannel }),
          parent: { name: metadata.name, uid: metadata.uid },
          trace: context.trace ?? { id: metadata.uid },
        },
        ...notifyOf(child),
        ...causeOf(cause?.depth, goesOnFrom),
        ...(child.again && { rerun: { tasks: [...child.again.tasks], reset: [...child.again.reset] } }),
        ...(child.workflow === undefined ? {} : { workflow: child.workflow }),
      },
      control: 'run',
    },
  };
}

/** One that cannot be read was refused before. */
function notifyOf({ notify }: Child) {
  const parsed = parseTaskNotify(notify);
  return 'notify' in parsed && parsed.notify ? { notify: parsed.notify } : {};
}

const causeOf = (depth: number | undefined, rerunOf: string | undefined) =>
  depth === undefined && rerunOf === undefined ? {} : { cause: { depth: depth ?? 0, ...(rerunOf && { rerunOf }) } };

const STATUSES: Readonly<Record<Phase, ChildStatus>> = {
  Requested: 'running',
  Delayed: 'running',
  Running: 'running',
  Pausing: 'running',
  Paused: 'paused',
  Canceling: 'running',
  Succeeded: 'succeeded',
  Failed: 'failed',
  TimedOut: 'timedOut',
  Abandoned: 'abandoned',
  Canceled: 'canceled',
};

/** What a workflow is told of a child: what is on the way to another status is still the old one. */
export const childStatus = ({ status }: Execution): ChildStatus => STATUSES[status?.phase ?? 'Requested'];

/** The body of a child's result, with exact numbers; one that ended without says why. */
export function childResult(child: Execution, stored: unknown): unknown {
  const inline = child.status?.result;
  if (inline !== undefined) return inline;
  if (stored !== undefined) return stored;
  return { error: child.status?.message ?? '', failed: true, succeeded: false };
}

/** What stands for the result of a child that did not say itself how it ended; the same whenever it is asked. */
export function forgoneResult(status: ChildStatus): Value {
  if (status === 'failed') return { error: 'its Execution is gone: somebody deleted it' };
  return status === 'timedOut' ? { error: 'it took longer than its task may take' } : null;
}

/** The parent of an Execution, by the reference that cannot be forged. */
export const parentOf = ({ metadata }: Pick<Execution, 'metadata'>): { name: string; uid: string } | undefined =>
  metadata.ownerReferences?.find(({ kind, controller }) => kind === 'Execution' && controller === true);
