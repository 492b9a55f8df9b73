// cli/result.ts — a finished Execution → what is printed of it and the exit code of the program.
import { createHash } from 'node:crypto';
import type { Phase } from '../operator/api/execution.ts';
import type { Execution } from '../operator/api/kinds.ts';
import { parseExact } from '../operator/domain/result/exact-json.ts';
import { askOperator } from './door.ts';
import { Failure } from './failure.ts';
import { isFinalPhase } from './phases.ts';
import { type Format, json, phaseText, properties, withoutNoise, yaml } from './print.ts';
import type { Session } from './session.ts';

/** Exit code for an action that ran into its timeout, as the command `timeout` has it. */
const TIMED_OUT = 124;

export const phaseOf = (execution: Execution): Phase => execution.status?.phase ?? 'Requested';
export const isFinal = (execution: Execution): boolean => isFinalPhase(phaseOf(execution));

/** 0 succeeded, 124 timed out, else the action's own return code where it is 1 to 255, else 1. */
export function exitCodeOf(execution: Execution, result: unknown): number {
  const phase = phaseOf(execution);
  if (phase === 'Succeeded') return 0;
  if (phase === 'TimedOut') return TIMED_OUT;
  const { return_code: returned, exit_code: exited } = (result ?? {}) as Record<string, unknown>;
  const code = Number(returned ?? exited);
  return Number.isInteger(code) && code >= 1 && code <= 255 ? code : 1;
}

/** The result: from the status or, above its limit, from the result store, checked against its digest. */
export async function readResult(session: Session, execution: Execution): Promise<unknown> {
  const { result, resultRef } = execution.status ?? {};
  if (resultRef === undefined) return result;
  try {
    const text = await readStored(session, execution.metadata.name);
    const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
    if (digest !== resultRef.digest) throw new Failure(`its digest is ${digest}, not ${resultRef.digest}`);
    return parseExact(text);
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    const path = storedPath(session.namespace, execution.metadata.name);
    session.screen.err(
      `squall: Execution ${execution.metadata.name}: its result (${resultRef.bytes} bytes, ${resultRef.digest}) is in the result store` +
        ` and could not be read: ${cause.message}\nTo read it by hand, with a token that may get this Execution:\n` +
        '  kubectl -n <namespace of the operator> port-forward service/squall 8443:443 &\n' +
        `  curl -k -H "X-Auth-Token: $(kubectl create token default)" https://localhost:8443${path}\n`,
    );
    return { ...resultRef };
  }
}

const storedPath = (namespace: string, name: string) => `/ns/${namespace}/v1/executions/${name}/result`;

const readStored = (session: Session, name: string): Promise<string> =>
  askOperator(session, 'read it through the API server', storedPath(session.namespace, name));

/** Prints one Execution: StackStorm's `key: value` form, or the whole object as JSON or YAML with its result in it. */
export function printExecution({ screen }: Session, execution: Execution, result: unknown, format: Format): void {
  if (format === 'name') return screen.out(`execution.squall.dev/${execution.metadata.name}\n`);
  if (format === 'json' || format === 'yaml') {
    const object = withoutNoise(execution);
    const whole = result === undefined ? object : { ...object, status: { ...object.status, result } };
    return screen.out(format === 'json' ? json(whole) : yaml(whole));
  }
  const { request } = execution.spec;
  const { status } = execution;
  const text = properties({
    id: execution.metadata.name,
    'action.ref': request.action,
    'context.user': request.context?.user,
    'trigger.rule': request.context?.trigger?.rule.name,
    'trigger.event': request.context?.trigger?.event,
    'trace.tag': request.context?.trace?.tag,
    parameters: request.parameters && Object.keys(request.parameters).length > 0 ? request.parameters : undefined,
    status: status?.duration === undefined ? phaseOf(execution) : `${phaseOf(execution)} (${status.duration} elapsed)`,
    reason: status?.reason,
    message: status?.message,
    attempt: (status?.attempt ?? 1) > 1 || format === 'wide' ? status?.attempt : undefined,
    job: format === 'wide' ? status?.job?.name : undefined,
    start_timestamp: status?.startedAt ?? execution.metadata.creationTimestamp,
    end_timestamp: status?.endedAt,
    result,
  });
  const phase = phaseOf(execution);
  screen.out(text.replace(`\nstatus: ${phase}`, `\nstatus: ${phaseText(screen, phase)}`));
}
