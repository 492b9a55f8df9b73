// operator/domain/action/action-context.ts — the context of a request → what templates see as `action_context`.
import type { Action, Execution } from '../../api/kinds.ts';
import { ANNOTATION, GROUP, refOf } from '../../api/meta.ts';

export const packOf = (action: Action): string => packIn(refOf(action));

type RequestContext = Execution['spec']['request']['context'];

/** Of an Execution: who asked, and of a child of a workflow what its annotations say of its task. */
export interface Asked {
  readonly context: RequestContext;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

export const askedOf = ({
  metadata,
  spec,
}: Pick<Execution, 'spec'> & { readonly metadata: Pick<Execution['metadata'], 'annotations'> }): Asked => ({
  context: spec.request.context,
  annotations: metadata.annotations,
});

export const actionContext = (asked: Asked, action: Action) => contextIn(refOf(action), asked);

/** In whose name it was asked for: whose entries of the datastore st2kv.user are. */
export const userIn = (context: RequestContext): string => context?.user ?? `system:${GROUP}`;

/** As `actionContext`, for whatever has a reference. */
export function contextIn(ref: string, { context, annotations }: Asked) {
  const { trigger, parent, trace } = context ?? {};
  const user = userIn(context);
  const { [ANNOTATION.taskOf]: taskOf = '' } = annotations ?? {};
  const [engine, workflow] = taskOf.split(' ');
  const chat = chatIn(context);
  const above = workflow === undefined ? {} : { user, pack: packIn(workflow), ...chat };
  return {
    user,
    pack: packIn(ref),
    ...chat,
    ...(parent ? { parent: { execution_id: parent.uid, name: parent.name, ...above } } : {}),
    ...(parent ? aboutTask(engine, { ref, workflowExecution: parent.uid, annotations }) : {}),
    ...(trigger
      ? {
          rule: { id: trigger.rule.uid, name: trigger.rule.name },
          trigger_instance: { id: trigger.event, name: trigger.type },
        }
      : {}),
    ...(trace ? { trace_context: trace.tag === undefined ? { id_: trace.id } : { trace_tag: trace.tag } } : {}),
  };
}

/** Of what was asked for in a chat: by whom, and where. */
export const chatIn = (context: RequestContext) => ({
  ...(context?.apiUser === undefined ? {} : { api_user: context.apiUser }),
  ...(context?.sourceChannel === undefined ? {} : { source_channel: context.sourceChannel }),
});

const packIn = (ref: string): string => ref.split('.')[0] ?? '';

interface Task {
  readonly ref: string;
  readonly workflowExecution: string;
  readonly annotations: Asked['annotations'];
}

/** What StackStorm tells an action of the task that it is run by; its keys are those of orquesta's children, `task/route/visit/item`. */
function aboutTask(engine: string | undefined, { ref, workflowExecution, annotations }: Task) {
  const { [ANNOTATION.task]: task, [ANNOTATION.taskKey]: key } = annotations ?? {};
  if (task === undefined || key === undefined) return {};
  if (engine === 'action-chain') return { chain: { name: task, ref } };
  if (engine !== 'orquesta') return {};
  const [route, visit, item] = key
    .slice(task.length + 1)
    .split('/')
    .map(Number);
  return {
    orquesta: {
      workflow_execution_id: workflowExecution,
      task_execution_id: `${workflowExecution}/${task}/${route}/${visit}`,
      task_name: task,
      task_id: task,
      task_route: route ?? 0,
      ...(item === undefined ? {} : { item_id: item }),
    },
  };
}

/** Where the REST API of a namespace is. */
export const apiUrl = (serviceUrl: string, namespace: string): string => `${serviceUrl}/ns/${namespace}/api/v1`;
