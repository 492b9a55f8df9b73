// operator/domain/workflow/inspect-content.ts — the actions that a definition names → whether they are there, and take what they are given.
import type { ActionSpec } from '../../api/action.ts';
import type { WorkflowSpec } from '../../api/workflow.ts';
import { effectiveSchemas, type Schemas } from '../action/runner-parameters.ts';
import type { Finding } from './engine.ts';
import type { ActionLookup, ParameterTerms } from './orquesta/inspect-contents.ts';
import { workflowSchemas } from './runner-parameters.ts';

/** A reference that a definition itself names, so that it is known before it runs. */
export interface Call {
  readonly ref: string;
  /** Names of the input; undefined where they are known only when it runs. */
  readonly given: readonly string[] | undefined;
  /** Where the reference and its input stand in the definition. */
  readonly place: string;
  readonly inputPlace: string;
}

/** Something that a definition may run. */
export type Callable = { readonly spec: ActionSpec | WorkflowSpec };

const schemasOf = (spec: ActionSpec | WorkflowSpec): Schemas =>
  'engine' in spec ? workflowSchemas(spec) : effectiveSchemas(spec);

const known = new WeakMap<object, ReadonlyMap<string, ParameterTerms>>();

/** What is asked of the parameters of an Action or a Workflow; remembered for each spec. */
function termsOf({ spec }: Callable): ReadonlyMap<string, ParameterTerms> {
  let terms = known.get(spec);
  if (terms) return terms;
  terms = new Map(
    Object.entries(schemasOf(spec)).map(([name, schema]) => [
      name,
      { isRequired: schema['required'] === true, hasDefault: schema['default'] !== undefined },
    ]),
  );
  known.set(spec, terms);
  return terms;
}

export const lookupIn =
  (callables: (ref: string) => Callable | undefined): ActionLookup =>
  (ref) => {
    const callable = callables(ref);
    return callable && termsOf(callable);
  };

const content = (message: string, at: string): Finding => ({ type: 'content', message, spec_path: at });

/** Actions that are not there: in StackStorm's words for Orquesta, for all engines. */
export const missingActions = (calls: readonly Call[], lookup: ActionLookup): readonly Finding[] =>
  calls.flatMap(({ ref, place }) =>
    lookup(ref) ? [] : [content(`The action "${ref}" is not registered in the database.`, place)],
  );

/** Input that does not fit those that are there, in the same words. */
export const wrongInputs = (calls: readonly Call[], lookup: ActionLookup): readonly Finding[] =>
  calls.flatMap(({ ref, given, inputPlace }) => {
    const terms = lookup(ref);
    if (!terms || !given) return [];
    const missing = [...terms].filter(
      ([name, { isRequired, hasDefault }]) => isRequired && !hasDefault && !given.includes(name),
    );
    const unexpected = given.filter((name) => !terms.has(name));
    return [
      ...missing.map(([name]) => content(`Action "${ref}" is missing required input "${name}".`, inputPlace)),
      ...unexpected.map((name) => content(`Action "${ref}" has unexpected input "${name}".`, `${inputPlace}.${name}`)),
    ];
  });
