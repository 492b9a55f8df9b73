// runners/node/made.ts — a result that no process has written → the body to post, within the limit.
import type { ResultEnvelope } from '../../operator/api/envelope.ts';
import { RESULT_MAX_BYTES } from './limits.ts';
import type { Mask } from './mask.ts';

/** A result as it is posted; `failure` says why there was no room for it, which fails the action. */
export interface Made {
  readonly result: Readonly<Record<string, unknown>>;
  readonly failure?: string;
}

/** How a request, or a command on other machines, has ended. */
export interface MadeEnding {
  readonly outcome: ResultEnvelope['outcome'];
  /** What went wrong, for people. */
  readonly message: string | undefined;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** The result, masked, in at most so many bytes of JSON. */
  readonly within: (roomBytes: number) => Made;
}

/** Room for everything but the result, in bytes. */
const FRAME_BYTES = 4096;
const MESSAGE_MAX = 1000;

/** The JSON text to post, in at most `limitBytes`. */
export function madeBody(attempt: number, ending: MadeEnding, mask: Mask, limitBytes = RESULT_MAX_BYTES): string {
  const { result, failure } = ending.within(limitBytes - Math.min(FRAME_BYTES, limitBytes / 2));
  const outcome = failure !== undefined && ending.outcome === 'succeeded' ? 'failed' : ending.outcome;
  const said = mask
    .text(failure ?? ending.message ?? '')
    .slice(0, MESSAGE_MAX)
    .toWellFormed();
  const envelope: ResultEnvelope = {
    attempt,
    outcome,
    result,
    startedAt: ending.startedAt.toISOString(),
    endedAt: ending.endedAt.toISOString(),
    ...(outcome !== 'succeeded' && { message: said }),
  };
  return JSON.stringify(envelope);
}

/** Bytes that a value has as JSON. */
export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
