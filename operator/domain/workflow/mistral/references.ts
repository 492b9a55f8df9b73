// operator/domain/workflow/mistral/references.ts — which actions and workflows of packs a definition calls, for checks before it is run.
import { hasExpression } from './embedded.ts';
import type { MistralDefinition } from './model.ts';
import { isPlain } from '../../expression/python/values.ts';
import { STD_ACTIONS } from './std-actions.ts';

export interface Reference {
  /** `pack.name` of an Action, or of a Workflow. */
  readonly name: string;
  /** Of the task, or the ad-hoc action, that calls it. */
  readonly path: readonly string[];
  /** Names of the parameters that it is given; undefined where only a run can tell. */
  readonly given: readonly string[] | undefined;
}

/** What is called by a name that is written out, and is not of the definition itself nor Mistral's own. */
export function referencesIn({ name, isWorkbook, workflows, actions }: MistralDefinition): readonly Reference[] {
  const isOwn = (called: string, own: ReadonlyMap<string, unknown>) =>
    own.has(called) || (called.startsWith(`${name}.`) && own.has(called.slice(name.length + 1)));
  const isOutside = (called: string, own: ReadonlyMap<string, unknown>) =>
    called.includes('.') &&
    !called.startsWith('std.') &&
    !STD_ACTIONS.has(called) &&
    !hasExpression(called) &&
    !isOwn(called, own);
  const inner = isWorkbook ? workflows : new Map();
  const ofTasks = [...workflows.values()].flatMap((workflow) =>
    [...workflow.tasks.values()].flatMap((task): Reference[] => {
      const called = task.workflow ?? task.action;
      if (!isOutside(called, task.workflow === undefined ? actions : inner)) return [];
      const path = isWorkbook ? ['workflows', workflow.name, 'tasks', task.name] : [workflow.name, 'tasks', task.name];
      return [{ name: called, path, given: isPlain(task.input) ? Object.keys(task.input) : undefined }];
    }),
  );
  const ofActions = [...actions.values()].flatMap((action): Reference[] =>
    isOutside(action.base, actions)
      ? [{ name: action.base, path: ['actions', action.name], given: Object.keys(action.baseInput) }]
      : [],
  );
  return [...ofTasks, ...ofActions];
}
