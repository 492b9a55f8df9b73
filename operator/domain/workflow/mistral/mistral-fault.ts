// operator/domain/workflow/mistral/mistral-fault.ts — what a definition or a value in it makes impossible, in Mistral's words.
import { ExpressionFault } from '../../expression/fault.ts';

/** Ends a task, or the run; never leaves the engine. */
export class MistralFault extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MistralFault';
  }
}

/** The message of what users can cause; anything else is a bug, and is thrown on. */
export function messageOf(fault: unknown): string {
  if (fault instanceof MistralFault || fault instanceof ExpressionFault) return fault.message;
  throw fault;
}
