// operator/domain/workflow/orquesta/asked.ts — the children that a run has asked for and that are not over.
import type { Child, Entry } from '../engine.ts';
import type { Execution } from './executions.ts';
import { WorkflowFault } from './fault.ts';
import { TOLD_TO } from './run-statuses.ts';
import type { Status } from './statuses.ts';

export type ChildEntry = Entry & { readonly is: 'child' };
export type Request = 'pause' | 'resume' | 'cancel';

/** A child that was asked for. */
export interface Asked {
  readonly key: string;
  readonly execution: Execution;
  readonly item: number | undefined;
  status: Status;
}

/** What a run asks for in one step. */
interface Asking {
  readonly children: Child[];
  readonly tell: { readonly key: string; readonly request: Request }[];
  readonly dropped: string[];
}
export const newStep = (): Asking => ({ children: [], tell: [], dropped: [] });

/** Which of them are to be told of a request. */
export const toldOf = (asked: Iterable<Asked>, request: Request): { key: string; request: Request }[] =>
  Array.from(asked)
    .filter(({ status }) => request === 'cancel' || status === TOLD_TO[request])
    .map(({ key }) => ({ key, request }));

/** What a child was refused for, with the type of its error before it. */
export function refusalOf(error: string): WorkflowFault {
  const [, type = 'ActionExecutionException', message = error] = /^(\w+(?:Error|Exception)): (.*)$/s.exec(error) ?? [];
  return new WorkflowFault(type, message);
}
