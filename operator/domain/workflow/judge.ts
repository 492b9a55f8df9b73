// operator/domain/workflow/judge.ts — Workflow → whether it can be run, as its condition Ready.
import type { Action, Workflow } from '../../api/kinds.ts';
import { type KubeObject, refOf } from '../../api/meta.ts';
import { WorkflowSpec, type WorkflowStatus } from '../../api/workflow.ts';
import { parametersDoubt, parametersFault } from '../action/parameters-fault.ts';
import { specParser } from '../action/parse-spec.ts';
import { ACCEPTED, doubtful, planVerdict, refTaken, type Verdict } from '../action/verdict.ts';
import type { Value } from '../expression/python/values.ts';
import type { Plan } from '../plan.ts';
import type { Finding } from './engine.ts';
import { findingsText } from './findings-text.ts';
import { lookupIn } from './inspect-content.ts';
import type { Opened } from './inspect-source.ts';
import { openDefinition } from './inspect.ts';
import { byType } from './orquesta/findings.ts';
import { ENGINE_PARAMETERS } from './runner-parameters.ts';

export interface ObservedWorkflow {
  readonly self: Workflow;
  /** All Actions and Workflows of the namespace that have the same reference, itself among them. */
  readonly sameRef: readonly KubeObject[];
  /** What the references in its definition mean; those that mean nothing are not there. */
  readonly called: ReadonlyMap<string, Action | Workflow>;
  /** References of Workflows that run each other, from itself back to itself; undefined: none do. */
  readonly cycle: readonly string[] | undefined;
}

/** Never throws. */
export const planWorkflow = (observed: ObservedWorkflow, now: Date): Plan<WorkflowStatus> =>
  planVerdict(observed.self, judge(observed), now);

/** The Workflow with its defaults, or what of it does not fit its schema; remembered for each version. */
export const parseWorkflow: (raw: KubeObject) => Workflow | string = specParser<WorkflowSpec>(WorkflowSpec);

function judge(observed: ObservedWorkflow): Verdict {
  const { self, sameRef } = observed;
  const fault = refTaken(self, refOf(self), sameRef) ?? workflowFault(observed);
  if (fault) return { reason: fault.reason, message: fault.message };
  const { parameters, engine } = self.spec;
  return warningOf(observed) ?? doubtful(parametersDoubt(parameters, ENGINE_PARAMETERS[engine])) ?? ACCEPTED;
}

/** What will go wrong in a task when it is reached; until then it may have been mended. */
function warningOf({ self, called }: ObservedWorkflow): Verdict | undefined {
  const { warnings } = contentsOf({ self, called });
  if (warnings.length === 0) return undefined;
  const message = `It can be run, but tasks will fail: ${findingsText(warnings, definitionOf(self))}${MEND}`;
  return { reason: 'AcceptedWithWarnings', message, isUsable: true };
}

const MEND = ' Create the action, or correct the definition: it is judged again by itself';

const contentsOf = ({ self, called }: Pick<ObservedWorkflow, 'self' | 'called'>) =>
  openedWorkflow(self).contents(lookupIn((ref) => called.get(ref)));

/** Why it is not run. */
interface Fault extends Verdict {
  /** Of inspection, in StackStorm's order. */
  readonly findings?: readonly Finding[];
}

/** What is wrong with a Workflow by itself, or beside what it runs. */
export function workflowFault({ self, called, cycle }: Omit<ObservedWorkflow, 'sameRef'>): Fault | undefined {
  const fault = ownFault(self);
  if (fault) return fault;
  if (cycle) {
    const message = `It would run itself: ${cycle.join(' → ')}; take one of these references out`;
    return { reason: 'ReferenceCycle', message };
  }
  const { refusals } = contentsOf({ self, called });
  return refusals.length === 0
    ? undefined
    : { reason: 'ContentInvalid', message: findingsText(refusals, definitionOf(self)), findings: byType(refusals) };
}

const faults = new WeakMap<object, { readonly fault: Fault | undefined }>();

/** Whatever else there is; remembered for each spec. */
function ownFault(self: Workflow): Fault | undefined {
  const known = faults.get(self.spec);
  if (known) return known.fault;
  const fault = findFault(self);
  faults.set(self.spec, { fault });
  return fault;
}

function findFault(self: Workflow): Fault | undefined {
  const { parameters, engine } = self.spec;
  const fault = parametersFault(parameters, ENGINE_PARAMETERS[engine]);
  if (fault !== undefined) return { reason: 'SchemaInvalid', message: fault };
  const { findings } = openedWorkflow(self);
  return findings.length === 0
    ? undefined
    : { reason: 'DefinitionInvalid', message: findingsText(findings, definitionOf(self)), findings: byType(findings) };
}

const definitionOf = ({ spec }: Workflow): Value => spec.definition as Value;

const opened = new WeakMap<object, Opened>();

function openedWorkflow(self: Workflow): Opened {
  const { spec } = self;
  let known = opened.get(spec);
  if (known) return known;
  const { engine, workflow } = spec;
  const isNamedLater = Object.hasOwn(spec.parameters, 'workflow');
  const source = { definition: { value: definitionOf(self) }, ref: refOf(self), workflow, isNamedLater };
  known = openDefinition(engine, source);
  opened.set(spec, known);
  return known;
}

/** References that its definition names, each once, in alphabetical order; those that an expression gives are not known. */
export const referencesOf = (self: Workflow): readonly string[] =>
  [...new Set(openedWorkflow(self).calls.map(({ ref }) => ref))].sort();
