// operator/domain/action/action-context.ts — the context of a request → what templates see as `action_context`.
import type { Action, Execution } from '../../api/kinds.ts';
import { GROUP, refOf } from '../../api/meta.ts';

export const packOf = (action: Action): string => refOf(action).split('.')[0] ?? '';

type RequestContext = Execution['spec']['request']['context'];

export const actionContext = (context: RequestContext, action: Action) => contextIn(packOf(action), context);

/** In whose name it was asked for: whose entries of the datastore st2kv.user are. */
export const userIn = (context: RequestContext): string => context?.user ?? `system:${GROUP}`;

/** As `actionContext`, for whatever a pack has. */
export function contextIn(pack: string, context: RequestContext) {
  const { trigger, parent, trace } = context ?? {};
  return {
    user: userIn(context),
    pack,
    ...(parent ? { parent: { execution_id: parent.uid, name: parent.name } } : {}),
    ...(trigger
      ? {
          rule: { id: trigger.rule.uid, name: trigger.rule.name },
          trigger_instance: { id: trigger.event, name: trigger.type },
        }
      : {}),
    ...(trace ? { trace_context: trace.tag === undefined ? { id_: trace.id } : { trace_tag: trace.tag } } : {}),
  };
}

/** Where the REST API of a namespace is. */
export const apiUrl = (serviceUrl: string, namespace: string): string => `${serviceUrl}/ns/${namespace}/api/v1`;
