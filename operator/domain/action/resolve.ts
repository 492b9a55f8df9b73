// operator/domain/action/resolve.ts — Action + what the caller gave → the values of all parameters, rendered, cast, checked.
import type { ActionSpec } from '../../api/action.ts';
import { secretMark } from '../../api/envelope.ts';
import type { Reason } from '../../api/reasons.ts';
import type { Entries } from '../datastore/entry.ts';
import { evaluating, type World } from '../expression/evaluation.ts';
import { ExpressionFault } from '../expression/fault.ts';
import type { Plain, Value } from '../expression/python/values.ts';
import { exactInteger } from '../result/exact-json.ts';
import {
  checkClearSecrets,
  checkImmutable,
  checkValue,
  Refused,
  type SecretKey,
  takeSecrets,
} from './given-parameters.ts';
import { hasTemplate } from './parameter-graph.ts';
import { finalJson, plainJson } from './plain-json.ts';
import { CastFault, renderFinal, renderLive, type Sources, userOf } from './render-parameters.ts';
import { checkUntouched, refusalOf } from './resolve-refusals.ts';
import { overlaid, runnerParameters, type Schema, type Schemas } from './runner-parameters.ts';
import { faultIn, own, parametersSchema } from './schema.ts';
import { fillDefaults } from './schema-defaults.ts';
import { OpenedSecrets } from './opened-secrets.ts';
import { configFor, type RequestedConfig } from './requested-config.ts';
import { type StandIns, standInsFor } from './secret-stand-ins.ts';

type Parameters = Readonly<Record<string, unknown>>;

export interface ResolvedParameters {
  readonly ok: true;
  readonly runnerParameters: Parameters;
  /** In the order in which a script gets the named ones: given, by default, by a templated default. */
  readonly actionParameters: Parameters;
  /** By parameter, or by a made-up name for one of the datastore; in the values above a mark of that name stands for it. */
  readonly secrets: Readonly<Record<string, SecretKey>>;
  /** The configuration that the runner gets. */
  readonly config: Parameters;
}

/** Why an Execution cannot run. */
export interface Refusal {
  readonly ok: false;
  readonly reason: Reason;
  readonly message: string;
  /** The parameter whose value does not become its type, where that is why. */
  readonly uncast?: string;
}

export interface ParametersRequest {
  readonly ref: string;
  readonly parameters: Parameters;
  /** Whether the values come from an event: they are data then, and never templates. */
  readonly rendered: boolean;
  /** What templates may name besides the parameters: action_context, config_context, and further names. */
  readonly context: Parameters;
  /** The configuration of the action's pack, as config_context and for its runner. Default: what `context` has, and none. */
  readonly config?: RequestedConfig | undefined;
  /** What `st2kv` looks into. Default: nothing is stored. */
  readonly entries?: Entries | undefined;
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
    if (error instanceof Refused) {
      const { reason, message, cause } = error;
      return { ok: false, reason, message, ...(cause instanceof CastFault && { uncast: cause.parameter }) };
    }
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
  checkClearSecrets(schemas, request.parameters);

  const taken = new Set([...Object.keys(schemas), ...Object.keys(given)]);
  const opened = new OpenedSecrets(request.entries, taken, Object.keys(secrets).length > 0);
  const { final, marked, config } = opened.untilKnown(() => renderAll(spec, request, { given, secrets, opened }));
  const hasOne = (value: unknown) => evaluating(request.world, () => hasTemplate((value ?? null) as Value));

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
  return {
    ok: true,
    runnerParameters: pick(final.runner),
    actionParameters: pick(final.action),
    secrets: { ...secrets, ...usedIn([marked, config], opened.secrets) },
    config,
  };
}

/** Those whose mark is there; others the pod need not have. */
function usedIn(values: readonly unknown[], secrets: ResolvedParameters['secrets']) {
  const text = JSON.stringify(values);
  const isUsed = (name: string) => text.includes(JSON.stringify(secretMark(name)).slice(1, -1));
  return Object.fromEntries(Object.entries(secrets).filter(([name]) => isUsed(name)));
}

/** What is rendered, besides what the request tells. */
interface Given {
  readonly given: Parameters;
  readonly secrets: ResolvedParameters['secrets'];
  /** Secrets of the datastore that templates have decrypted so far. */
  readonly opened: OpenedSecrets;
}

