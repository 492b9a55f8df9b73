// operator/domain/workflow/orquesta/fault.ts — what the conductor refuses to do, under the names of the reference's classes.
import { ExpressionFault } from '../../expression/fault.ts';

/** A request or an event that does not fit the state of a workflow. `type` is the class that the reference raises. */
export class WorkflowFault extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.name = 'WorkflowFault';
    this.type = type;
  }
}

/** What may go wrong with what users write, or ask for; everything else that is thrown is a bug. */
export type Fault = WorkflowFault | ExpressionFault;

export const isFault = (error: unknown): error is Fault =>
  error instanceof WorkflowFault || error instanceof ExpressionFault;

/** Whether it came of evaluating: then it belongs into the log; anything else goes to the caller. */
export const isEvaluationFault = (error: unknown): error is ExpressionFault =>
  error instanceof ExpressionFault && (error.type.endsWith('EvaluationException') || error.kind === 'budget');

export const invalidEvent = (event: string) => new WorkflowFault('InvalidEvent', `Event "${event}" is not valid.`);

/** The reference reads a field of what is not there. */
export const nothingThere = () => new WorkflowFault('TypeError', "'NoneType' object is not subscriptable");
