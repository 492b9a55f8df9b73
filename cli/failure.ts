// cli/failure.ts — what can go wrong, as one sentence for people: object, field, remedy.

/** A failure that people can act on; its message is printed as it is, without a stack trace. */
export class Failure extends Error {
  /** Exit code of the program: 1, or 2 for a command line that cannot be understood. */
  readonly exitCode: number;
  constructor(message: string, options: { cause?: unknown; exitCode?: number } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}

/** An answer of the API server that is not 2xx. */
export class ApiFailure extends Failure {
  readonly code: number;
  readonly reason: string;
  constructor(what: string, code: number, body: string) {
    const status = parseStatus(body);
    super(`${what}: ${explain(code, status.message || body.trim().slice(0, 300))}`);
    this.code = code;
    this.reason = status.reason;
  }
}

/** Whether the API server said that the object does not exist. */
export const isMissing = (error: unknown): boolean => error instanceof ApiFailure && error.code === 404;
/** Whether the API server said that this user may not do it. */
export const isForbidden = (error: unknown): boolean => error instanceof ApiFailure && error.code === 403;

function parseStatus(body: string): { reason: string; message: string } {
  try {
    const { reason, message } = JSON.parse(body) as { reason?: unknown; message?: unknown };
    return { reason: typeof reason === 'string' ? reason : '', message: typeof message === 'string' ? message : '' };
  } catch {
    return { reason: '', message: '' };
  }
}

function explain(code: number, message: string): string {
  if (code === 401) return `${message || 'not logged in'}; log in to the cluster again, or choose another --context`;
  if (code === 403) return `${message}; ask whoever looks after the cluster for this right`;
  if (code === 404 && message.startsWith('404 page')) return 'this cluster does not know the kind; install the chart';
  if (code === 404 && message.startsWith('namespaces "')) return `${message}; choose another one with -n, or create it`;
  return message || `the API server answered ${code}`;
}
