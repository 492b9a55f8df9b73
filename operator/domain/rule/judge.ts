// operator/domain/rule/judge.ts — Rule → its condition Ready: can events be tested against it, and if not, what to change.
import type { Action, Rule, TriggerType } from '../../api/kinds.ts';
import { refOf } from '../../api/meta.ts';
import type { Reason } from '../../api/reasons.ts';
import type { RuleStatus } from '../../api/rule.ts';
import { SecretValue } from '../../api/action.ts';
import { effectiveSchemas, secretNames } from '../action/runner-parameters.ts';
import { faultOfTemplates, nameUsedIn, PARAMETER_NAMES } from '../action/template-fault.ts';
import { judged, type Said } from '../conditions.ts';
import type { Plan } from '../plan.ts';
import { laterTrigger } from '../trigger/later.ts';
import { triggerParametersFault } from '../trigger/payload-check.ts';
import { compileTest } from './compile.ts';
import { secretUsed } from './draft.ts';
import { winnerOf } from './reference.ts';
import { urlOf, WEBHOOK_TRIGGER } from './rule-index.ts';

export interface ObservedRule {
  readonly self: Rule;
  /** All Rules of the namespace with its reference, itself among them. */
  readonly namesakes: readonly Rule[];
  readonly triggerType: TriggerType | undefined;
  /** The Action that it names; a rule may be there before it. */
  readonly action: Action | undefined;
}

export interface Fault {
  readonly reason: Reason;
  readonly message: string;
}

export function planRule(observed: ObservedRule, now: Date): Plan<RuleStatus> {
  const { self } = observed;
  const fault = faultOf(observed);
  return { status: { ...self.status, ...verdict(self, fault, now) } };
}

/** What a judgement writes into a status: shared by all kinds that have the condition Ready. */
export function verdict(
  self: Pick<Rule, 'metadata'> & { readonly status?: RuleStatus | undefined },
  fault: Fault | undefined,
  now: Date,
) {
  const Ready: Said = fault
    ? { status: 'False', ...fault }
    : { status: 'True', reason: 'Accepted', message: 'It is valid and in use.' };
  return judged(self, self.status?.conditions, { Ready }, now);
}

function faultOf({ self: rule, namesakes, triggerType, action }: ObservedRule): Fault | undefined {
  const winner = winnerOf(namesakes);
  if (winner && winner.metadata.name !== rule.metadata.name) {
    return {
      reason: 'RefTaken',
      message: `Rule "${winner.metadata.name}" has the reference ${refOf(rule)} too; change spec.ref of one of them`,
    };
  }
  const { type, parameters } = rule.spec.trigger;
  if (!triggerType) {
    const absent = laterTrigger(type) ?? `TriggerType "${type}" does not exist; create it or name another`;
    return { reason: 'TriggerTypeNotFound', message: `spec.trigger.type: ${absent}` };
  }
  const misfit = triggerParametersFault(triggerType, parameters);
  if (misfit !== undefined) return { reason: 'TriggerParametersInvalid', message: misfit };
  if (type === WEBHOOK_TRIGGER && !urlOf(rule)) {
    return {
      reason: 'TriggerParametersInvalid',
      message: 'spec.trigger.parameters.url: give the path of the webhook below /api/v1/webhooks/',
    };
  }
  return criteriaFault(rule) ?? templateFault(rule, action);
}

function criteriaFault({ spec }: Rule): Fault | undefined {
  try {
    compileTest(spec);
    return undefined;
  } catch (error) {
    return { reason: 'CriteriaInvalid', message: `spec.${(error as Error).message}` };
  }
}

/** Templates may name the payload, the action's parameters and what its own templates may; which those are, only the Action tells. */
function templateFault({ spec }: Rule, action: Action | undefined): Fault | undefined {
  const known = action && ['trigger', ...PARAMETER_NAMES, ...Object.keys(effectiveSchemas(action.spec))];
  const given = Object.entries(spec.action.parameters ?? {});
  const secrets = action ? secretNames(action) : [];
  const names = known && [...known, ...given.map(([name]) => name)];
  for (const [name, value] of given) {
    if (SecretValue.safeParse(value).success) continue;
    const message = faultOfTemplates(value, `spec.action.parameters.${name}`, names);
    if (message !== undefined) return { reason: 'TemplateInvalid', message };
    const used = secrets.includes(name) ? undefined : nameUsedIn(value, secrets);
    if (used !== undefined)
      return { reason: 'TemplateInvalid', message: `spec.action.parameters.${name}: ${secretUsed(used)}` };
  }
  return undefined;
}
