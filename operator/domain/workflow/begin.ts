// operator/domain/workflow/begin.ts — an Execution of a Workflow → what its run begins with, or why it cannot.
import type { SecretValue } from '../../api/action.ts';
import type { Execution } from '../../api/kinds.ts';
import { GROUP } from '../../api/meta.ts';
import { secretMark } from '../../api/envelope.ts';
import type { Entries } from '../datastore/entry.ts';
import { type Refusal, resolveDeclared } from '../action/resolve.ts';
import type { World } from '../expression/evaluation.ts';
import type { Plain } from '../expression/python/values.ts';
import type { Live as LiveExecution } from '../execution/parse.ts';
import type { Beginning } from './engine.ts';
import type { Pinned } from './pinned.ts';
import { ENGINE_PARAMETERS } from './runner-parameters.ts';

export interface Began {
  readonly ok: true;
  readonly parameters: Plain;
  /** References to Secrets that it was given, as JSON: no other may be handed on. */
  readonly references: ReadonlySet<string>;
}

/** Values of all parameters; secret ones stay references, to be handed on whole. Never throws. */
export function parametersOf(
  execution: LiveExecution,
  { ref, engine, parameters }: Pinned,
  { entries, ...world }: World & { readonly entries?: Entries | undefined },
): Began | Refusal {
  const { request } = execution.spec;
  const resolved = resolveDeclared(
    { runner: ENGINE_PARAMETERS[engine], parameters },
    {
      ref,
      parameters: request.parameters ?? {},
      // Of an event and of another workflow they are data; and orquesta renders a parent's input by itself.
      rendered: request.context?.trigger !== undefined,
      context: { action_context: { user: userOf(execution) }, config_context: {} },
      entries,
      world,
    },
  );
  if (!resolved.ok) return resolved;
  const marks = new Map(
    Object.entries(resolved.secrets).map(([name, { name: secret, key }]) => {
      const reference: SecretValue = { valueFrom: { secretKeyRef: { name: secret, key } } };
      return [secretMark(name), reference];
    }),
  );
  const all = { ...resolved.runnerParameters, ...resolved.actionParameters };
  const whole = Object.entries(all).map(([name, value]) => [
    name,
    typeof value === 'string' && marks.has(value) ? marks.get(value) : value,
  ]);
  const references = new Set([...marks.values()].map((reference) => JSON.stringify(reference)));
  return { ok: true, parameters: Object.fromEntries(whole) as Plain, references };
}

/** In whose name it runs: whose entries of the datastore st2kv.user are. */
export const userOf = ({ spec }: Execution): string => spec.request.context?.user ?? `system:${GROUP}`;

/** StackStorm's variables of a workflow: `st2` and `parent`. */
export function beginningOf(
  execution: Execution,
  workflow: { readonly ref: string; readonly engine: string },
  { parameters, serviceUrl }: { readonly parameters: Plain; readonly serviceUrl: string },
): Beginning {
  const { uid, namespace = '' } = execution.metadata;
  const { context = {} } = execution.spec.request;
  const user = userOf(execution);
  const pack = workflow.ref.slice(0, workflow.ref.indexOf('.'));
  const st2 = {
    action_execution_id: uid,
    workflow_execution_id: uid,
    api_url: `${serviceUrl}/ns/${namespace}/api/v1`,
    user,
    pack,
    action: workflow.ref,
    runner: workflow.engine,
  };
  const parent = {
    user,
    pack,
    execution_id: uid,
    ...(context.parent ? { parent: { execution_id: context.parent.uid, name: context.parent.name } } : {}),
    ...(context.trigger
      ? {
          rule: { id: context.trigger.rule.uid, name: context.trigger.rule.name },
          trigger_instance: { id: context.trigger.event, name: context.trigger.type },
        }
      : {}),
  };
  return { parameters, context: { st2, parent, config_context: {} }, uid };
}
