// operator/domain/trigger/event.ts — delivery → event: what a rule is tested against, with its identity and its story.

/** SHA-256 as lower-case hex; given from outside, since the pure layers import no Node modules. */
export type Sha256 = (content: string | Uint8Array) => string;

export interface Trace {
  readonly id: string;
  readonly tag?: string;
}

export interface TriggerEvent {
  readonly namespace: string;
  /** In the scope of `source`. */
  readonly id: string;
  /** Where it came in, for example webhook/alerts. */
  readonly source: string;
  /** Reference of its TriggerType. */
  readonly type: string;
  readonly payload: unknown;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly trace: Trace;
  /** How many events in a row were caused by executions; 0 for one from outside. */
  readonly depth: number;
  /** Name of the Execution that emitted it. */
  readonly cause?: string;
  /** SHA-256 of what the sender may not change under the same id. */
  readonly digest: string;
  /** How long the id is remembered. */
  readonly dedupeWindowSeconds: number;
}

/** Why a delivery is not taken, as the sender is told. */
export interface Refusal {
  readonly refused: { readonly status: 400 | 422; readonly message: string };
}

export const refuse = (status: 400 | 422, message: string): Refusal => ({ refused: { status, message } });

export const isRefusal = (outcome: object): outcome is Refusal => 'refused' in outcome;

/** Value of the label that all Executions of one event share. */
export const eventLabel = (sha256: Sha256, event: Pick<TriggerEvent, 'source' | 'id'>): string =>
  sha256(`${event.source}\n${event.id}`).slice(0, 40);
