// operator/domain/workflow/begin.ts — an Execution of a Workflow → what its run begins with, or why it cannot.
import { SecretValue } from '../../api/action.ts';
import type { ExecutionRequest } from '../../api/execution.ts';
import type { Execution } from '../../api/kinds.ts';
import { secretMark } from '../../api/envelope.ts';
import type { Entries } from '../datastore/entry.ts';
import type { HandedOn } from '../datastore/handed-on.ts';
import { apiUrl, type Asked, askedOf, chatIn, contextIn } from '../action/action-context.ts';
import { type Refusal, resolveDeclared } from '../action/resolve.ts';
import type { World } from '../expression/evaluation.ts';
import type { Plain } from '../expression/python/values.ts';
import type { Live as LiveExecution } from '../execution/parse.ts';
import type { PackConfig } from './config-context.ts';
import type { Beginning } from './engine.ts';
import type { Pinned } from './pinned.ts';
import { ENGINE_PARAMETERS } from './runner-parameters.ts';

export interface Began {
  readonly ok: true;
  readonly parameters: Plain;
  /** References to Secrets that it was given, as JSON: no other may be handed on. */
  readonly references: ReadonlySet<string>;
  /** The same, by the parameters whose values they are. */
  readonly secrets: ReadonlyMap<string, SecretValue>;
}

/** What values of parameters may depend on. */
export interface Around {
  readonly world: World;
  readonly entries?: Entries | undefined;
  /** That of the workflow's pack. */
  readonly config?: PackConfig | undefined;
}

/** Values of all parameters; secret ones stay references, to be handed on whole. Never throws. */
export function parametersOf(execution: LiveExecution, pinned: Pinned, around: Around): Began | Refusal {
  const { request } = execution.spec;
  const declared = request.workflow === undefined ? pinned.parameters : givenOnly(request.parameters);
  return requestedParameters({ ...askedOf(execution), request }, { ...pinned, parameters: declared }, around);
}

/** Another workflow of a workbook declares its input itself: of the Workflow's own parameters it has none. */
const givenOnly = (given: Readonly<Record<string, unknown>> = {}): Pinned['parameters'] =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, SecretValue.safeParse(value).success ? { secret: true } : {}]),
  );

/** As `parametersOf`, for an Execution that there may not be yet. */
export function requestedParameters(
  { request, ...asked }: Asked & { readonly request: Pick<ExecutionRequest, 'parameters'> },
  { ref, engine, parameters }: Pick<Pinned, 'ref' | 'engine' | 'parameters'>,
  { world, entries, config }: Around,
): Began | Refusal {
  const resolved = resolveDeclared(
    { runner: ENGINE_PARAMETERS[engine], parameters },
    {
      ref,
      parameters: request.parameters ?? {},
      // Of an event and of another workflow they are data; and orquesta renders a parent's input by itself.
      rendered: asked.context?.trigger !== undefined,
      context: { action_context: contextIn(ref, asked), config_context: {} },
      ...(config && { config: { ...config, isHandedOn: false } }),
      entries,
      world,
    },
  );
  if (!resolved.ok) return resolved;
  const references = new Map(
    Object.entries(resolved.secrets).map(([name, { name: secret, key }]) => {
      const reference: SecretValue = { valueFrom: { secretKeyRef: { name: secret, key } } };
      return [secretMark(name), reference];
    }),
  );
  const all = Object.entries({ ...resolved.runnerParameters, ...resolved.actionParameters });
  const isWhole = (value: unknown): value is string => typeof value === 'string' && references.has(value);
  const marks = [...references.keys()].map((mark) => JSON.stringify(mark).slice(1, -1));
  const isPart = (value: unknown) =>
    !isWhole(value) && marks.some((mark) => JSON.stringify(value ?? null).includes(mark));
  const part = all.find(([, value]) => isPart(value));
  if (part) {
    const message = `parameters.${part[0]}: a secret may only be the whole value of a parameter of a workflow; let an action put it into a text`;
    return { ok: false, reason: 'RenderFailed', message };
  }
  const secrets = new Map<string, SecretValue>();
  for (const [name, value] of all) {
    const reference = isWhole(value) ? references.get(value) : undefined;
    if (reference) secrets.set(name, reference);
  }
  const values = all.map(([name, value]) => [name, secrets.get(name) ?? value]);
  const texts = new Set([...references.values()].map((reference) => JSON.stringify(reference)));
  return { ok: true, parameters: Object.fromEntries(values) as Plain, references: texts, secrets };
}

/** Values of parameters as a definition sees them: a secret is a text that may be handed on whole, as one of the datastore is. */
export function seenParameters({ parameters, secrets }: Began, handedOn: HandedOn): Plain {
  const texts = [...secrets].map(([name, { valueFrom }]) => [name, handedOn.open(valueFrom.secretKeyRef)]);
  return { ...parameters, ...(Object.fromEntries(texts) as Plain) };
}

export interface Begins {
  readonly parameters: Plain;
  /** What expressions see of the configuration of its pack. */
  readonly config: Plain;
  readonly serviceUrl: string;
  /** Of the Execution that the run began as: one that goes on from its tasks is the same run. */
  readonly uid: string;
}

/** StackStorm's variables of a workflow: `st2` and `parent`, and for chains the configuration of their pack. */
export function beginningOf(
  execution: Execution,
  { ref, engine }: Pick<Pinned, 'ref' | 'engine'>,
  { parameters, config, serviceUrl, uid: runUid }: Begins,
): Beginning {
  const { uid, namespace = '' } = execution.metadata;
  const about = contextIn(ref, askedOf(execution));
  const st2 = {
    action_execution_id: uid,
    workflow_execution_id: runUid,
    api_url: apiUrl(serviceUrl, namespace),
    user: about.user,
    pack: about.pack,
    action: ref,
    runner: engine,
    ...chatIn(execution.spec.request.context),
  };
  const parent = { ...about, execution_id: uid };
  return {
    parameters,
    context: { st2, parent, ...(engine === 'action-chain' && { config_context: config }) },
    uid: runUid,
  };
}
