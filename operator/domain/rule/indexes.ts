// operator/domain/rule/indexes.ts — by which values the stores of the API kinds are looked up.
import type { Action, Execution, Rule, TriggerType, Workflow } from '../../api/kinds.ts';
import { LABEL, refOf } from '../../api/meta.ts';
import { referencesOf } from '../workflow/judge.ts';
import { stripSlashes } from './rule-index.ts';

type Named = {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: { readonly ref?: string | undefined };
};
/** `namespace/reference`. */
const byRef = (object: Named): readonly string[] => [`${object.metadata.namespace}/${refOf(object)}`];

export const ACTION_INDEXES = { ref: byRef as (action: Action) => readonly string[] };

export const WORKFLOW_INDEXES = {
  ref: byRef as (workflow: Workflow) => readonly string[],
  /** References that its definition names, of all namespaces: pack core is seen by each. */
  calls: (workflow: Workflow): readonly string[] => referencesOf(workflow),
};

export const TRIGGER_TYPE_INDEXES = {
  ref: byRef as (type: TriggerType) => readonly string[],
  /** `namespace/url`. */
  webhook: ({ metadata, spec }: TriggerType): readonly string[] =>
    spec.webhook ? [`${metadata.namespace}/${stripSlashes(spec.webhook.url)}`] : [],
};

export const RULE_INDEXES = {
  ref: byRef as (rule: Rule) => readonly string[],
  /** Reference of the trigger, of all namespaces: pack core is seen by each. */
  trigger: ({ spec }: Rule): readonly string[] => [spec.trigger.type],
  /** Reference of the action, the same way. */
  action: ({ spec }: Rule): readonly string[] => [spec.action.ref],
};

export const EXECUTION_INDEXES = {
  /** `namespace/label` of the event. */
  event: ({ metadata }: Execution): readonly string[] => {
    const label = metadata.labels?.[LABEL.event];
    return label === undefined ? [] : [`${metadata.namespace}/${label}`];
  },
  /** Key of the Execution that it is a step of. */
  parent: ({ metadata }: Execution): readonly string[] =>
    (metadata.ownerReferences ?? [])
      .filter(({ kind, controller }) => kind === 'Execution' && controller === true)
      .map(({ name }) => `${metadata.namespace}/${name}`),
  /** Name of the ControllerRevision with the definition of its workflow: a hash of its own, so the namespace is not asked for. */
  revision: ({ status }: Execution): readonly string[] => (status?.workflow ? [status.workflow.revision] : []),
  /** Key of the Execution that it goes on from. */
  rerunOf: ({ metadata, spec }: Execution): readonly string[] => {
    const request = (spec as Partial<Execution['spec']> | undefined)?.request;
    const of = request?.rerun && request.cause?.rerunOf;
    return of === undefined ? [] : [`${metadata.namespace}/${of}`];
  },
  /** Digest of a result in the result store. */
  digest: ({ status }: Execution): readonly string[] => (status?.resultRef ? [status.resultRef.digest] : []),
};
