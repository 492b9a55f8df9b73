// operator/telemetry/log.ts — what happened, as JSON lines: constant message, facts as fields, nothing secret.
import pino from 'pino';

export type Log = pino.Logger;

export interface LogOptions {
  /** trace, debug, info, warn, error, fatal or silent; info by default. */
  readonly level?: string;
  readonly name?: string;
  /** Standard output by default. */
  readonly destination?: pino.DestinationStream;
}

/** Fields that may carry a user's secrets or data; they are never printed, at the top or one level down. */
const NEVER = [
  'parameters',
  'payload',
  'body',
  'headers',
  'env',
  'environment',
  'output',
  'result',
  'stdout',
  'stderr',
  'token',
  'password',
  'secret',
  'authorization',
  'apiKey',
];

/** The root logger; make one per controller or request with `.child({ … })`. */
export function createLog({ level = 'info', name = 'squall', destination }: LogOptions = {}): Log {
  const options: pino.LoggerOptions = {
    level,
    base: { name }, // the pod's name is added by whoever collects the lines
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: NEVER.flatMap((field) => [field, `*.${field}`]), censor: '[hidden]' },
    serializers: { err: describeError },
  };
  return destination ? pino(options, destination) : pino(options);
}

interface ErrorFacts {
  readonly type: string;
  readonly message: string;
  readonly code?: unknown;
  readonly stack?: string | undefined;
  readonly cause?: ErrorFacts;
}

// Only these fields: an error may carry a request with its headers, or an object with its parameters.
function describeError(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { name, message, stack, cause } = error;
  return {
    type: name,
    message,
    ...('code' in error ? { code: error.code } : {}),
    stack,
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
}
