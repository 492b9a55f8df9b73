// operator/domain/workflow/children.ts — a child of a run ↔ its Execution.
import type { Phase } from '../../api/execution.ts';
import type { Execution } from '../../api/kinds.ts';
import { ANNOTATION, API_VERSION, type Draft, LABEL, labelValue } from '../../api/meta.ts';
import type { Live as LiveExecution } from '../execution/parse.ts';

import type { Child, ChildStatus } from './engine.ts';
import { jsonOf } from './json.ts';
import type { LiveChild } from './live.ts';

/** Characters of the parent's name and of the task that a child's name shows. */
const PARENT_MAX = 30;
const TASK_MAX = 18;

/** The same for the same child of the same Execution: creating it twice creates it once. */
export function childName(
  owner: { readonly name: string; readonly uid: string },
  child: Child,
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

/** The Execution of a child. It belongs to its parent, and goes with it. */
export function childDraft(parent: LiveExecution, { child, name }: LiveChild): Draft {
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
      annotations: { [ANNOTATION.task]: child.task, [ANNOTATION.taskKey]: child.key },
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
          parent: { name: metadata.name, uid: metadata.uid },
          trace: context.trace ?? { id: metadata.uid },
        },
        ...(cause === undefined ? {} : { cause: { depth: cause.depth } }),
        ...(child.workflow === undefined ? {} : { workflow: child.workflow }),
      },
      control: 'run',
    },
  };
}

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

/** The body of a child's result; one that ended without says why. */
export function childResult(child: Execution | undefined, stored: unknown): unknown {
  if (child === undefined) return { error: 'its Execution is gone: somebody deleted it' };
  const result = child.status?.result ?? stored;
  if (result !== undefined) return result;
  return { error: child.status?.message ?? '', failed: true, succeeded: false };
}

/** The parent of an Execution, by the reference that cannot be forged. */
export const parentOf = ({ metadata }: Pick<Execution, 'metadata'>): { name: string; uid: string } | undefined =>
  metadata.ownerReferences?.find(({ kind, controller }) => kind === 'Execution' && controller === true);
