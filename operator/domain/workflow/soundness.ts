// operator/domain/workflow/soundness.ts — children that were asked for → those that cannot be made are refused before anything is.
import { SecretValue } from '../../api/action.ts';
import type { Action, Workflow } from '../../api/kinds.ts';
import { refOf } from '../../api/meta.ts';
import { TASK_MAX_BYTES } from '../../api/envelope.ts';
import { JOURNAL_LINES_MAX } from '../../api/execution.ts';
import type { Reason } from '../../api/reasons.ts';
import { secretNames } from '../action/runner-parameters.ts';
import type { Entries } from '../datastore/entry.ts';
import { hasMark, MASK, misplacedInTask, withoutMarks } from '../datastore/handed-on.ts';
import { bytesOf } from '../result/result.ts';
import { actionContext, askedOf } from '../action/action-context.ts';
import { disabledText } from '../action/disabled.ts';
import type { RequestedConfig } from '../action/requested-config.ts';
import { type Refusal, resolveParameters } from '../action/resolve.ts';
import type { Live as LiveExecution } from '../execution/parse.ts';
import { parseTaskNotify } from '../notify/handed-on.ts';
import { requestedParameters } from './begin.ts';
import { childDraft } from './children.ts';
import type { Entry } from './engine.ts';
import { jsonOf } from './json.ts';
import type { LiveChild, LiveRun } from './live.ts';
import { hasRunEnded } from './plan.ts';

export interface WorkflowLimits {
  /** Children of one run, in all. */
  readonly tasks: number;
  /** Variables of one run, in bytes of JSON. */
  readonly contextBytes: number;
  /** Workflows in workflows. */
  readonly depth: number;
}

/** What children are checked against. */
export interface Surroundings {
  readonly execution: LiveExecution;
  /** Whether there is an Execution of the name: what was made was right when it was, whatever has changed since. */
  readonly isThere: (name: string) => boolean;
  /** What a reference means where the run is. */
  readonly callable: (ref: string) => Action | Workflow | undefined;
  readonly nowMs: number;
  /** The datastore as it is now. Default: an empty one. */
  readonly entries?: Entries;
  /** The configuration of the pack of what is run. Default: none. */
  readonly configOf?: (target: Action | Workflow) => Omit<RequestedConfig, 'isHandedOn'> | undefined;
}

/** Largest input of a child, in bytes of JSON: an object of Kubernetes holds no more than 1.5 MiB. */
const INPUT_MAX_BYTES = TASK_MAX_BYTES;
/** Rounds of refused children in one look. */
const ROUNDS_MAX = 1000;
/** Lines of the journal that one look may add beside one for each child under way. */
const LINES_SPARE = ROUNDS_MAX + 10;

interface Ended {
  readonly reason: Reason;
  readonly message: string;
}

/**
 * Tells the run of each child that cannot be made, until it asks for none of that kind any more. @returns why it ends: it would ask for
 * such children for ever
 */
export function refuseWrong(live: LiveRun, atMs: number, around: Surroundings): Ended | undefined {
  const checked = new Set<LiveChild>();
  for (let round = 0; !hasRunEnded(live.status); round++) {
    let found: Refused | undefined;
    for (const child of live.open) {
      if (child.index < live.sound || checked.has(child) || around.isThere(child.name)) continue;
      checked.add(child);
      found = faultIn(child, live, around);
      if (found) break;
    }
    if (!found) {
      live.sound = live.size;
      break;
    }
    if (round === ROUNDS_MAX) return { reason: 'WorkflowLimit', message: endlessText(found) };
    live.record({ atMs, entry: found });
  }
  return undefined;
}

type Refused = Extract<Entry, { readonly is: 'refused' }>;

const endlessText = ({ key, error }: Refused): string =>
  `more than ${ROUNDS_MAX} of its tasks in a row could not be made, the last one "${key}": ${error.slice(0, 500)}. Correct it, or end the loop`;

