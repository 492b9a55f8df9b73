// operator/http/event-of-delivery.ts — request to a webhook → the event, its rules, or why it is refused.
import type { Execution, TriggerType } from '../api/kinds.ts';
import { refOf } from '../api/meta.ts';
import { evaluating } from '../domain/expression/evaluation.ts';
import { compileTemplate } from '../domain/expression/jinja/template.ts';
import type { Value } from '../domain/expression/python/values.ts';
import { WEBHOOK_TRIGGER } from '../domain/rule/rule-index.ts';
import type { Body } from '../domain/trigger/body.ts';
import { eventLabel, isRefusal, type Refusal, type TriggerEvent } from '../domain/trigger/event.ts';
import { type EventId, identify } from '../domain/trigger/event-id.ts';
import { parseDispatch } from '../domain/trigger/generic.ts';
import { type Headers, webhookPayload } from '../domain/trigger/payload.ts';
import { payloadFault } from '../domain/trigger/payload-check.ts';
import { traceOf } from '../domain/trigger/trace.ts';
import type { Store } from '../kube/store.ts';
import type { Caller } from './authenticate.ts';
import { HttpError } from './errors.ts';
import { digestOf, reusedId } from './executions.ts';
import { loopIn, type Received } from './intake.ts';
import { sha256 } from './sha256.ts';

/** The webhook that stands for any trigger, named in the body. */
export const GENERIC_URL = 'st2';
const DEDUPE_SECONDS = 3600;

export interface Delivered {
  readonly namespace: string;
  readonly url: string;
  /** The TriggerType that declares the webhook. */
  readonly declared: TriggerType | undefined;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly body: Body;
  readonly caller: Caller;
}

export interface EventSources {
  readonly executions: Store<Execution>;
  readonly triggerType: (ref: string) => TriggerType | undefined;
  readonly now: Date;
  /** An id for deliveries that bring none. */
  readonly fresh: string;
}

/** One event for each trigger that it fires; all have the same id. @throws HttpError 400 or 422 */
export function eventsOf(delivered: Delivered, by: EventSources): readonly Received[] {
  return delivered.url === GENERIC_URL ? [dispatched(delivered, by)] : triggered(delivered, by);
}

function triggered(delivered: Delivered, by: EventSources): readonly Received[] {
  const { namespace, url, declared, headers, body, bytes } = delivered;
  const payload = webhookPayload(headers, body);
  const fault = declared && payloadFault(declared, payload);
  if (fault !== undefined) throw new HttpError(400, fault);
  const options = {
    sha256,
    now: by.now,
    fresh: by.fresh,
    render: (text: string) => rendered(text, payload, by.now),
  };
  const source = `webhook/${url}`;
  const identity = choose(
    accepted(identify(declared?.spec.webhook?.id, { headers, body, bytes }, options)),
    namespace,
    source,
    by,
  );
  const story = { delivered, source, prefix: `webhook-${url}`, identity, payload, tag: undefined, type: declared };
  const own = declared
    ? [{ event: build({ ...story, ref: refOf(declared) }, by), trigger: { namespace, type: refOf(declared) } }]
    : [];
  const plain = {
    event: build({ ...story, ref: WEBHOOK_TRIGGER }, by),
    trigger: { namespace, type: WEBHOOK_TRIGGER, url },
  };
  return [...own, plain];
}

/** @throws ExpressionFault */
function rendered(template: string, payload: unknown, now: Date): string {
  const scope = { context: { trigger: payload as Value } }; // it came as JSON
  return evaluating({ nowMs: now.getTime(), seed: 0 }, () => compileTemplate(template).render(scope));
}

function dispatched(delivered: Delivered, by: EventSources): Received {
  const { namespace, headers, body, bytes } = delivered;
  const { trigger: ref, payload, tag } = accepted(parseDispatch(body));
  const type = by.triggerType(ref);
  if (!type) {
    throw new HttpError(
      400,
      `Trigger payload validation failed and validation is enabled, not dispatching a trigger "${ref.slice(0, 128)}": Trigger type with reference "${ref.slice(0, 128)}" doesn't exist; create the TriggerType`,
    );
  }
  const fault = payloadFault(type, payload);
  if (fault !== undefined) throw new HttpError(400, fault);
  const source = `trigger/${ref}`;
  const options = { sha256, now: by.now, fresh: by.fresh, render: String };
  const identity = choose(accepted(identify(undefined, { headers, body, bytes }, options)), namespace, source, by);
  return {
    event: build({ delivered, source, prefix: ref, identity, payload, tag, type, ref }, by),
    trigger: { namespace, type: ref },
  };
}

/** The id of this window, or that of the window before when its event is still young. @throws HttpError 422 for a reused id */
function choose(identity: EventId, namespace: string, source: string, { executions, now }: EventSources): EventId {
  const seen = (id: string) => executions.by('event', `${namespace}/${eventLabel(sha256, { source, id })}`);
  const { previous } = identity;
  const isYoung = ({ spec }: Execution) => {
    const at = Date.parse(spec.request.context?.trigger?.receivedAt ?? '');
    return previous !== undefined && now.getTime() - at < previous.windowSeconds * 1000;
  };
  if (previous && seen(previous.id).some(isYoung)) return { ...identity, id: previous.id };
  const other = seen(identity.id).find((execution) => digestOf(execution) !== identity.digest);
  if (other) throw reusedId(other);
  return identity;
}

interface Story {
  readonly delivered: Delivered;
  readonly source: string;
  readonly prefix: string;
  readonly identity: EventId;
  readonly payload: unknown;
  readonly tag: string | undefined;
  readonly type: TriggerType | undefined;
  readonly ref: string;
}

function build(story: Story, { now }: EventSources): TriggerEvent {
  const { delivered, source, identity, payload, type, ref } = story;
  const { namespace, caller, headers } = delivered;
  const cause = caller.kind === 'pod' ? caller.worker.execution : undefined;
  // An Execution that was made by hand has no trace but itself: that is what its process was told.
  const inherited = cause && (cause.spec.request.context?.trace ?? { id: cause.metadata.uid });
  const trace = traceOf(
    {
      headers,
      identity: `${namespace}\n${source}\n${identity.id}`,
      prefix: story.prefix,
      tag: story.tag,
      inherited: inherited && { id: inherited.id, ...(inherited.tag === undefined ? {} : { tag: inherited.tag }) },
    },
    sha256,
  );
  return {
    namespace,
    id: identity.id,
    digest: identity.digest,
    source,
    type: ref,
    payload,
    trace,
    receivedAt: now.toISOString(),
    depth: depthAfter(cause),
    ...(cause ? { cause: cause.metadata.name } : {}),
    dedupeWindowSeconds: type?.spec.dedupeWindowSeconds ?? DEDUPE_SECONDS,
  };
}

function depthAfter(cause: Execution | undefined): number {
  if (!cause) return 0;
  const depth = (cause.spec.request.cause?.depth ?? 0) + 1;
  const loop = loopIn(depth, cause);
  if (loop !== undefined) throw new HttpError(422, loop);
  return depth;
}

function accepted<T extends object>(outcome: T | Refusal): T {
  if (isRefusal(outcome)) throw new HttpError(outcome.refused.status, outcome.refused.message);
  return outcome;
}
