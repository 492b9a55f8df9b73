// operator/domain/workflow/soundness.ts — children that were asked for → those that cannot be made are refused before anything is.
import { SecretValue } from '../../api/action.ts';
import type { Action, Workflow } from '../../api/kinds.ts';
import { TASK_MAX_BYTES } from '../../api/envelope.ts';
import type { Reason } from '../../api/reasons.ts';
import { secretNames } from '../action/runner-parameters.ts';
import type { Entries } from '../datastore/entry.ts';
import { hasMark, misplaced } from '../datastore/handed-on.ts';
import { bytesOf } from '../result/result.ts';
import { actionContext } from '../action/action-context.ts';
import type { RequestedConfig } from '../action/requested-config.ts';
import { resolveParameters } from '../action/resolve.ts';
import type { Live as LiveExecution } from '../execution/parse.ts';
import { parseTaskNotify } from '../notify/handed-on.ts';
import type { Child, Entry } from './engine.ts';
import { jsonOf } from './json.ts';
import type { LiveChild, LiveRun } from './live.ts';

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
  /** The configuration of an action's pack. Default: none. */
  readonly configOf?: (action: Action) => Omit<RequestedConfig, 'isHandedOn'> | undefined;
}

/** Largest input of a child, in bytes of JSON: an object of Kubernetes holds no more than 1.5 MiB. */
const INPUT_MAX_BYTES = TASK_MAX_BYTES;
/** Rounds of refused children in one look. */
const ROUNDS_MAX = 1000;

/** Tells the run of each child that cannot be made, until it asks for none of that kind any more. */
export function refuseWrong(live: LiveRun, atMs: number, around: Surroundings): void {
  const checked = new Set<LiveChild>();
  for (let round = 0; round < ROUNDS_MAX; round++) {
    let found: Entry | undefined;
    for (const child of live.open) {
      if (child.index < live.sound || checked.has(child) || around.isThere(child.name)) continue;
      checked.add(child);
      found = faultIn(child.child, live, around);
      if (found) break;
    }
    if (!found) break;
    live.record({ atMs, entry: found });
  }
  live.sound = live.size;
}

function faultIn(child: Child, live: LiveRun, around: Surroundings): Entry | undefined {
  const { key, action: ref } = child;
  const refused = (error: string): Entry => ({ is: 'refused', key, error });
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
  if (marked) return refused(misplaced(`parameters.${marked[0]}`));
  const told = parseTaskNotify(child.notify);
  if ('fault' in told) return refused(told.fault);
  if (ref === undefined) return undefined;
  const target = around.callable(ref);
  if (!target) return { is: 'refused', key, reason: 'unknown', error: `Unable to find action "${ref}".` };
  const open = Object.entries(parameters).find(([name, value]) => isShown(name, value, target, live));
  if (open) return refused(misplaced(`parameters.${open[0]}`));
  if (target.kind !== 'Action') return undefined;
  const action = target as Action;
  const config = around.configOf?.(action);
  const resolved = resolveParameters(action.spec, {
    ref,
    parameters,
    rendered: false,
    context: { action_context: actionContext(around.execution.spec.request.context, action), config_context: {} },
    ...(config && { config: { ...config, isHandedOn: false } }),
    entries: around.entries,
    world: { nowMs: around.nowMs, seed: 0 },
  });
  return resolved.ok ? undefined : refused(resolved.message);
}

/** The operator makes the children, and may name any Secret; who wrote the definition, or what a task returned, may not. */
const isForeign = (value: unknown, live: LiveRun): boolean => {
  const reference = SecretValue.safeParse(value);
  return reference.success && !live.mayHandOn(reference.data);
};

/** What was decrypted, for a parameter that is not secret: the child would get the reference and not the value. */
function isShown(name: string, value: unknown, target: Action | Workflow, live: LiveRun): boolean {
  const reference = SecretValue.safeParse(value);
  if (!reference.success || !live.hasDecrypted(reference.data)) return false;
  if (target.kind === 'Action') return !secretNames(target as Action).includes(name);
  const declared = Object.hasOwn(target.spec.parameters, name) ? target.spec.parameters[name] : undefined;
  return declared?.secret !== true;
}

const foreignText = (parameter: string): string =>
  `parameters.${parameter}: a workflow may hand on only those references to Secrets that it was given; make it a secret parameter of the Workflow`;

/** Why a run that has become too large ends; undefined: it may go on. */
export function limitReached(
  live: LiveRun,
  limits: WorkflowLimits,
): { readonly reason: Reason; readonly message: string } | undefined {
  if (live.size > limits.tasks)
    return { reason: 'WorkflowLimit', message: `it has more than ${limits.tasks} tasks and items; split the workflow` };
  const bytes = live.run.contextBytes();
  if (bytes <= limits.contextBytes) return undefined;
  const message = `its variables take ${bytes} bytes, more than ${limits.contextBytes}; publish less`;
  return { reason: 'WorkflowLimit', message };
}
