// operator/controllers/run-go-on.ts — an Execution that is to run some tasks of another again → the other's run, from there on.
import type { RequestContext } from '../api/execution.ts';
import type { Execution } from '../api/kinds.ts';
import { isFinal, type Live as LiveExecution, parseExecution } from '../domain/execution/parse.ts';
import { sameJson } from '../kube/json.ts';
import { type AwaitingRun, engineFault, invalid, nowOf, type OpenOptions, type RefusedRun } from './run-live.ts';
import { type OpenedRun, reopen, type Reopened } from './run-reopen.ts';
import { settle } from './run-settle.ts';

/** A run that goes on from some tasks of another: its journal begins with the other's. */
export async function goOn(
  execution: LiveExecution,
  home: string,
  options: OpenOptions,
): Promise<OpenedRun | RefusedRun | AwaitingRun> {
  const { metadata, spec } = execution;
  const { namespace = '' } = metadata;
  const { rerun = {}, cause, action } = spec.request;
  const name = cause?.rerunOf;
  if (name === undefined)
    return invalid('spec.request.rerun: name the Execution that it goes on from, in spec.request.cause.rerunOf');
  const other = await options.store.execution(`${namespace}/${name}`);
  const state = other?.status?.workflow;
  if (!other || !state || other.spec.request.action !== action)
    return invalid(`spec.request.cause.rerunOf: Execution "${name}" is not there, or did not run Workflow "${action}"`);
  if (!isFinal(other.status?.phase ?? 'Requested'))
    return invalid(
      `Unable to rerun workflow execution "${other.metadata.uid}" because it is not in a completed state. Wait for its end, or cancel it`,
    );
  const opened = await reopen(execution, other, { ...state, home }, options);
  const strayed = await straysBy(opened, execution, { last: other, state: { ...state, home }, options });
  if (strayed) {
    const { cause: what, remedy } = STRAYED[strayed];
    return invalid(
      `spec.request.${strayed}: ${what} Execution "${name}" would not have come to the same tasks; ${remedy}`,
    );
  }
  if ('reason' in opened) return opened;
  const { live } = opened;
  if (!live.run.whyNotRerun) return invalid(`${opened.engine} has no rerun from tasks; run it again as a whole`);
  const held = await settle(live, other, options);
  if (held) return held;
  const why = live.run.whyNotRerun(rerun.tasks);
  if (why !== undefined) {
    const rule = `It goes on with the definition that Execution "${name}" began with; for another one run it again as a whole`;
    return invalid(`spec.request.rerun: ${why.replace(/\.?$/, '.')} ${rule}`);
  }
  const atMs = Math.max(live.lastAtMs, nowOf(options).getTime() - live.startedAtMs);
  try {
    live.record({ atMs, entry: { is: 'rerun', ...rerun }, of: `${other.metadata.name}/${other.metadata.uid}` });
  } catch (error) {
    return engineFault(error);
  }
  return opened;
}

const STRAYED = {
  parameters: { cause: 'with these', remedy: 'change others, or run it again as a whole' },
  context: { cause: 'in this name', remedy: 'run it again as a whole' },
} as const;

/** With other parameters, or in another name, a replay may ask for other children: what the first ones returned must not be
 * taken for theirs. @returns what of the request leads another way */
async function straysBy(
  opened: OpenedRun | RefusedRun,
  execution: LiveExecution,
  { last, state, options }: { readonly last: Execution; readonly state: Reopened; readonly options: OpenOptions },
): Promise<keyof typeof STRAYED | undefined> {
  const isOther = (of: ({ spec }: Execution) => unknown) => !sameJson(of(execution), of(last));
  const differs = isOther(({ spec }) => spec.request.parameters ?? {})
    ? 'parameters'
    : isOther(({ spec }) => seenOf(spec.request.context))
      ? 'context'
      : undefined;
  const parsed = differs && parseExecution(last);
  if (!parsed?.ok) return undefined;
  const first = await reopen(parsed.execution, last, state, options);
  if ('reason' in first) return undefined; // it has no journal to go on with, whatever is asked for
  return 'live' in opened && sameJson(opened.live.keys, first.live.keys) ? undefined : differs;
}

/** What expressions see of a context that is not another one for each Execution. */
const seenOf = ({ user, apiUser, sourceChannel, trigger, trace }: RequestContext = {}) => ({
  user,
  apiUser,
  sourceChannel,
  trigger,
  trace: trace?.tag,
});
