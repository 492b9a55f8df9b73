// operator/domain/action/resolve.ts — Action + what the caller gave → the values of all parameters, rendered, cast, checked.
import type { ActionSpec } from '../../api/action.ts';
import type { Reason } from '../../api/reasons.ts';
import { evaluating, type World, NOWHEN } from '../expression/evaluation.ts';
import { didYouMean, ExpressionFault } from '../expression/fault.ts';
import type { Datastore } from '../expression/functions/call.ts';
import { repr } from '../expression/python/repr.ts';
import type { Plain, Value } from '../expression/python/values.ts';
import { checkImmutable, checkValue, Refused, type SecretKey, takeSecrets } from './given-parameters.ts';
import { hasTemplate, ParameterFault } from './parameter-graph.ts';
import { finalJson, plainJson } from './plain-json.ts';
import { CastFault, renderFinal, renderLive, type Sources } from './render-parameters.ts';
import { overlaid, runnerParameters, type Schema, type Schemas } from './runner-parameters.ts';
import { faultIn, own, parametersSchema } from './schema.ts';
import { fillDefaults } from './schema-defaults.ts';
import { isSecretFault, type StandIns, standInsFor } from './secret-stand-ins.ts';

type Parameters = Readonly<Record<string, unknown>>;

export interface ResolvedParameters {
  readonly ok: true;
  readonly runnerParameters: Parameters;
  /** In the order in which a script gets the named ones: given, by default, by a templated default. */
  readonly actionParameters: Parameters;
  /** By parameter; its value above is the mark that stands for it. */
  readonly secrets: Readonly<Record<string, SecretKey>>;
}

/** Why an Execution cannot run. */
export interface Refusal {
  readonly ok: false;
  readonly reason: Reason;
  readonly message: string;
}

export interface ParametersRequest {
  readonly ref: string;
  readonly parameters: Parameters;
  /** Whether the values come from an event: they are data then, and never templates. */
  readonly rendered: boolean;
  /** What templates may name besides the parameters: action_context, config_context, and further names. */
  readonly context: Parameters;
  /** What `st2kv` looks into. Default: an empty one. */
  readonly datastore?: Datastore | undefined;
  /** The time and the chance that templates see. */
  readonly world: World;
}

/** Parameters of whatever can be run: those that its runner understands, and its own. */
export interface Declared {
  readonly runner: Schemas;
  readonly parameters: Schemas;
}

/** Never throws; a user's mistake is a Refusal whose message names parameter and remedy, and no secret. */
export const resolveParameters = (
  spec: Pick<ActionSpec, 'runner' | 'timeoutSeconds' | 'parameters'>,
  request: ParametersRequest,
): ResolvedParameters | Refusal =>
  resolveDeclared({ runner: runnerParameters(spec), parameters: spec.parameters }, request);

/** As `resolveParameters`, for what is no Action. */
export function resolveDeclared(spec: Declared, request: ParametersRequest): ResolvedParameters | Refusal {
  try {
    return resolve(spec, request);
  } catch (error) {
    if (error instanceof Refused) return { ok: false, reason: error.reason, message: error.message };
    if (error instanceof ExpressionFault)
      return { ok: false, reason: 'RenderFailed', message: `parameters: ${error.message}` };
    return { ok: false, reason: 'ParametersInvalid', message: `parameters: ${(error as Error).message}` };
  }
}

function resolve(spec: Declared, request: ParametersRequest): ResolvedParameters {
  const schemas = overlaid(spec.runner, spec.parameters);
  const { given, secrets } = takeSecrets(schemas, request.parameters);
  for (const [name, value] of Object.entries(given)) checkValue(value, `parameters.${name}`, 0);
  checkImmutable(schemas, request.parameters);

  const names = Object.keys(secrets);
  const taken = names.length === 0 ? '' : JSON.stringify([given, schemas, request.context]);
  const { first, others } = standInsFor(names, taken, request.world.seed);
  const final = renderWith(spec, request, given, first, true);
  const marked = finished(final, first);
  const hasOne = (value: unknown) => evaluating(request.world, () => hasTemplate((value ?? null) as Value));
  if (names.length > 0 && [...Object.values(schemas), given].some(hasOne)) {
    for (const other of others)
      checkUntouched(marked, () => finished(renderWith(spec, request, given, other, false), other));
  }

  const isGiven = (name: string) => Object.hasOwn(request.parameters, name);
  const isTemplated = (name: string) =>
    (own(given, name) ?? null) === null && hasOne(own(schemas[name] ?? {}, 'default'));
  const all = Object.keys(marked);
  const order = [
    ...Object.keys(request.parameters).filter((name) => Object.hasOwn(marked, name)),
    ...all.filter((name) => !isGiven(name) && !isTemplated(name)),
    ...all.filter((name) => !isGiven(name) && isTemplated(name)),
  ];
  const pick = (from: Plain) =>
    Object.fromEntries(order.filter((name) => Object.hasOwn(from, name)).map((name) => [name, marked[name]]));
  return { ok: true, runnerParameters: pick(final.runner), actionParameters: pick(final.action), secrets };
}

interface Rendered {
  readonly runner: Plain;
  readonly action: Plain;
}

