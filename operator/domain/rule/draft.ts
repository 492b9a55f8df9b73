// operator/domain/rule/draft.ts — a rule that matched → the Execution to create, under a name that the event decides.
import { SecretValue } from '../../api/action.ts';
import { TASK_MAX_BYTES } from '../../api/envelope.ts';
import type { Action, Rule } from '../../api/kinds.ts';
import { ANNOTATION, API_VERSION, type Draft, LABEL, labelValue } from '../../api/meta.ts';
import { actionContext } from '../action/action-context.ts';
import { finalJson, plainJson } from '../action/plain-json.ts';
import { ParameterFault } from '../action/parameter-graph.ts';
import { CastFault, renderLive } from '../action/render-parameters.ts';
import { nameUsedIn } from '../action/template-fault.ts';
import { runnerParameters, secretNames } from '../action/runner-parameters.ts';
import type { Entries } from '../datastore/entry.ts';
import { HandedOn } from '../datastore/handed-on.ts';
import { evaluating, type World } from '../expression/evaluation.ts';
import type { Plain, Value } from '../expression/python/values.ts';
import { bytesOf } from '../result/result.ts';
import { eventLabel, type Sha256, type TriggerEvent } from '../trigger/event.ts';

/** Remedy for a template that would copy a secret to where everybody reads it. */
export const secretUsed = (parameter: string) =>
  `its template names the secret parameter "${parameter}", which would show it; let the Action use it, in a default or in its script`;

/** The user that executions of rules run as. */
export const EVENT_USER = 'system:squall';
/** Type of the Secrets that hold rendered secret parameters; a type cannot be changed, so it proves whose a Secret is. */
export const SECRET_TYPE = 'squall.dev/parameters';
/** Characters of a rule's name that its executions show. */
const NAME_MAX = 40;

export interface DraftOptions {
  readonly sha256: Sha256;
  /** How long Executions are kept where neither they nor their Action says. */
  readonly executionTtlSeconds: number;
}

export interface Drafted {
  readonly rule: Rule;
  readonly execution: Draft;
  /** Rendered values of secret parameters, to be created before the Execution. */
  readonly secret?: Draft;
}

/** @throws Error with `Failed to render parameter "<name>"`, or when the parameters are larger than 1 MiB */
export function draftExecution(
  rule: Rule,
  event: TriggerEvent,
  options: DraftOptions & { readonly action: Action; readonly world: World; readonly entries?: Entries | undefined },
): Drafted {
  const { action, sha256 } = options;
  const { namespace } = event;
  const name = executionName(rule, event, sha256);
  const { rendered, references } = renderParameters(rule, event, options);
  // More than a task may be is also more than etcd takes, and that would look like an outage.
  if (bytesOf(JSON.stringify(rendered)) > TASK_MAX_BYTES) {
    throw new Error('spec.action.parameters: they are larger than 1 MiB for this event; pass less of it');
  }
  const { plain, secret } = splitSecrets(rendered, references, action, { secretName: `${name}-secrets`, sha256 });
  const labels = {
    [LABEL.event]: eventLabel(sha256, event),
    [LABEL.rule]: labelValue(rule.metadata.name),
    [LABEL.action]: labelValue(rule.spec.action.ref),
  };
  const execution: Draft = {
    apiVersion: API_VERSION,
    kind: 'Execution',
    metadata: { name, namespace, labels, annotations: { [ANNOTATION.eventDigest]: event.digest } },
    spec: { request: requestOf(rule, event, plain), control: 'run', ...ttlOf(action, event, options) },
  };
  if (Object.keys(secret).length === 0) return { rule, execution };
  return {
    rule,
    execution,
    secret: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `${name}-secrets`, namespace, labels: { [LABEL.execution]: labelValue(name) } },
      type: SECRET_TYPE,
      stringData: secret,
    },
  };
}

/** The same for the same event and rule, however often it comes: creating it twice creates it once. */
export function executionName(rule: Rule, event: Pick<TriggerEvent, 'source' | 'id'>, sha256: Sha256): string {
  const readable = rule.metadata.name.slice(0, NAME_MAX).replace(/[^a-z0-9]+$/, '');
  return `${readable}-${sha256(`${rule.metadata.uid}\n${event.source}\n${event.id}`).slice(0, 12)}`;
}

function requestOf(rule: Rule, event: TriggerEvent, parameters: Readonly<Record<string, unknown>>) {
  const { depth, cause } = event;
  return {
    action: rule.spec.action.ref,
    parameters,
    context: contextOf(rule, event),
    cause: { depth, ...(cause === undefined ? {} : { execution: cause }) },
  };
}

