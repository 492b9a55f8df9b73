// operator/domain/trigger/judge.ts — TriggerType → its condition Ready: is its reference, its webhook and its schema good?
import type { TriggerType } from '../../api/kinds.ts';
import { refOf } from '../../api/meta.ts';
import type { TriggerTypeStatus } from '../../api/trigger-type.ts';
import { faultOfTemplates, namesOf } from '../action/template-fault.ts';
import type { Plan } from '../plan.ts';
import { type Fault, verdict } from '../rule/judge.ts';
import { winnerOf } from '../rule/reference.ts';
import { schemaFault } from './payload-check.ts';

export interface ObservedTriggerType {
  readonly self: TriggerType;
  /** All TriggerTypes of the namespace with its reference, and those with its webhook; itself among them. */
  readonly namesakes: readonly TriggerType[];
  readonly sharers: readonly TriggerType[];
}

export function planTriggerType({ self, namesakes, sharers }: ObservedTriggerType, now: Date): Plan<TriggerTypeStatus> {
  const fault = faultOf(self, namesakes, sharers);
  return { status: { ...self.status, ...verdict(self, fault, now) } };
}

function faultOf(
  type: TriggerType,
  namesakes: readonly TriggerType[],
  sharers: readonly TriggerType[],
): Fault | undefined {
  const other = otherOf(type, namesakes);
  if (other !== undefined) {
    return {
      reason: 'RefTaken',
      message: `TriggerType "${other}" has the reference ${refOf(type)} too; change spec.ref of one of them`,
    };
  }
  const sharer = otherOf(type, sharers);
  if (sharer !== undefined) {
    const message = `TriggerType "${sharer}" has the webhook ${type.spec.webhook?.url} too; change spec.webhook.url of one of them`;
    return { reason: 'WebhookTaken', message };
  }
  const schema = schemaFault(type);
  if (schema !== undefined) return { reason: 'SchemaInvalid', message: schema };
  return expressionFault(type);
}

/** Name of the one that wins over `type`, if there is one. */
function otherOf(type: TriggerType, claimants: readonly TriggerType[]): string | undefined {
  const winner = winnerOf(claimants);
  return winner && winner.metadata.name !== type.metadata.name ? winner.metadata.name : undefined;
}

function expressionFault({ spec }: TriggerType): Fault | undefined {
  const expression = spec.webhook?.id?.expression;
  if (expression === undefined) return undefined;
  const place = 'spec.webhook.id.expression';
  const fault = faultOfTemplates(expression, place, ['trigger']);
  if (fault !== undefined) return { reason: 'TemplateInvalid', message: fault };
  if (namesOf(expression).includes('trigger')) return undefined;
  const message = `${place}: it must name the payload, for example {{ trigger.body.id }}`;
  return { reason: 'TemplateInvalid', message };
}
