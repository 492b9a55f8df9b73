// operator/domain/execution/parse.ts — an Execution as the API server has it → its checked form, or why it has none.
import { DEPTH_MAX, ExecutionSpec, ExecutionStatus, type Phase } from '../../api/execution.ts';
import type { Execution } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { Reason } from '../../api/reasons.ts';
import { isRecord, own } from '../action/schema.ts';

/** An Execution whose status is there, with its defaults. */
export type Live = Execution & { readonly status: ExecutionStatus };

export type Parsed =
  | { readonly ok: true; readonly execution: Live }
  | {
      readonly ok: false;
      readonly reason: Reason;
      readonly message: string;
      /** The status where at least that can be read. */
      readonly status: ExecutionStatus | undefined;
    };

/** Never throws. */
export function parseExecution(raw: KubeObject): Parsed {
  const spec = ExecutionSpec.safeParse(raw.spec);
  const status = ExecutionStatus.safeParse(raw.status ?? {});
  if (spec.success && status.success) return { ok: true, execution: { ...raw, spec: spec.data, status: status.data } };
  const readable = status.success ? status.data : undefined;
  const depth = depthOf(raw);
  if (depth > DEPTH_MAX) {
    const message = `spec.request.cause.depth: ${depth} events in a row were caused by executions, at most ${DEPTH_MAX} are allowed; find the rules whose actions trigger each other`;
    return { ok: false, reason: 'DepthExceeded', message, status: readable };
  }
  const [where, issue] = spec.success ? ['status', status.error?.issues[0]] : ['spec', spec.error.issues[0]];
  const path = [where, ...(issue?.path ?? [])].join('.').slice(0, 200);
  const message = `${path}: ${issue?.message.slice(0, 200) ?? 'it does not fit the schema'}; create another Execution with the error corrected`;
  return { ok: false, reason: 'SpecInvalid', message, status: readable };
}

function depthOf({ spec }: KubeObject): number {
  const inside = (value: unknown, key: string) => (isRecord(value) ? own(value, key) : undefined);
  const depth = inside(inside(inside(spec, 'request'), 'cause'), 'depth');
  return typeof depth === 'number' ? depth : 0;
}

const FINAL: readonly Phase[] = ['Succeeded', 'Failed', 'TimedOut', 'Abandoned', 'Canceled'];

export const isFinal = (phase: Phase): boolean => FINAL.includes(phase);