const contextOf = (rule: Rule, { id, source, type, receivedAt, trace }: TriggerEvent) => ({
  user: EVENT_USER,
  trigger: { type, event: id, source, receivedAt, rule: { name: rule.metadata.name, uid: rule.metadata.uid } },
  trace,
});

/** An Execution that went earlier than its event is forgotten would be made a second time. */
function ttlOf(action: Action, { dedupeWindowSeconds }: TriggerEvent, { executionTtlSeconds }: DraftOptions) {
  const ttl = action.spec.ttlSecondsAfterFinished ?? executionTtlSeconds;
  return ttl < dedupeWindowSeconds ? { ttlSecondsAfterFinished: dedupeWindowSeconds } : {};
}

/** As StackStorm's: templates may name `trigger`, and whatever the action's own templates may. References to Secrets are no templates. */
function renderParameters(
  rule: Rule,
  event: TriggerEvent,
  {
    action,
    world,
    entries,
  }: { readonly action: Action; readonly world: World; readonly entries?: Entries | undefined },
): { readonly rendered: Readonly<Record<string, unknown>>; readonly references: ReadonlySet<string> } {
  const given = Object.entries(rule.spec.action.parameters ?? {});
  const references = given.filter(([, value]) => SecretValue.safeParse(value).success);
  const templates = Object.fromEntries(given.filter((entry) => !references.includes(entry))) as Plain;
  const handedOn = new HandedOn();
  const secrets = secretNames(action);
  for (const [name, value] of Object.entries(templates)) {
    const used = secrets.includes(name) ? undefined : nameUsedIn(value, secrets);
    if (used !== undefined) throw new Error(`spec.action.parameters.${name}: ${secretUsed(used)}`);
  }
  return evaluating(world, () => {
    const rendered = hiding(secrets, () =>
      renderLive(
        {
          runner: runnerParameters(action.spec),
          action: action.spec.parameters,
          actionContext: actionContext({ context: contextOf(rule, event) }, action),
          config: {},
          additional: { trigger: event.payload as Value }, // it came as JSON
          datastore: entries && handedOn.datastore(entries, EVENT_USER),
        },
        templates,
        { eachText: true },
      ),
    );
    // Defaults are rendered when the action runs, where secrets are known.
    const own = Object.keys(templates).map((name): [string, unknown] => [
      name,
      finalJson(plainJson(rendered[name] ?? null), (text) => text),
    ]);
    const opened = handedOn.replaced(Object.fromEntries(own), secrets, 'spec.action.parameters');
    return {
      rendered: { ...Object.fromEntries(references), ...opened.parameters },
      references: new Set([...references.map(([name]) => name), ...opened.references]),
    };
  });
}

/** A fault of a secret parameter does not show what it was given. */
function hiding<T>(secrets: readonly string[], render: () => T): T {
  try {
    return render();
  } catch (error) {
    const parameter = error instanceof CastFault || error instanceof ParameterFault ? error.parameter : undefined;
    if (parameter === undefined || !secrets.includes(parameter)) throw error;
    throw new Error(
      `spec.action.parameters.${parameter}: what the event has for it cannot be rendered or converted; it is secret and not shown`,
    );
  }
}

/** `references` are the parameters that name a Secret; an event that renders to such a thing is only data. */
function splitSecrets(
  parameters: Readonly<Record<string, unknown>>,
  references: ReadonlySet<string>,
  action: Action,
  { secretName, sha256 }: { readonly secretName: string; readonly sha256: Sha256 },
) {
  const secrets = secretNames(action);
  const plain: [string, unknown][] = [];
  const secret: [string, string][] = [];
  for (const [name, value] of Object.entries(parameters)) {
    if (!secrets.includes(name) || value === null || value === undefined || references.has(name)) {
      plain.push([name, value]);
      continue;
    }
    const key =
      /^[-._a-zA-Z0-9]{1,253}$/.test(name) && !name.startsWith('..') && name !== '.'
        ? name
        : `p-${sha256(name).slice(0, 40)}`;
    secret.push([key, typeof value === 'string' ? value : JSON.stringify(value)]);
    plain.push([name, { valueFrom: { secretKeyRef: { name: secretName, key } } }]);
  }
  return { plain: Object.fromEntries(plain), secret: Object.fromEntries(secret) };
}
