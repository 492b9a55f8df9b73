// operator/domain/action/action-context.ts — the context of a request → what templates see as `action_context`.
import type { Action, Execution } from '../../api/kinds.ts';
import { GROUP, refOf } from '../../api/meta.ts';

export const packOf = (action: Action): string => refOf(action).split('.')[0] ?? '';

export function actionContext(context: Execution['spec']['request']['context'], action: Action) {
  const { trigger, parent, trace } = context ?? {};
  return {
    user: context?.user ?? `system:${GROUP}`,
    pack: packOf(action),
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
