// operator/http/inside.ts — events that the operator makes itself: who listens, whether there is room, and their way in.
import { entriesOf } from '../domain/datastore/entry.ts';
import { type Audience, audienceIn } from '../domain/notify/audience.ts';
import type { Client } from '../kube/client.ts';
import { HttpError } from './errors.ts';
import { type IntakeOptions, type Received, type TakenIn, takeIn } from './intake.ts';
import { crowded, type LiveExecutions } from './live-executions.ts';
import { assertFresh, STALE_MS } from './sources.ts';

/** Given to the controllers: they import nothing of the door. */
export interface Inside {
  /** Who listens in a namespace; everybody, while it is not known for sure. */
  readonly audience: (namespace: string) => Audience;
  /** Why no event may come in now; undefined: it may. What waits is to be brought again, nothing of it is dropped. */
  readonly whyNot: (namespace: string) => string | undefined;
  /** Brings events in, as the door does. @throws HttpError 503 when they are to be brought again; NotLeaderError by the client's fence */
  readonly takeIn: (events: readonly Received[], by: { readonly client: Client }) => Promise<TakenIn>;
}

/** What says who listens: the rules, what their criteria read, and what is run, whose notify counts. */
const LISTENED_BY = ['rules', 'keyValues', 'actions', 'workflows'] as const;

export interface InsideOptions extends IntakeOptions {
  readonly liveExecutions: LiveExecutions;
  readonly liveExecutionsMax: number;
}

export function openInside(options: InsideOptions): Inside {
  const { sources, ruleIndex, liveExecutions, liveExecutionsMax, now = () => new Date() } = options;
  return {
    audience: (namespace) =>
      audienceIn(namespace, {
        index: ruleIndex,
        isKnown: LISTENED_BY.every((name) => sources[name].healthy(STALE_MS)),
        entries: entriesOf(sources.keyValues, namespace, now()),
      }),
    whyNot: (namespace) => {
      try {
        assertFresh(sources);
      } catch (error) {
        if (error instanceof HttpError) return error.message;
        throw error;
      }
      return crowded(liveExecutions, namespace, liveExecutionsMax);
    },
    // Its Executions are created by the leader's client: one that leads no more makes none.
    takeIn: (events, { client }) => takeIn(events, { source: events[0]?.event.source }, { ...options, client }),
  };
}
