// operator/domain/workflow/action-chain/failure.ts — what ends a chain before its time: the error that StackStorm shows, and where in the definition it stands.
import type { ExpressionFault } from '../../expression/fault.ts';
import type { Plain } from '../../expression/python/values.ts';
import type { FieldPath } from '../../pack/yaml-text.ts';
import type { Reading } from './read.ts';

export interface Failure {
  /** As StackStorm has it in the result. */
  readonly error: string;
  readonly traceback: string;
  /** Whether StackStorm's runner breaks off with it: the result then has nothing of the tasks. */
  readonly isBare: boolean;
}

/** A class of StackStorm's or Python's, what it says, and the field of the definition that it is about. */
export interface Cause {
  readonly type: string;
  readonly message: string;
  readonly path: FieldPath;
}

/** What breaks the runner off. */
export const breakOff = (cause: Cause, where: Pick<Reading, 'file' | 'placeOf'>): Failure => ({
  error: cause.message,
  traceback: tracebackOf(cause, where),
  isBare: true,
});

/** What the chain itself tells, with the full stops that StackStorm puts: its sentence has one, and one comes after it. */
export const chainFailure = (sentence: string, cause: Cause, where: Pick<Reading, 'file' | 'placeOf'>): Failure => ({
  error: `${sentence}. ${cause.message}`,
  traceback: tracebackOf(cause, where),
  isBare: false,
});

export const causeOf = ({ type, message }: ExpressionFault, path: FieldPath): Cause => ({ type, message, path });

/** A traceback leads to the line of the definition, which is what its author can change. */
function tracebackOf({ type, message, path }: Cause, { file, placeOf }: Pick<Reading, 'file' | 'placeOf'>): string {
  const place = placeOf(path);
  const line = place ? `, line ${place.line}` : '';
  return `Traceback (most recent call last):\n  File "${file}"${line}, in ${shownPath(path)}\n${type}: ${message}\n`;
}

/** `chain[2].parameters.cmd`. */
export const shownPath = (path: FieldPath): string =>
  path.reduce<string>((shown, step) => shownStep(shown, step), '') || 'the chain';

function shownStep(shown: string, step: string | number): string {
  if (typeof step === 'number') return `${shown}[${step}]`;
  return shown === '' ? step : `${shown}.${step}`;
}

/** A failure as the result has it. */
export const failureFields = ({
  error,
  traceback,
}: Failure): Readonly<Record<'error' | 'traceback', Plain[string]>> => ({
  error,
  traceback,
});
