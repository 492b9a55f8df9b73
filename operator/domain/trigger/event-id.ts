// operator/domain/trigger/event-id.ts — delivery → the id of its event, by what the webhook declares.
import type { EventIdSource } from '../../api/trigger-type.ts';
import type { Body } from './body.ts';
import { type Refusal, refuse, type Sha256 } from './event.ts';
import type { Headers } from './payload.ts';

/** Longest id that is kept as it is; a longer one is replaced by its hash. */
const ID_MAX = 512;
/** How long two equal notifications of Alertmanager are one event. */
const ALERTMANAGER_WINDOW_SECONDS = 300;

export interface Delivery {
  readonly headers: Headers;
  readonly body: Body;
  readonly bytes: Uint8Array;
}

export interface EventId {
  readonly id: string;
  /** What the sender may not change under this id; of an id made from content it is the content's own hash. */
  readonly digest: string;
  /** The id that the same content had in the window before this one, and how long it counts. */
  readonly previous?: { readonly id: string; readonly windowSeconds: number };
}

export interface IdentifyOptions {
  readonly sha256: Sha256;
  readonly now: Date;
  /** An id that nobody else has, for deliveries that bring none. */
  readonly fresh: string;
  /** Renders an expression over the payload. @throws when a value that it names is missing */
  readonly render: (expression: string) => string;
}

export function identify(
  source: EventIdSource | undefined,
  delivery: Delivery,
  options: IdentifyOptions,
): EventId | Refusal {
  const { sha256 } = options;
  const digest = sha256(delivery.bytes);
  const named = (id: string): EventId => ({ id: keepable(id, sha256), digest });
  if (source?.bodyHash) return windowed(digest, source.bodyHash.windowSeconds, options);
  if (source?.expression !== undefined) return byExpression(source.expression, options, named);
  if (source?.preset === 'cloudevents') return byCloudEvent(delivery, named);
  if (source?.preset === 'alertmanager') return byAlerts(delivery.body, options);
  if (!source) return named(delivery.headers['idempotency-key'] || options.fresh);
  const header = source.preset === 'github' ? 'X-GitHub-Delivery' : (source.header ?? '');
  const id = delivery.headers[header.toLowerCase()];
  if (!id) return refuse(422, `Header ${header} is missing; the webhook takes the id of the event from it`);
  return named(id);
}

function byExpression(expression: string, { render }: IdentifyOptions, named: (id: string) => EventId) {
  try {
    const id = render(expression).trim();
    return id === '' ? refuse(422, `The event id, ${expression}, is empty for this delivery`) : named(id);
  } catch (error) {
    return refuse(422, `The event id, ${expression}, cannot be read from this delivery: ${(error as Error).message}`);
  }
}

/** Binary mode has the attributes in ce- headers, structured mode in the body. */
function byCloudEvent({ headers, body }: Delivery, named: (id: string) => EventId) {
  const fields = body as Readonly<Record<string, unknown>>;
  const id = headers['ce-id'] ?? fields['id'];
  const source = headers['ce-source'] ?? fields['source'];
  if (typeof id !== 'string' || typeof source !== 'string' || id === '' || source === '') {
    return refuse(422, 'Not a CloudEvent: give ce-id and ce-source as headers, or id and source in the body');
  }
  return named(`${source} ${id}`); // a source is a URI: it has no blank
}

/** A notification has no id, and it is sent again until it is answered by 2xx: what it says is its id. */
function byAlerts(body: Body, options: IdentifyOptions) {
  const { groupKey, alerts } = body as Readonly<Record<string, unknown>>;
  if (typeof groupKey !== 'string' || !Array.isArray(alerts)) {
    return refuse(422, 'Not a notification of Alertmanager: the body has no groupKey or no list of alerts');
  }
  const facts = alerts.map((alert: unknown) => {
    const { fingerprint, status, startsAt } = (alert ?? {}) as Readonly<Record<string, unknown>>;
    return JSON.stringify([fingerprint, status, startsAt]);
  });
  const hash = options.sha256(JSON.stringify([groupKey, facts.sort()]));
  return windowed(hash, ALERTMANAGER_WINDOW_SECONDS, options);
}

function windowed(hash: string, windowSeconds: number, { now }: IdentifyOptions): EventId {
  const window = Math.floor(now.getTime() / 1000 / windowSeconds);
  return { id: `${hash}-${window}`, digest: hash, previous: { id: `${hash}-${window - 1}`, windowSeconds } };
}

/** It goes into a header and a field of 512 characters. */
const keepable = (id: string, sha256: Sha256) =>
  id.length <= ID_MAX && !/\p{Cc}/u.test(id) ? id : `sha256:${sha256(id)}`;
