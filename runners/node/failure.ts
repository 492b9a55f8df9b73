// runners/node/failure.ts — what stops a task before its process runs.

/** The process could not be started; the message names what is wrong and the remedy. */
export class TaskFailure extends Error {
  /** As a shell would say it: 127 not found, 126 not executable, else 1. */
  readonly returnCode: number;
  constructor(message: string, options?: ErrorOptions & { returnCode?: number }) {
    super(message, options);
    this.returnCode = options?.returnCode ?? 1;
  }
}
