// cli/run.ts — action and parameters, or an Execution that was there before → what is asked for now.
import { randomUUID } from 'node:crypto';
import type { ExecutionRequest } from '../operator/api/execution.ts';
import { Execution } from '../operator/api/kinds.ts';
import { API_VERSION } from '../operator/api/meta.ts';
import { findAction } from './action.ts';
import { Failure } from './failure.ts';
import { call, collection } from './kube.ts';
import { parseParameters } from './parameters.ts';
import { isFinal, phaseOf } from './result.ts';
import { ownName, type Session } from './session.ts';
import { startExecution, type StartOptions } from './start.ts';

export interface RunOptions extends Omit<StartOptions, 'isWorkflow'> {
  readonly inheritEnv?: boolean;
  readonly traceTag?: string;
  readonly traceId?: string;
  readonly user?: string;
}

/** Runs an action; the exit code is the execution's. */
export async function runAction(
  session: Session,
  word: string,
  words: readonly string[],
  options: RunOptions,
): Promise<number> {
  const { ref, schemas, isWorkflow } = await findAction(session, word);
  const given = parseParameters(words, schemas);
  const parameters = options.inheritEnv
    ? { ...given, env: { ...inheritedEnv(), ...(given['env'] as object | undefined) } }
    : given;
  const request = { action: ref, parameters, context: await contextOf(session, options) };
  return startExecution(session, request, { ...options, isWorkflow });
}

export interface RerunOptions extends RunOptions {
  /** Goes on from these tasks; true: from those that failed. */
  readonly tasks?: readonly string[] | true;
  readonly reset?: readonly string[];
}

/** Runs what an Execution ran once more, with some parameters changed; of a workflow, if so asked, only some tasks and what follows. */
export async function rerunExecution(
  session: Session,
  name: string,
  words: readonly string[],
  options: RerunOptions,
): Promise<number> {
  const path = `${collection(API_VERSION, session.namespace, Execution.plural)}/${encodeURIComponent(name)}`;
  const execution = await call<Execution>(session.to, `get Execution ${name}`, path);
  const { action, parameters: before, context, workflow } = execution.spec.request;
  const rerun = rerunOf(execution, options);
  const { schemas } = words.length > 0 ? await findAction(session, action) : { schemas: undefined };
  const traced = {
    ...(context?.trace?.tag !== undefined && { traceTag: context.trace.tag }),
    ...(context?.trace && { traceId: context.trace.id }),
  };
  const request = {
    action,
    parameters: { ...before, ...parseParameters(words, schemas) },
    context: await contextOf(session, { ...traced, ...options }),
    cause: { depth: 0, rerunOf: name },
    ...(workflow !== undefined && { workflow }),
    ...(rerun && { rerun }),
  };
  return startExecution(session, request, { ...options, isWorkflow: execution.status?.workflow !== undefined });
}

function rerunOf(execution: Execution, { tasks, reset }: RerunOptions): ExecutionRequest['rerun'] {
  if (tasks === undefined && reset === undefined) return undefined;
  const { name } = execution.metadata;
  if (!isFinal(execution))
    throw new Failure(`Execution ${name}: it goes on (${phaseOf(execution)}); wait for its end, or cancel it`);
  if (!execution.status?.workflow)
    throw new Failure(`Execution ${name}: it ran no workflow; re-run it without --tasks and --reset`);
  const strange = Array.isArray(tasks) ? reset?.filter((task) => !tasks.includes(task)) : undefined;
  if (strange && strange.length > 0)
    throw new Failure(`--reset ${strange.join(' ')}: name only tasks that --tasks names`, { exitCode: 2 });
  return {
    ...(Array.isArray(tasks) && { tasks: [...(tasks as readonly string[])] }),
    ...(reset && { reset: [...reset] }),
  };
}

async function contextOf(
  session: Session,
  options: Partial<RunOptions>,
): Promise<NonNullable<ExecutionRequest['context']>> {
  const user = options.user ?? (await ownName(session));
  const { traceTag, traceId } = options;
  return {
    ...(user !== undefined && { user }),
    ...((traceTag ?? traceId) !== undefined && {
      trace: { id: traceId ?? randomUUID(), ...(traceTag !== undefined && { tag: traceTag }) },
    }),
  };
}

/** The caller's environment without what only this machine can use. */
const inheritedEnv = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(PATH|HOME|PWD|OLDPWD|SHLVL|_|KUBECONFIG|npm_.*|SQUALL_.*)$/.test(name),
    ),
  );