function renderAll(spec: Declared, request: ParametersRequest, { given, secrets, opened }: Given) {
  const schemas = overlaid(spec.runner, spec.parameters);
  const [own, foreign] = [Object.keys(secrets), Object.keys(opened.secrets)];
  const names = [...own, ...foreign];
  const taken = names.length === 0 ? '' : textOf([given, schemas, request.context, request.config, [...opened.texts]]);
  const { first, others } = standInsFor(names, taken, request.world.seed);
  const render = (standIns: StandIns, isChecked: boolean) =>
    renderWith(spec, request, { given, own, opened, standIns, isChecked });
  const final = render(first, true);
  const marked = finished(final, first);
  const config = finishedConfig(final, first);
  const hasOne = (value: unknown) => evaluating(request.world, () => hasTemplate((value ?? null) as Value));
  if (names.length > 0 && [...Object.values(schemas), given, request.config?.values].some(hasOne)) {
    for (const other of others)
      checkUntouched({ ...marked, [CONFIG]: config }, () => {
        const again = render(other, false);
        return { ...finished(again, other), [CONFIG]: finishedConfig(again, other) };
      });
  }
  return { final, marked, config };
}

interface Round extends Pick<Given, 'given' | 'opened'> {
  /** Parameters that are secret. */
  readonly own: readonly string[];
  readonly standIns: StandIns;
  readonly isChecked: boolean;
}

interface Rendered {
  readonly runner: Plain;
  readonly action: Plain;
  readonly config: Plain;
}

/** Stands for the configuration among the parameters. */
const CONFIG = 'config_context';

/** All parameters as a runner gets them, with stand-ins for the secret ones; checked against the schemas, if wanted. */
function renderWith(
  spec: Declared,
  request: ParametersRequest,
  { given, own, opened, standIns, isChecked }: Round,
): Rendered {
  const { action_context: actionContext = {}, config_context: config = {}, ...additional } = request.context as Plain;
  const user = userOf(actionContext as Plain);
  const datastore = opened.datastore(user, standIns.values);
  const uncast = new Set(own);
  const hidden = Object.fromEntries(Object.entries(standIns.values).filter(([name]) => uncast.has(name)));
  try {
    return evaluating(request.world, () => {
      const standIn = (secret: SecretKey) => opened.standIn(secret, standIns.values);
      const packed = request.config && configFor(request.config, { user, datastore, standIn });
      const sources: Sources = {
        runner: spec.runner,
        action: spec.parameters,
        actionContext: actionContext as Plain,
        config: packed ?? (config as Plain),
        additional,
        datastore,
      };
      const settings = { asData: request.rendered, givenWins: true, eachText: true, uncast };
      const live = renderLive(sources, { ...(given as Plain), ...hidden }, settings);
      const final = renderFinal(sources, live, { eachText: true, uncast });
      const [runner, action] = [eachPlain(final.runner), eachPlain(final.action)];
      const made = Object.entries({ ...runner, ...action }).filter(([, value]) => value !== null);
      if (isChecked) {
        const values = { ...Object.fromEntries(made), ...eachPlain(live) };
        // Of what a secret is part of, only the pod knows whether it fits.
        const isHidden = (value: Value) => mentions(value, standIns);
        const unknown = Object.keys(values).filter((name) => isHidden(values[name] ?? null));
        check(overlaid(spec.runner, spec.parameters), values, new Set([...uncast, ...unknown]), request.ref);
      }
      return { runner, action, config: request.config?.isHandedOn ? eachPlain(packed ?? {}) : {} };
    });
  } catch (error) {
    throw refusalOf(
      error,
      overlaid(spec.runner, spec.parameters),
      ['st2kv', ...Object.keys(request.context)],
      standIns,
    );
  }
}

function mentions(value: Value, { values, mask }: StandIns): boolean {
  if (Object.keys(values).length === 0) return false;
  const text = textOf(value);
  return mask(text) !== text;
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item));

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

const finishedConfig = ({ config }: Rendered, standIns: StandIns): Parameters =>
  finalJson(config, standIns.mark, exactInteger) as Parameters;
