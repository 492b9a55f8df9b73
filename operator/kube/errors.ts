// operator/kube/errors.ts — what can go wrong with a call to the API server, as types that callers tell apart.
import type { KubeObject } from '../api/meta.ts';

/** The `details` of a Status object: which field of which object, and why. */
export interface StatusDetails {
  readonly name?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly retryAfterSeconds?: number;
  readonly causes?: readonly { readonly field?: string; readonly reason?: string; readonly message?: string }[];
}

interface StatusFacts {
  readonly reason?: string | undefined;
  readonly details?: StatusDetails | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** The API server answered, and the answer is no. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  /** The HTTP status, or the code of a Status object in a watch. */
  readonly code: number;
  /** The API server's word for it, such as NotFound; empty when it gave none. */
  readonly reason: string;
  readonly details: StatusDetails | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: number, message: string, facts: StatusFacts = {}) {
    super(message);
    this.code = code;
    this.reason = facts.reason ?? '';
    this.details = facts.details;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** A mutating call of which nobody knows whether it was applied; do it again by its key. `cause` says what happened. */
export class AmbiguousError extends Error {
  override readonly name = 'AmbiguousError';
}

/** A write was held back because this process does not (or no longer) lead. */
export class NotLeaderError extends Error {
  override readonly name = 'NotLeaderError';
}

/** The name that we need is taken by an object of somebody else. */
export class SquatterError extends Error {
  override readonly name = 'SquatterError';
  readonly existing: KubeObject;

  constructor(message: string, existing: KubeObject) {
    super(message);
    this.existing = existing;
  }
}

/** The answer of the API server behind an error, if there was one; looks through AmbiguousError. */
export function statusOf(error: unknown): StatusError | undefined {
  if (error instanceof StatusError) return error;
  return error instanceof AmbiguousError && error.cause instanceof StatusError ? error.cause : undefined;
}

const answered = (error: unknown, code: number): error is StatusError =>
  error instanceof StatusError && error.code === code;

/** 404: no such object, or no such kind. */
export const isNotFound = (error: unknown): boolean => answered(error, 404);

/** 409 on a create: the name is taken. */
export const isAlreadyExists = (error: unknown): boolean => answered(error, 409) && error.reason === 'AlreadyExists';

/** 409 on a change: it was decided on a stale copy. Not an error; look again. */
export const isConflict = (error: unknown): boolean => answered(error, 409) && error.reason !== 'AlreadyExists';

/** 410: the version or page that we asked for is no longer kept. */
export const isGone = (error: unknown): boolean => answered(error, 410);
