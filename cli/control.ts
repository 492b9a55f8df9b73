// cli/control.ts — `squall execution cancel|pause|resume`: what somebody wants of Executions, by their spec.control.
import type { Execution } from '../operator/api/kinds.ts';
import { parentOf } from '../operator/domain/workflow/children.ts';
import { executionPath } from './execution.ts';
import { call } from './kube.ts';
import { isFinal, phaseOf } from './result.ts';
import type { Session } from './session.ts';

type Wish = 'cancel' | 'pause' | 'resume';

/** Why nothing is asked for: that it is so already is no failure. */
interface Refusal {
  readonly message: string;
  readonly isFailure: boolean;
}

const CONTROL = { cancel: 'cancel', pause: 'pause', resume: 'run' } as const satisfies Record<Wish, string>;

/** A workflow that has paused by itself is let go on from that pause. */
const wanted = (wish: Wish, { spec, status }: Execution) =>
  wish === 'resume' && spec.control !== 'pause'
    ? { resumes: status?.workflow?.pauses ?? 0 }
    : { control: CONTROL[wish] };

const already = (message: string): Refusal => ({ message, isFailure: false });
const impossible = (message: string): Refusal => ({ message, isFailure: true });

const REFUSALS: Readonly<Record<Wish, (execution: Execution) => Refusal | undefined>> = {
  cancel: () => undefined,
  pause: (execution) => {
    const { spec, status } = execution;
    if (spec.control === 'cancel') return impossible('it is being canceled, which cannot be taken back');
    if (spec.control === 'pause') return already(`it was paused before: ${phaseOf(execution)}`);
    const hasBegun = status?.startedAt !== undefined || status?.job !== undefined;
    return hasBegun && !status?.workflow
      ? impossible('it runs an action, and only workflows can be paused; cancel it instead')
      : undefined;
  },
  resume: (execution) => {
    const { metadata, spec, status } = execution;
    if (spec.control === 'cancel') return impossible('it is being canceled, which cannot be taken back');
    if (spec.control === 'pause') return undefined;
    const phase = phaseOf(execution);
    if (phase !== 'Paused' && phase !== 'Pausing') return already(`it is not paused: ${phase}`);
    if (phase === 'Paused' && status?.workflow?.pauses) return undefined;
    const parent = parentOf({ metadata })?.name;
    return parent === undefined
      ? impossible(`something in it is paused; resume that, see "squall execution tree ${metadata.name}"`)
      : impossible(`it was not paused by itself; resume the workflow that it is a part of: ${parent}`);
  },
};

/** Asks all of them; one that has ended already is told, not an error. Exit code 1 when one cannot do it. */
export async function controlExecutions(session: Session, wish: Wish, names: readonly string[]): Promise<number> {
  let exitCode = 0;
  for (const name of names) {
    const path = executionPath(session.namespace, name);
    const before = await call<Execution>(session.to, `get Execution ${name}`, path);
    if (isFinal(before)) {
      session.screen.out(`Execution ${name} has already ended: ${phaseOf(before)}.\n`);
      continue;
    }
    const refusal = REFUSALS[wish](before);
    if (refusal) {
      if (refusal.isFailure) exitCode = 1;
      session.screen[refusal.isFailure ? 'err' : 'out'](`Execution ${name}: ${refusal.message}.\n`);
      continue;
    }
    await call(session.to, `${wish} Execution ${name}`, path, {
      method: 'PATCH',
      body: { spec: wanted(wish, before) },
    });
    session.screen.out(`Execution ${name}: ${wish} requested.\n`);
  }
  return exitCode;
}