/** All parameters as a runner gets them, with stand-ins for the secret ones; checked against the schemas, if wanted. */
function renderWith(
  spec: Declared,
  request: ParametersRequest,
  given: Parameters,
  standIns: StandIns,
  isChecked: boolean,
): Rendered {
  const { action_context: actionContext = {}, config_context: config = {}, ...additional } = request.context as Plain;
  const sources: Sources = {
    runner: spec.runner,
    action: spec.parameters,
    actionContext: actionContext as Plain,
    config: config as Plain,
    additional,
    datastore: request.datastore,
  };
  const uncast = new Set(Object.keys(standIns.values));
  try {
    return evaluating(request.world, () => {
      const settings = { asData: request.rendered, givenWins: true, eachText: true, uncast };
      const live = renderLive(sources, { ...(given as Plain), ...standIns.values }, settings);
      const final = renderFinal(sources, live, { eachText: true, uncast });
      const [runner, action] = [eachPlain(final.runner), eachPlain(final.action)];
      const made = Object.entries({ ...runner, ...action }).filter(([, value]) => value !== null);
      if (isChecked)
        check(
          overlaid(spec.runner, spec.parameters),
          { ...Object.fromEntries(made), ...eachPlain(live) },
          uncast,
          request.ref,
        );
      return { runner, action };
    });
  } catch (error) {
    throw refusalOf(error, spec, request, standIns);
  }
}

function eachPlain(values: Plain): Plain {
  const entries = Object.entries(values).map(([name, value]): [string, Value] => {
    try {
      return [name, plainJson(value)];
    } catch (error) {
      throw new CastFault(name, value, new ExpressionFault('value', 'ValueError', (error as Error).message));
    }
  });
  return Object.fromEntries(entries);
}

/** What a required parameter has as null is not there, an unknown one is. */
function check(schemas: Schemas, values: Plain, secrets: ReadonlySet<string>, ref: string): void {
  const isMissing = (name: string) => own(schemas[name] ?? {}, 'required') === true;
  const present = Object.entries(values).filter(
    ([name, value]) => value !== null || !Object.hasOwn(schemas, name) || !isMissing(name),
  );
  const known = checked(schemas, secrets);
  const fault = faultIn(known, fillDefaults(Object.fromEntries(present), parametersSchema(known)) as Plain, ref);
  if (fault !== undefined) throw new Refused('ParametersInvalid', fault);
}

/** What the content of a secret is, only the pod knows. */
const checked = (schemas: Schemas, secrets: ReadonlySet<string>): Schemas =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]): [string, Schema] => {
      if (!secrets.has(name)) return [name, schema];
      return [name, { required: own(schema, 'required') === true }];
    }),
  );

const finished = ({ runner, action }: Rendered, standIns: StandIns): Parameters =>
  Object.fromEntries(
    Object.entries({ ...runner, ...action }).map(([name, value]) => [name, finalJson(value, standIns.mark)]),
  );

/** @throws Refused for the first parameter that depends on more of a secret than its place */
function checkUntouched(marked: Parameters, again: () => Parameters): void {
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

/** The message for people, of whatever stopped the rendering. */
function refusalOf(error: unknown, spec: Declared, request: ParametersRequest, { mask }: StandIns): unknown {
  if (error instanceof Refused) return new Refused(error.reason, mask(error.message), { cause: error });
  if (error instanceof CastFault)
    return castRefusal(error, overlaid(spec.runner, spec.parameters)[error.parameter] ?? {}, mask);
  if (!(error instanceof ExpressionFault)) return error;
  if (!(error instanceof ParameterFault))
    return new Refused('RenderFailed', `parameters: ${mask(error.message)}; make them simpler`);
  const { parameter, unknown, place } = error;
  if (isSecretFault(error.cause)) return touched(parameter);
  const field = parameter === undefined ? 'parameters' : `parameters.${parameter}`;
  const at = place ? ` (line ${place.line}, column ${place.column})` : '';
  const message = `${field}: ${mask(error.message)}${at}`;
  if (unknown !== undefined) {
    const known = ['st2kv', ...Object.keys(request.context)];
    const hint = didYouMean(unknown, [...Object.keys(overlaid(spec.runner, spec.parameters)), ...known]);
    return new Refused('RenderFailed', `${message}.${hint} Name a parameter or ${known.join(', ')}`);
  }
  if (parameter === undefined)
    return new Refused('RenderFailed', `${message}; give one of them a value without a template`);
  return new Refused(
    'RenderFailed',
    `${message}; correct the template, or write {% raw %} before and {% endraw %} after what is none`,
  );
}

function castRefusal(
  { parameter, value, message: reason }: CastFault,
  schema: Schema,
  mask: StandIns['mask'],
): Refused {
  const text = evaluating(NOWHEN, () => repr(value));
  const isSecret = own(schema, 'secret') === true || mask(text) !== text;
  const type = String(own(schema, 'type'));
  const why = isSecret ? 'it cannot be converted' : reason;
  const message = `Failed to cast value ${isSecret ? '********' : text.slice(0, 120)} for parameter "${parameter}" of type "${type}": ${why}`;
  return new Refused('ParametersInvalid', `parameters.${parameter}: ${message}. Give a value of type ${type}`);
}
