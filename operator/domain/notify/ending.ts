// operator/domain/notify/ending.ts — a final Execution, what it ran and what that gave → its end as events tell it.
import type { Phase, RequestContext } from '../../api/execution.ts';
import type { Action, Execution, Workflow } from '../../api/kinds.ts';
import type { NotifySettings } from '../../api/notify.ts';
import type { WorkflowEngine } from '../../api/workflow.ts';
import { isRecord } from '../action/schema.ts';
import { requestedAt } from '../execution/end.ts';
import { parseExecution } from '../execution/parse.ts';
import { callableOf } from '../workflow/as-action.ts';
import { childResult } from '../workflow/children.ts';
import type { Trace } from '../trigger/event.ts';
import { parseExact } from '../result/exact-json.ts';
import { requestIn } from './request.ts';
import { effectiveNotify } from './settings.ts';

/** Largest result that an event carries, in bytes of JSON: as large as an event may be that comes in at the door. */
export const RESULT_IN_EVENT_MAX_BYTES = 1024 * 1024;

export interface Ending {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly phase: Phase;
  /** When it was asked for, and when it ended. */
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** Reference of what was run; empty where the request has none. */
  readonly ref: string;
  /** StackStorm's name of the runner; empty where nobody knows what was run. */
  readonly runner: string;
  /** What was run, a Workflow as an Action. */
  readonly action: Action | undefined;
  readonly notify: NotifySettings | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly context: RequestContext | undefined;
  /** Of a child of a workflow they name its task. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** With exact numbers. */
  readonly result: unknown;
  /** How many events in a row were caused by executions before it. */
  readonly depth: number;
  readonly trace: Trace;
}

const RUNNERS: Readonly<Record<WorkflowEngine, string>> = {
  orquesta: 'orquesta',
  'action-chain': 'action-chain',
  mistral: 'mistral-v2',
};

/** `stored` is the result where it is in the store, as `storedResult` gives it. Never throws. */
export function endingOf(self: Execution, callee: Action | Workflow | undefined, stored: unknown): Ending {
  const { name, namespace = '', uid, creationTimestamp } = self.metadata;
  const parsed = parseExecution(self);
  const request = requestIn(self);
  const created = timeOf(creationTimestamp, new Date(0));
  const workflow = callee?.kind === 'Workflow' ? (callee as Workflow) : undefined;
  const action = workflow ? callableOf([], [workflow]) : (callee as Action | undefined);
  // Of a request that does not fit its schema only a few things are read, and nothing is believed.
  const context = parsed.ok ? parsed.execution.spec.request.context : undefined;
  const { depth } = request.cause ?? {};
  return {
    namespace,
    name,
    uid,
    phase: self.status?.phase ?? 'Failed',
    startedAt: parsed.ok ? new Date(requestedAt(parsed.execution)) : created,
    endedAt: timeOf(self.status?.endedAt, created),
    ref: typeof request.action === 'string' ? request.action : '',
    runner: workflow ? RUNNERS[workflow.spec.engine] : (action?.spec.runner ?? ''),
    action,
    notify: effectiveNotify(action, request),
    parameters: isRecord(request.parameters) ? request.parameters : {},
    context,
    annotations: self.metadata.annotations,
    result: childResult(self, stored),
    depth: typeof depth === 'number' ? depth : 0,
    trace: traceOf(context, uid),
  };
}

function timeOf(text: string | undefined, otherwise: Date): Date {
  const time = new Date(text ?? '');
  return Number.isNaN(time.getTime()) ? otherwise : time;
}

const traceOf = (context: RequestContext | undefined, uid: string): Trace => {
  const { id = uid, tag } = context?.trace ?? {};
  return tag === undefined ? { id } : { id, tag };
};

/** What stands for a result that is not in the status: its value, or a sentence that says why it is not there. */
export function storedResult(bytes: number, json: string | undefined): unknown {
  if (bytes > RESULT_IN_EVENT_MAX_BYTES)
    return { left_out: `the result is ${bytes} bytes of JSON, and an event has at most ${RESULT_IN_EVENT_MAX_BYTES}` };
  if (json === undefined) return { left_out: 'the result is not in the result store any more' };
  return parseExact(json);
}
