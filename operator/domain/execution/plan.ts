// operator/domain/execution/plan.ts — Execution → Job → end. Everything is decided here, nothing is done here.
import { actionFault } from '../action/judge.ts';
import { disabledText } from '../action/disabled.ts';
import type { Refusal } from '../action/resolve.ts';
import { effectiveSchemas } from '../action/runner-parameters.ts';
import { nameUsedIn } from '../action/template-fault.ts';
import type { Action } from '../../api/kinds.ts';
import { jobFor, resolveFor } from '../job/job.ts';
import { runsFilesOfPack } from '../job/pack-parts.ts';
import { withDueEvents } from '../notify/due.ts';
import { planAttempt } from './attempt.ts';
import { type End, endAttempt, requestedAt } from './end.ts';
import type { ExecutionPlan, ObservedExecution } from './observed.ts';
import { isFinal, parseExecution } from './parse.ts';
import { JOB_DELETED } from './result.ts';
import { deleteOf, earlier, type Scene, sceneOf, validAction } from './scene.ts';
import { cancel, planPoison, settle, sooner } from './settle.ts';

/** An Action that was applied together with the Execution may be seen a little later, in ms. */
const ACTION_LAG_MS = 3_000;
/** A runner whose result is stored ends within this time, in ms. */
const EXIT_MS = 10_000;
/** First look after a Job was made: what a watch does not tell, in ms. */
const FIRST_LOOK_MS = 20_000;

/** Never throws; with a `look` there is nothing to write: answer it and plan again. */
export function planExecution(observed: ObservedExecution, now: Date): ExecutionPlan {
  const plan = decide(observed, now);
  const { self, audience, action } = observed;
  const listening = { audience, callee: action };
  return plan.status ? { ...plan, status: withDueEvents(self, plan.status, listening) } : plan;
}

function decide(observed: ObservedExecution, now: Date): ExecutionPlan {
  if (observed.self.metadata.deletionTimestamp !== undefined) return {};
  const parsed = parseExecution(observed.self);
  if (!parsed.ok) return planPoison(observed, parsed, now);
  const { execution } = parsed;
  const scene = sceneOf(observed, execution, now);
  if (isFinal(execution.status.phase)) return settle(scene);
  if (execution.spec.control === 'cancel' || execution.status.phase === 'Canceling') return cancel(scene);
  return scene.job ? planAttempt(scene, scene.job) : planAbsence(scene);
}

function finish(scene: Scene, end: End): ExecutionPlan {
  return endAttempt(scene.self, validAction(scene), end, scene.now);
}

const refuse = (scene: Scene, reason: End['reason'], message: string): ExecutionPlan =>
  finish(scene, { phase: 'Failed', reason, message, isCertain: true });

/** The current attempt has no Job: not yet, or no more. */
function planAbsence(scene: Scene): ExecutionPlan {
  const { self, observed, jobName, named, now } = scene;
  const { status } = self;
  if (named) {
    const message = `a Job named "${jobName}" exists and is not ours; delete it (kubectl delete job -n ${self.metadata.namespace} ${jobName}) and re-run the Execution`;
    return refuse(scene, 'NameTaken', message);
  }
  if (observed.refused?.job === jobName) {
    const { reason, message } = observed.refused;
    return finish(scene, { phase: 'Failed', reason, message, isCertain: reason === 'NameTaken' });
  }
  if (status.phase === 'Running' || observed.lostJob === jobName) {
    if (observed.missing !== jobName) return { look: { at: 'job', name: jobName }, requeueAfterMs: 1000 };
    return finish(scene, { phase: 'Failed', reason: 'JobDeleted', message: JOB_DELETED });
  }
  const wait = Date.parse(status.notBefore ?? '') - now.getTime();
  return start(scene, wait > 0 ? wait : 0);
}

