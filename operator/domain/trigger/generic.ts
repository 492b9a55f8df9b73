// operator/domain/trigger/generic.ts — body of POST /webhooks/st2 → trigger, payload and tag that it dispatches.
import { type Body, jsonType } from './body.ts';
import { type Refusal, refuse } from './event.ts';

export interface Dispatch {
  readonly trigger: string;
  readonly payload: unknown;
  readonly tag?: string;
}

/** Texts are StackStorm's (st2api webhooks controller). */
export function parseDispatch(body: Body): Dispatch | Refusal {
  if (Array.isArray(body)) return refuse(400, `Webhook body needs to be an object, got: ${jsonType(body)}`);
  const { trigger, payload, trace_tag: tag } = body as Readonly<Record<string, unknown>>;
  if (typeof trigger !== 'string' || trigger === '') return refuse(400, 'Trigger not specified.');
  return { trigger, payload: payload ?? {}, ...(typeof tag === 'string' && tag !== '' ? { tag } : {}) };
}
