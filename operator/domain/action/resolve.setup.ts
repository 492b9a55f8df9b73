// operator/domain/action/resolve.setup.ts — for the tests of parameters: an action with these, called with those.
import { action } from '../execution/builders.setup.ts';
import { type ParametersRequest, resolveParameters } from './resolve.ts';

export const world = { nowMs: Date.UTC(2024, 0, 1), seed: 7 };

/** What becomes of the parameters given to an action that declares `parameters`. */
export const resolve = (parameters: object, given: object, rest: Partial<ParametersRequest> = {}, spec: object = {}) =>
  resolveParameters(action({ runner: 'local-shell-script', script: 'x', parameters, ...spec }).spec, {
    ref: 'p.a',
    parameters: given as Record<string, unknown>,
    rendered: false,
    context: { action_context: { user: 'u' }, config_context: {} },
    world,
    ...rest,
  });

/** The values of the action's parameters, or the refusal. */
export const values = (parameters: object, given: object, rest: Partial<ParametersRequest> = {}) => {
  const made = resolve(parameters, given, rest);
  return made.ok ? made.actionParameters : made;
};
