// operator/domain/notify/events.ts — an end → its events: one for whoever waits for ends, and one for each route of its notifications.
import type { TriggerType } from '../../api/kinds.ts';
import type { Entries } from '../datastore/entry.ts';
import type { TriggerKey } from '../rule/rule-index.ts';
import type { TriggerEvent } from '../trigger/event.ts';
import { ACTION_TRIGGER, type Audience, NOTIFY_TRIGGER } from './audience.ts';
import type { Ending } from './ending.ts';
import { actionPayload, notifyPayloads } from './payload.ts';
import { noticesOf } from './settings.ts';

const DEDUPE_SECONDS = 3600;

export interface EventOptions {
  /** Who listens now. */
  readonly audience: Audience;
  /** The datastore of the namespace. */
  readonly entries: Entries;
  readonly triggerType: (ref: string) => TriggerType | undefined;
  readonly sha256: (text: string) => string;
}

/** An event that was made here, and the rules that it may concern. */
export interface InsideEvent {
  readonly event: TriggerEvent;
  readonly trigger: TriggerKey;
  /** Rules that were made after this time were not there yet; ISO 8601. */
  readonly rulesUntil: string;
}

/** The same for the same end, however often they are made: their ids are of the Execution and of what they tell. */
export function eventsOfEnd(ending: Ending, { audience, entries, triggerType, sha256 }: EventOptions): InsideEvent[] {
  const { namespace, name, uid, endedAt } = ending;
  const build = (type: string, what: string, payload: unknown): InsideEvent => {
    const id = `${uid}/${what}`;
    const event: TriggerEvent = {
      namespace,
      id,
      source: `execution/${name}`,
      type,
      payload,
      receivedAt: endedAt.toISOString(),
      trace: ending.trace,
      depth: ending.depth + 1,
      cause: name,
      // What it says may change with the datastore or the Action; which event it is does not.
      digest: sha256(id),
      dedupeWindowSeconds: triggerType(type)?.spec.dedupeWindowSeconds ?? DEDUPE_SECONDS,
    };
    return { event, trigger: { namespace, type }, rulesUntil: endedAt.toISOString() };
  };
  const ends = audience.ends() ? [build(ACTION_TRIGGER, 'end', actionPayload(ending))] : [];
  const notices = audience.notifications ? noticesOf(ending.notify, ending.phase) : [];
  const told = notices.flatMap((notice) =>
    notifyPayloads(ending, notice, entries).map(({ route, payload }) =>
      build(NOTIFY_TRIGGER, `${notice.section}/${route}`, payload),
    ),
  );
  return [...ends, ...told];
}
