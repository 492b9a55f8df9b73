// operator/domain/workflow/mistral/std-findings.ts — a call of one of Mistral's own actions → why it cannot be done, or which action of a pack does it.
import { isMark } from '../../datastore/handed-on.ts';
import { isPlain, type Plain, type Value } from '../../expression/python/values.ts';
import { hasExpression } from './embedded.ts';
import { own } from './own.ts';
import { STD_ACTIONS } from './std-actions.ts';

/** What is wrong with the input, by the name of one of its parameters; undefined: with the action. */
export interface StdFault {
  readonly parameter: string | undefined;
  readonly message: string;
}

/** The reference of the action that does it; undefined: the engine itself, or nobody. */
export const childOfStd = (name: string): string | undefined => STD_ACTIONS.get(name)?.child;

/** What is needed and not given, and what is not known; undefined for a name that is none of Mistral's. */
export const stdTerms = (
  name: string,
): ReadonlyMap<string, { readonly isRequired: boolean; readonly hasDefault: boolean }> | undefined => {
  const std = STD_ACTIONS.get(name);
  const terms = (names: readonly string[], isRequired: boolean) =>
    names.map((one) => [one, { isRequired, hasDefault: false }] as const);
  return std && new Map([...terms(std.needed, true), ...terms(std.optional, false)]);
};

/** What cannot be done here though Mistral could. Texts with expressions count as given; of a whole input that is one nothing is known. */
export function stdFaults(name: string, input: Value): readonly StdFault[] {
  const std = STD_ACTIONS.get(name);
  if (!std) return [];
  if (std.impossible !== undefined) {
    return [{ parameter: undefined, message: `Action "${name}" cannot be run here: ${std.impossible}.` }];
  }
  if (!isPlain(input)) return [];
  const secrets = (std.secret ?? []).filter((one) => isClear(own(input, one)));
  return [
    ...refusedInput(name, input),
    ...secrets.map((one) => ({
      parameter: one,
      message: `Action "${name}" takes "${one}" as a secret only: make it a secret parameter of the workflow, and hand it on whole, as <% $.${one} %>.`,
    })),
  ];
}

/** Inputs that cannot be heeded here. */
const refusedInput = (name: string, input: Plain): readonly StdFault[] =>
  Object.entries(STD_ACTIONS.get(name)?.refused ?? {})
    .filter(([one]) => (own(input, one) ?? null) !== null)
    .map(([one, why]) => ({ parameter: one, message: `Action "${name}" cannot heed "${one}" here: ${why}.` }));

/** A secret that was given or decrypted is a mark. */
const isClear = (value: Value | undefined): boolean =>
  typeof value === 'string' && value !== '' && !isMark(value) && !hasExpression(value);
