// operator/domain/trigger/payload.ts — request → payload of core.st2.webhook: headers, headers_lower, body.
import type { Body } from './body.ts';

/** Header names in lower case, each with one value. */
export type Headers = Readonly<Record<string, string>>;

export interface WebhookPayload {
  readonly headers: Headers;
  readonly headers_lower: Headers;
  readonly body: Body;
}

/** Credentials, and what StackStorm consumes itself; `authorization` because here it may be a Kubernetes token. */
const REMOVED = new Set(['x-auth-token', 'st2-api-key', 'cookie', 'st2-trace-tag', 'authorization']);

/** The payload, with header names in Title-Case in `headers`. */
export function webhookPayload(headers: Headers, body: Body): WebhookPayload {
  const kept = Object.entries(headers).filter(([name]) => !REMOVED.has(name));
  return {
    headers: Object.fromEntries(kept.map(([name, value]) => [titleCase(name), value])),
    headers_lower: Object.fromEntries(kept),
    body,
  };
}

const titleCase = (name: string) => name.replaceAll(/[^-]+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1));
