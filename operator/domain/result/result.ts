// operator/domain/result/result.ts — what an attempt gave: where it is kept, and what a bare container's result looks like.
import { INLINE_RESULT_MAX_BYTES, RESULT_MAX_BYTES } from '../../api/execution.ts';
import { LABEL } from '../../api/meta.ts';
import { hasHugeInteger, parseExact } from './exact-json.ts';

/** A result that is in the status, or safe in the result store already. */
export type Stored =
  | { readonly inline: unknown }
  | { readonly ref: { readonly digest: string; readonly bytes: number } };

/** Longest part of a container's log that its result has, in bytes. */
export const LOG_TAIL_BYTES = 64 * 1024;
/** Lines of a container's log that are asked for: enough for the tail with lines of 13 bytes. */
export const LOG_TAIL_LINES = 5000;

export interface ContainerResult {
  readonly exit_code: number;
  /** The termination message: its value where it is JSON, else its text. */
  readonly message: unknown;
  /** The end of the log. */
  readonly log: string;
  readonly succeeded: boolean;
  readonly failed: boolean;
}

/** The result of a container action. */
export function containerResult(exitCode: number, message: string, log: string): ContainerResult {
  const succeeded = exitCode === 0;
  return {
    exit_code: exitCode,
    message: valueOf(message),
    log: tailOf(log, LOG_TAIL_BYTES),
    succeeded,
    failed: !succeeded,
  };
}

/** Stands for what a container printed. */
export const WITHHELD = `left out: the container has a variable from a Secret, whose value could stand here; to see it, follow the log while it runs: kubectl logs -f -l ${LABEL.execution}=<execution>`;

/** The result of a container that was given a secret: nobody here knows the value, so it cannot be masked. */
export const withheldResult = (exitCode: number): ContainerResult => ({
  ...containerResult(exitCode, '', ''),
  message: WITHHELD,
  log: WITHHELD,
});

function valueOf(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return text;
  }
}

/** The result with so much less of its log that it may stand in a status. */
export function inlineResult(result: ContainerResult): ContainerResult {
  const over = bytesOf(JSON.stringify(result)) - INLINE_RESULT_MAX_BYTES;
  if (over <= 0) return result;
  const withoutLog = { ...result, log: '' };
  const free = INLINE_RESULT_MAX_BYTES - bytesOf(JSON.stringify(withoutLog));
  if (free <= 0) return { ...withoutLog, message: '(longer than 16 KiB; left out)' };
  let log = tailOf(result.log, free);
  // A character may take up to six bytes in JSON.
  for (let cut = log.length; bytesOf(JSON.stringify(log)) - 2 > free; log = tailOf(log, cut)) cut = Math.floor(cut / 2);
  return { ...result, log };
}

/** The end of a text, at most so many bytes of UTF-8, beginning with a whole character. */
export function tailOf(text: string, maxBytes: number): string {
  let bytes = 0;
  let from = text.length;
  while (from > 0) {
    const low = text.charCodeAt(from - 1);
    const isPair = low >= 0xdc00 && low <= 0xdfff && from > 1 && (text.charCodeAt(from - 2) & 0xfc00) === 0xd800;
    bytes += isPair ? 4 : low < 0x80 ? 1 : low < 0x800 ? 2 : 3;
    if (bytes > maxBytes) break;
    from -= isPair ? 2 : 1;
  }
  return text.slice(from);
}

export const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** Where a result of so many bytes of JSON goes; one with numbers that the API server would change keeps them in the store. */
export function placeOf(bytes: number, result?: unknown): 'status' | 'store' | 'nowhere' {
  if (bytes <= INLINE_RESULT_MAX_BYTES && !hasHugeInteger(result)) return 'status';
  return bytes <= RESULT_MAX_BYTES ? 'store' : 'nowhere';
}
