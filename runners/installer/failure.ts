// runners/installer/failure.ts — the ways in which an installation ends before its end.
import type { Finding } from '../../operator/api/install.ts';

/** A step could not be done, for a reason that whoever wrote the Pack or its files can change. */
export class StepFailure extends Error {
  readonly findings: readonly Finding[];

  constructor(message: string, options?: { readonly findings?: readonly Finding[]; readonly cause?: unknown }) {
    super(message, { cause: options?.cause });
    this.findings = options?.findings ?? [];
  }
}

/** A file that is not taken, whatever is in it. */
export class Refusal extends StepFailure {
  constructor(file: string, reason: string) {
    super(`${file}: ${reason}`, { findings: [{ file, message: reason }] });
  }
}

/** The pod was told to stop. */
export class Stopped extends Error {}

/** The operator does not want this installation any more; there is nothing left to do. */
export class Superseded extends Error {}

/** The operator refused for good. */
export class Refused extends Error {}

/** The operator did not answer for too long. */
export class Unreachable extends Error {}