function faultIn(asked: LiveChild, live: LiveRun, around: Surroundings): Refused | undefined {
  const { child } = asked;
  const { key, action: ref } = child;
  const refused = (error: string): Refused => ({ is: 'refused', key, error: withoutMarks(error) });
  let parameters: Readonly<Record<string, unknown>>;
  try {
    parameters = jsonOf(child.input);
  } catch (error) {
    return refused(`The input of task "${child.task}" is no JSON: ${(error as Error).message}`);
  }
  const foreign = Object.entries(parameters).find(([, value]) => isForeign(value, live));
  if (foreign) return refused(foreignText(foreign[0]));
  const bytes = bytesOf(JSON.stringify(parameters));
  if (bytes > INPUT_MAX_BYTES)
    return refused(
      `The input of task "${child.task}" has ${bytes} bytes, more than ${INPUT_MAX_BYTES}; hand large values over by reference`,
    );
  const marked = Object.entries(parameters).find(([, value]) => hasMark(value));
  if (marked) return refused(misplacedInTask(`parameters.${marked[0]}`));
  const told = parseTaskNotify(child.notify);
  if ('fault' in told) return refused(told.fault);
  if (ref === undefined) return undefined;
  const target = around.callable(ref);
  if (!target) return { ...refused(`Unable to find action "${ref}".`), reason: 'unknown' };
  const open = Object.entries(parameters).find(([name, value]) => isShown(name, value, target, live));
  if (open) return refused(misplacedInTask(`parameters.${open[0]}`));
  // What goes on from an earlier child does so with the definition of that one.
  if (child.again) return undefined;
  if (!target.spec.enabled) return refused(disabledText(ref, target));
  const masked = Object.entries(parameters).find(([name, value]) => isMasked(value) && isSecret(name, target));
  if (masked) return refused(maskedText(masked[0]));
  const wrong = refusalOf(asked, target, live, around);
  if (!wrong) return undefined;
  const isUncast = wrong.uncast !== undefined && Object.hasOwn(parameters, wrong.uncast);
  return { ...refused(wrong.message), ...(isUncast && { reason: 'uncast' }) };
}

/** Why its Execution would not run with these parameters. */
function refusalOf(
  asked: LiveChild,
  target: Action | Workflow,
  live: LiveRun,
  around: Surroundings,
): Refusal | undefined {
  const { metadata, spec } = childDraft(around.execution, asked, live.engine);
  const { request } = spec;
  const { parameters = {} } = request;
  const context = askedOf({ metadata, spec });
  const { entries } = around;
  const world = { nowMs: around.nowMs, seed: 0 };
  const config = around.configOf?.(target);
  if ('engine' in target.spec) {
    const { engine, parameters: declared } = target.spec;
    const namesConfig = JSON.stringify(declared).includes('config_context');
    const pinned = { ref: request.action, engine, parameters: declared };
    const began = requestedParameters({ ...context, request }, pinned, {
      world,
      entries,
      config: namesConfig ? config : undefined,
    });
    return began.ok ? undefined : began;
  }
  const action = target as Action;
  const resolved = resolveParameters(action.spec, {
    ref: refOf(action),
    parameters,
    rendered: false,
    context: { action_context: actionContext(context, action), config_context: {} },
    ...(config && { config: { ...config, isHandedOn: false } }),
    entries,
    world,
  });
  return resolved.ok ? undefined : resolved;
}

/** The operator makes the children, and may name any Secret; who wrote the definition, or what a task returned, may not. */
const isForeign = (value: unknown, live: LiveRun): boolean => {
  const reference = SecretValue.safeParse(value);
  return reference.success && !live.mayHandOn(reference.data);
};

/** What was decrypted or given, for a parameter that is not secret: the child would get the reference and not the value. */
function isShown(name: string, value: unknown, target: Action | Workflow, live: LiveRun): boolean {
  const reference = SecretValue.safeParse(value);
  return reference.success && live.hasDecrypted(reference.data) && !isSecret(name, target);
}

function isSecret(name: string, target: Action | Workflow): boolean {
  if (target.kind === 'Action') return secretNames(target as Action).includes(name);
  const declared = Object.hasOwn(target.spec.parameters, name) ? target.spec.parameters[name] : undefined;
  return declared?.secret === true;
}

/** It comes from a result, in which nobody may see a secret. */
const isMasked = (value: unknown): boolean => typeof value === 'string' && value.includes(MASK);

const maskedText = (parameter: string): string =>
  `parameters.${parameter}: a secret does not come back from an action or a workflow, its result has ${MASK} in its place; hand on the parameter of this workflow, or the entry of the datastore, that the secret came from`;

const foreignText = (parameter: string): string =>
  `parameters.${parameter}: a workflow may hand on only those references to Secrets that it was given; make it a secret parameter of the Workflow`;

/** Why a run that has become too large ends; undefined: it may go on. */
export function limitReached(live: LiveRun, limits: WorkflowLimits): Ended | undefined {
  if (live.size > limits.tasks)
    return { reason: 'WorkflowLimit', message: `it has more than ${limits.tasks} tasks and items; split the workflow` };
  const lines = live.journal.length + live.counts.running + LINES_SPARE;
  if (lines > JOURNAL_LINES_MAX) {
    const message = `so much has happened to it that its journal is full, with ${live.journal.length} entries; split the workflow`;
    return { reason: 'WorkflowLimit', message };
  }
  const bytes = live.run.contextBytes();
  if (bytes <= limits.contextBytes) return undefined;
  const message = `its variables take ${bytes} bytes, more than ${limits.contextBytes}; publish less`;
  return { reason: 'WorkflowLimit', message };
}