/** The Job of the attempt, when its time has come and nothing of an earlier attempt runs. */
function start(scene: Scene, waitMs: number): ExecutionPlan {
  const { self, action, observed, now } = scene;
  const tidy = tidyUp(scene);
  if (waitMs > 0) return { writes: tidy.writes, requeueAfterMs: sooner(Math.min(waitMs, tidy.againMs)) };
  if (tidy.isBlocked) return { writes: tidy.writes, requeueAfterMs: 1000 };
  const ref = self.spec.request.action;
  if (action === undefined) {
    const age = now.getTime() - requestedAt(self);
    if (age >= 0 && age < ACTION_LAG_MS) return { requeueAfterMs: sooner(ACTION_LAG_MS - age) };
    return refuse(
      scene,
      'ActionNotFound',
      `spec.request.action: no Action has the reference "${ref}" in namespace ${self.metadata.namespace}; create it or correct the reference`,
    );
  }
  if (typeof action === 'string') return refuse(scene, 'ActionInvalid', `Action "${ref}" is not valid: ${action}`);
  if (!action.spec.enabled) return refuse(scene, 'ActionDisabled', disabledText(ref, action));
  const fault = actionFault(action);
  if (fault !== undefined) return refuse(scene, 'ActionInvalid', `Action "${ref}" is not valid: ${fault}`);
  if (action.spec.runner === 'noop') return doNothing(scene, action);
  const [wrong] = observed.configFaults ?? [];
  // A command has its parameters only; it need not know of a configuration, unless they name it.
  const isCommand = action.spec.runner === 'local-shell-cmd';
  if (wrong !== undefined && !isCommand && runsFilesOfPack(action.spec)) return refuse(scene, 'ConfigInvalid', wrong);
  const made = jobFor(self, action, self.status.attempt, observed.settings, now, observed);
  if (!made.ok) return refuse(scene, ...whyNot(scene, action, made));
  return { writes: [...tidy.writes, { do: 'create', object: made.job }], requeueAfterMs: FIRST_LOOK_MS };
}

/** Templates that name a configuration which is wrong fail for that, in the words that all actions of the pack fail with. */
function whyNot(
  { self, observed }: Scene,
  action: Action,
  { reason, message }: Refusal,
): readonly [End['reason'], string] {
  const [wrong] = observed.configFaults ?? [];
  if (wrong === undefined || reason !== 'RenderFailed') return [reason, message];
  const { parameters, context } = self.spec.request;
  const defaults = Object.values(effectiveSchemas(action.spec)).map((schema) => schema['default']);
  const templates = context?.trigger === undefined ? [defaults, parameters] : [defaults];
  return nameUsedIn(templates, ['config_context']) === undefined ? [reason, message] : ['ConfigInvalid', wrong];
}

/** An action that does nothing has nothing to run: it is done when its parameters are right. */
function doNothing(scene: Scene, action: Action): ExecutionPlan {
  const resolved = resolveFor(scene.self, action, scene.now, scene.observed);
  if (!resolved.ok) return refuse(scene, ...whyNot(scene, action, resolved));
  const stored = { inline: { failed: false, succeeded: true, return_code: 0 } };
  const message = 'there was nothing to do';
  return finish(scene, { phase: 'Succeeded', reason: 'ActionSucceeded', message, stored });
}

/** Reasons that a runner gives itself: its process had ended then. */
const BY_RUNNER: readonly string[] = ['ActionFailed', 'ActionTimedOut', 'ActionAbandoned'];

/** Jobs of earlier attempts go when their pods have ended or after 10 s; what still runs there keeps the next one back. */
function tidyUp(scene: Scene) {
  const { self, now } = scene;
  const { jobs, live } = earlier(scene);
  const last = self.status.attempts?.at(-1);
  const age = now.getTime() - Date.parse(last?.endedAt ?? '');
  const isLate = !(age < EXIT_MS);
  const idle = jobs.filter(
    (job) => isLate || !live.some((pod) => pod.metadata.ownerReferences?.some(({ uid }) => uid === job.metadata.uid)),
  );
  const byRunner = BY_RUNNER.includes(last?.reason ?? '') && validAction(scene)?.spec.runner !== 'container';
  return {
    writes: idle.map(deleteOf),
    isBlocked: live.length > 0 && !byRunner,
    againMs: jobs.length > idle.length ? EXIT_MS - age : Number.POSITIVE_INFINITY,
  };
}
