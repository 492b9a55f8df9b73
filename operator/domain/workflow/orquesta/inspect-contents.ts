// operator/domain/workflow/orquesta/inspect-contents.ts — actions that tasks name: whether they are there, and take the input that is given.
import { yaqlIn } from '../../expression/embedded/delimiters.ts';
import { hasJinja } from '../../expression/jinja/orquesta.ts';
import { compareText } from '../../expression/python/compare.ts';
import { dictKeys, isDict } from '../../expression/python/dict.ts';
import { truthy } from '../../expression/python/values.ts';
import type { Finding } from '../engine.ts';
import { field, findingAt, type Spot, taskSpot } from './findings.ts';
import type { TaskSpec, Workflow } from './model.ts';

/** What is asked of a parameter: those of the action, and of its runner. */
export interface ParameterTerms {
  readonly isRequired: boolean;
  readonly hasDefault: boolean;
}

/** Parameters of the action with a reference, by name; undefined for one that is not registered. */
export type ActionLookup = (ref: string) => ReadonlyMap<string, ParameterTerms> | undefined;

/** What StackStorm checks on top of orquesta's inspection. Actions that an expression names are not looked at. */
export const inspectContents = ({ tasks }: Workflow, actions: ActionLookup): readonly Finding[] =>
  [...tasks.values()].flatMap((task) => taskFindings(task, taskSpot(task.name), actions));

const content = (message: string, spot: Spot): Finding => findingAt({ type: 'content', message }, spot);

function taskFindings(task: TaskSpec, spot: Spot, actions: ActionLookup): readonly Finding[] {
  const { action, input } = task;
  if (typeof action !== 'string' || hasJinja(action) || yaqlIn(action).length > 0) return [];
  const at = field(spot, 'action');
  if (!action.includes('.')) return [content(`The action reference "${action}" is not formatted correctly.`, at)];
  const parameters = actions(action);
  if (!parameters) return [content(`The action "${action}" is not registered in the database.`, at)];
  if (input !== undefined && truthy(input) && !isDict(input)) return [];
  const given = new Set(isDict(input ?? null) ? dictKeys(input as Parameters<typeof dictKeys>[0]) : []);
  const missing = [...parameters]
    .filter(([name, { isRequired, hasDefault }]) => isRequired && !hasDefault && !given.has(name))
    .map(([name]) => name);
  const unexpected = [...given].map(String).filter((name) => !parameters.has(name));
  const { spec, schema } = field(spot, 'input');
  return [
    ...missing
      .toSorted(compareText)
      .map((name) => content(`Action "${action}" is missing required input "${name}".`, { spec, schema })),
    ...unexpected.toSorted(compareText).map((name) => {
      const one = { spec: `${spec}.${name}`, schema: `${schema}.patternProperties.^\\w+$` };
      return content(`Action "${action}" has unexpected input "${name}".`, one);
    }),
  ];
}
