// operator/domain/workflow/orquesta/refusal.ts — why a definition is not even looked at further.
import { ExpressionFault, type Place } from '../../expression/fault.ts';
import type { Value } from '../../expression/python/values.ts';
import type { FieldPath } from '../../pack/yaml-text.ts';
import { loadDefinition } from './load.ts';

/** Thrown within the inspection only. */
export class Refusal extends Error {
  /** What orquesta itself would say: a ValueError. Where it would crash there is none, and `message` is ours. */
  readonly isRecorded: boolean;
  readonly path: FieldPath;
  /** Where the text of the definition stopped making sense. */
  readonly place: Place | undefined;
  constructor(message: string, path: FieldPath, options: { isRecorded?: boolean; place?: Place | undefined } = {}) {
    super(message);
    this.name = 'Refusal';
    this.isRecorded = options.isRecorded ?? false;
    this.path = path;
    this.place = options.place;
  }
}

export const recorded = (message: string, path: FieldPath, place?: Place): Refusal =>
  new Refusal(message, path, { isRecorded: true, place });

/** The value of a text, or of a text that stands where something else should. @throws Refusal, or ExpressionFault for what is too large */
export function loadText(text: string, path: FieldPath): Value {
  try {
    return loadDefinition(text);
  } catch (fault) {
    if (!(fault instanceof ExpressionFault) || fault.kind === 'budget') throw fault;
    const message = `Failed to load workflow definition because ${fault.message}.`;
    throw recorded(message, path, path.length === 0 ? fault.place : undefined);
  }
}
