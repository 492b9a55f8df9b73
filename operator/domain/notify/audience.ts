// operator/domain/notify/audience.ts — rules of a namespace → who listens to ends and to notifications there.
import type { Entries } from '../datastore/entry.ts';
import { isWantedBy, type Subject } from '../rule/match.ts';
import type { RuleIndex } from '../rule/rule-index.ts';

/** The trigger of every end, and that of each notification. */
export const ACTION_TRIGGER = 'core.st2.generic.actiontrigger';
export const NOTIFY_TRIGGER = 'core.st2.generic.notifytrigger';

/** Who listens in a namespace. Where that is not known for sure, somebody does: what nobody wants is found out later. */
export interface Audience {
  /** Whether enabled rules wait for ends; with an event, whether one of them may lead to something for it. */
  readonly ends: (event?: Subject) => boolean;
  /** Whether enabled rules wait for notifications. */
  readonly notifications: boolean;
}

export interface AudienceOptions {
  readonly index: Pick<RuleIndex, 'on'>;
  /** Whether the index has all rules as they are now. */
  readonly isKnown: boolean;
  /** The datastore of the namespace, for criteria. */
  readonly entries: Entries;
}

export function audienceIn(namespace: string, { index, isKnown, entries }: AudienceOptions): Audience {
  const rulesOn = (type: string) => index.on({ namespace, type });
  return {
    ends: (event) => {
      if (!isKnown) return true;
      const rules = rulesOn(ACTION_TRIGGER);
      return event === undefined ? rules.length > 0 : isWantedBy(rules, event, entries);
    },
    notifications: !isKnown || rulesOn(NOTIFY_TRIGGER).length > 0,
  };
}
