// operator/domain/action/judge.ts — Action → whether it is valid, as its condition Ready.
import { ActionSpec, ActionStatus } from '../../api/action.ts';
import type { Action } from '../../api/kinds.ts';
import { type Condition, type KubeObject, refOf, setCondition } from '../../api/meta.ts';
import type { Reason } from '../../api/reasons.ts';
import type { Value } from '../expression/python/values.ts';
import type { Plan } from '../plan.ts';
import { winnerOf } from '../rule/reference.ts';
import { isTemplateString } from './parameter-graph.ts';
import { effectiveSchemas, OVERRIDABLE, runnerParameters, type Schema } from './runner-parameters.ts';
import { ATTRIBUTES, compileSchemas, faultOfSchema, own } from './schema.ts';
import { faultOfTemplates, PARAMETER_NAMES } from './template-fault.ts';

export interface ObservedAction {
  readonly self: KubeObject;
  /** All Actions of the namespace that have the same reference, itself among them. */
  readonly sameRef: readonly KubeObject[];
}

/** Never throws. */
export function planAction({ self, sameRef }: ObservedAction, now: Date): Plan<ActionStatus> {
  const verdict = judge(self, sameRef);
  const old = ActionStatus.safeParse(self.status ?? {});
  const generation = self.metadata.generation;
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  const ready: Omit<Condition, 'lastTransitionTime'> = {
    type: 'Ready',
    status: verdict.reason === 'Accepted' ? 'True' : 'False',
    reason: verdict.reason,
    message: verdict.message.slice(0, 1024),
    ...observed,
  };
  const stalled = { ...ready, type: 'Stalled', status: ready.status === 'True' ? 'False' : 'True' } as const;
  const known = (old.success ? old.data.conditions : undefined) ?? [];
  const conditions = [ready, stalled].reduce<Condition[]>((list, next) => setCondition(list, next, now), [...known]);
  const events = verdict.reason === 'Accepted' ? [] : [{ type: 'Warning' as const, ...verdict }];
  return { status: { ...observed, conditions }, events };
}

function judge(self: KubeObject, sameRef: readonly KubeObject[]): { reason: Reason; message: string } {
  const action = parseAction(self);
  if (typeof action === 'string') return { reason: 'SpecInvalid', message: action };
  const holder = winnerOf(sameRef);
  if (holder && holder.metadata.uid !== self.metadata.uid) {
    const message = `Action "${holder.metadata.name}" has the reference "${refOf(action)}" already; change spec.ref of one of them`;
    return { reason: 'RefTaken', message };
  }
  const fault = actionFault(action);
  if (fault !== undefined) return { reason: 'SchemaInvalid', message: fault };
  return { reason: 'Accepted', message: 'It can be run.' };
}

const parsed = new WeakMap<object, Action | string>();

/** The Action with its defaults, or what of it does not fit its schema; remembered for each version. */
export function parseAction(raw: KubeObject): Action | string {
  const known = parsed.get(raw);
  if (known !== undefined) return known;
  const { status: _, ...rest } = raw;
  const spec = ActionSpec.safeParse(raw.spec);
  const issue = spec.error?.issues[0];
  const result = spec.success
    ? { ...rest, spec: spec.data }
    : `spec${issue ? ['', ...issue.path].join('.') : ''}: ${issue?.message ?? 'it does not fit'}; correct it`;
  parsed.set(raw, result);
  return result;
}

const faults = new WeakMap<object, { readonly fault: string | undefined }>();

/** What is wrong with the parameters of an Action, with its remedy; remembered for each spec. */
export function actionFault({ spec }: Pick<Action, 'spec'>): string | undefined {
  const known = faults.get(spec);
  if (known) return known.fault;
  const fault = findFault(spec);
  faults.set(spec, { fault });
  return fault;
}

function findFault(spec: ActionSpec): string | undefined {
  const entries = Object.entries(spec.parameters);
  const runner = runnerParameters(spec);
  const names = [...Object.keys(effectiveSchemas(spec)), ...PARAMETER_NAMES];
  for (const [name, schema] of entries) {
    const base = Object.hasOwn(runner, name) ? runner[name] : undefined;
    const fault =
      faultOfName(name) ?? faultOfAttributes(name, schema, base) ?? faultOfDefault(name, schema, base, names);
    if (fault !== undefined) return fault;
  }
  try {
    compileSchemas(effectiveSchemas(spec));
  } catch (error) {
    return `spec.${(error as Error).message}`;
  }
  for (const [name, schema] of entries) {
    const fault = faultOfSchema(schema);
    if (fault !== undefined) return `spec.parameters.${name}${fault}`;
  }
  return faultOfPositions(entries.map(([name, { position }]) => ({ name, position }))) ?? faultOfContainer(spec);
}

function faultOfName(name: string): string | undefined {
  if (/^\w{1,128}$/.test(name) && name !== '__proto__') return undefined;
  return `spec.parameters: "${name.slice(0, 80)}" is no name of a parameter; use letters, digits and _`;
}

function faultOfAttributes(name: string, schema: Schema, base: Schema | undefined): string | undefined {
  const place = `spec.parameters.${name}`;
  const unknown = Object.keys(schema).find((key) => !ATTRIBUTES.includes(key));
  if (unknown !== undefined) return `${place}.${unknown}: there is no such attribute; remove it`;
  if (Object.hasOwn(schema, 'format')) return `${place}.format: it is understood in inner schemas only; use pattern`;
  if (!base) return undefined;
  const changed = Object.keys(schema).find(
    (key) => !OVERRIDABLE.includes(key) && JSON.stringify(own(schema, key)) !== JSON.stringify(own(base, key)),
  );
  if (changed === undefined) return undefined;
  return `${place}: The attribute "${changed}" for the runner parameter "${name}" cannot be overridden; only ${OVERRIDABLE.join(', ')} can`;
}

function faultOfDefault(
  name: string,
  schema: Schema,
  base: Schema | undefined,
  names: readonly string[],
): string | undefined {
  const place = `spec.parameters.${name}`;
  const value = own(schema, 'default') ?? own(base ?? {}, 'default') ?? undefined;
  if (own(schema, 'immutable') === true && value === undefined)
    return `${place}: Immutable param ${name} requires a default value; give ${place}.default`;
  if (own(schema, 'secret') === true && value !== undefined && value !== '' && !isTemplateString(value as Value))
    return `${place}.default: a secret must not stand in an Action; remove it and rotate the secret`;
  return faultOfTemplates(value, `${place}.default`, names);
}

function faultOfPositions(all: readonly { name: string; position?: number | undefined }[]): string | undefined {
  const placed = all.filter((p): p is { name: string; position: number } => p.position !== undefined);
  const sorted = placed.sort((a, b) => a.position - b.position);
  for (const [i, { name, position }] of sorted.entries()) {
    const next = sorted[i + 1];
    if (next?.position === position)
      return `spec.parameters: Parameters ${name} and ${next.name} have same position ${position}. Position values have to be unique.`;
    if (next && next.position !== position + 1)
      return `spec.parameters: Positions supplied [${sorted.map((p) => p.position).join(', ')}] for parameters are not contiguous; number them without gaps`;
  }
  return undefined;
}

function faultOfContainer(spec: ActionSpec): string | undefined {
  const names = Object.keys(spec.parameters);
  for (const part of ['command', 'args', 'env'] as const) {
    const fault = faultOfTemplates(spec.container?.[part], `spec.container.${part}`, names);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
