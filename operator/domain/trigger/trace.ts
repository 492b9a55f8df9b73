// operator/domain/trigger/trace.ts — event → the story that it belongs to: id and tag, the same on every retry.
import type { Sha256, Trace } from './event.ts';
import type { Headers } from './payload.ts';

/** W3C: version, 32 hex of trace id, 16 hex of span id, flags. */
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/;
const TAG_MAX = 256;

export interface TraceSource {
  readonly headers: Headers;
  /** Namespace, source and id of the event: a retry must not begin another story. */
  readonly identity: string;
  /** What a tag that nobody gave begins with, for example webhook-alerts. */
  readonly prefix: string;
  /** From the body of the generic webhook. */
  readonly tag?: string | undefined;
  /** Of the Execution that emitted the event. */
  readonly inherited?: Trace | undefined;
}

export function traceOf({ headers, identity, prefix, tag, inherited }: TraceSource, sha256: Sha256): Trace {
  const given = tag ?? headers['st2-trace-tag'];
  if (inherited) return given === undefined ? inherited : { id: inherited.id, tag: given.slice(0, TAG_MAX) };
  const parent = TRACEPARENT.exec(headers['traceparent'] ?? '')?.[1];
  const own = sha256(identity).slice(0, 32);
  const id = parent !== undefined && !/^0+$/.test(parent) ? parent : own;
  return { id, tag: (given ?? `${prefix.slice(0, TAG_MAX - 33)}-${own}`).slice(0, TAG_MAX) };
}
