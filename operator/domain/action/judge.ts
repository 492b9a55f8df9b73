// operator/domain/action/judge.ts — Action → whether it is valid, as its condition Ready.
import { ActionSpec, type ActionStatus } from '../../api/action.ts';
import type { Action } from '../../api/kinds.ts';
import { type KubeObject, refOf } from '../../api/meta.ts';
import type { Plan } from '../plan.ts';
import { parametersDoubt, parametersFault } from './parameters-fault.ts';
import { specParser } from './parse-spec.ts';
import { runnerParameters } from './runner-parameters.ts';
import { faultOfTemplates } from './template-fault.ts';
import { ACCEPTED, doubtful, planVerdict, refTaken, type Verdict } from './verdict.ts';

export interface ObservedAction {
  readonly self: KubeObject;
  /** All Actions and Workflows of the namespace that have the same reference, itself among them. */
  readonly sameRef: readonly KubeObject[];
}

/** Never throws. */
export const planAction = ({ self, sameRef }: ObservedAction, now: Date): Plan<ActionStatus> =>
  planVerdict(self, judge(self, sameRef), now);

function judge(self: KubeObject, sameRef: readonly KubeObject[]): Verdict {
  const action = parseAction(self);
  if (typeof action === 'string') return { reason: 'SpecInvalid', message: action };
  const taken = refTaken(self, refOf(action), sameRef);
  if (taken) return taken;
  const fault = actionFault(action);
  if (fault !== undefined) return { reason: 'SchemaInvalid', message: fault };
  return doubtful(parametersDoubt(action.spec.parameters, runnerParameters(action.spec))) ?? ACCEPTED;
}

/** The Action with its defaults, or what of it does not fit its schema; remembered for each version. */
export const parseAction: (raw: KubeObject) => Action | string = specParser<ActionSpec>(ActionSpec);

const faults = new WeakMap<object, { readonly fault: string | undefined }>();

/** What is wrong with the parameters of an Action, with its remedy; remembered for each spec. */
export function actionFault({ spec }: Pick<Action, 'spec'>): string | undefined {
  const known = faults.get(spec);
  if (known) return known.fault;
  const fault = parametersFault(spec.parameters, runnerParameters(spec)) ?? faultOfContainer(spec);
  faults.set(spec, { fault });
  return fault;
}

function faultOfContainer(spec: ActionSpec): string | undefined {
  const names = Object.keys(spec.parameters);
  for (const part of ['command', 'args', 'env'] as const) {
    const fault = faultOfTemplates(spec.container?.[part], `spec.container.${part}`, names);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
