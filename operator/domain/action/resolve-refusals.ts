// operator/domain/action/resolve-refusals.ts — why parameters cannot be resolved, in sentences that name parameter and remedy, and no secret.
import { evaluating, NOWHEN } from '../expression/evaluation.ts';
import { didYouMean, ExpressionFault } from '../expression/fault.ts';
import { repr } from '../expression/python/repr.ts';
import { Refused } from './given-parameters.ts';
import { ParameterFault } from './parameter-graph.ts';
import { CastFault } from './render-parameters.ts';
import type { Schema, Schemas } from './runner-parameters.ts';
import { own } from './schema.ts';
import { isSecretFault, type StandIns } from './secret-stand-ins.ts';

type Parameters = Readonly<Record<string, unknown>>;

/** @throws Refused for the first parameter that depends on more of a secret than its place */
export function checkUntouched(marked: Parameters, again: () => Parameters): void {
  let other: Parameters;
  try {
    other = again();
  } catch (cause) {
    throw touched(cause instanceof Refused ? /^parameters\.(\w+)/.exec(cause.message)?.[1] : undefined);
  }
  const name = Object.keys(marked).find((key) => JSON.stringify(marked[key]) !== JSON.stringify(other[key]));
  if (name !== undefined) throw touched(name);
}

const touched = (name: string | undefined) =>
  new Refused(
    'RenderFailed',
    `parameters${name === undefined ? '' : `.${name}`}: its template converts, cuts, compares or measures a secret parameter, whose value only the pod knows; write {{ name }} of the secret without filters, and let the script change it`,
  );

/** The message for people, of whatever stopped the rendering; `known` are names that templates may use besides the parameters. */
export function refusalOf(error: unknown, schemas: Schemas, known: readonly string[], { mask }: StandIns): unknown {
  if (error instanceof Refused) return new Refused(error.reason, mask(error.message), { cause: error });
  if (error instanceof CastFault) return castRefusal(error, schemas[error.parameter] ?? {}, mask);
  if (!(error instanceof ExpressionFault)) return error;
  if (!(error instanceof ParameterFault))
    return new Refused('RenderFailed', `parameters: ${mask(error.message)}; make them simpler`);
  const { parameter, unknown, place } = error;
  if (isSecretFault(error.cause)) return touched(parameter);
  const field = parameter === undefined ? 'parameters' : `parameters.${parameter}`;
  const at = place ? ` (line ${place.line}, column ${place.column})` : '';
  const message = `${field}: ${mask(error.message)}${at}`;
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, [...Object.keys(schemas), ...known]);
    return new Refused('RenderFailed', `${message}.${hint} Name a parameter or ${known.join(', ')}`);
  }
  if (parameter === undefined)
    return new Refused('RenderFailed', `${message}; give one of them a value without a template`);
  return new Refused(
    'RenderFailed',
    `${message}; correct the template, or write {% raw %} before and {% endraw %} after what is none`,
  );
}

function castRefusal(cause: CastFault, schema: Schema, mask: StandIns['mask']): Refused {
  const { parameter, value, message: reason } = cause;
  const text = evaluating(NOWHEN, () => repr(value));
  const isSecret = own(schema, 'secret') === true || mask(text) !== text;
  const type = String(own(schema, 'type'));
  const why = isSecret ? 'it cannot be converted' : reason;
  const message = `Failed to cast value ${isSecret ? '********' : text.slice(0, 120)} for parameter "${parameter}" of type "${type}": ${why}`;
  return new Refused('ParametersInvalid', `parameters.${parameter}: ${message}. Give a value of type ${type}`, {
    cause,
  });
}
