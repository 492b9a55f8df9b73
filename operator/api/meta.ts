// operator/api/meta.ts — what every object has: names, labels, conditions, references.
import * as z from 'zod';

export const GROUP = 'squall.dev';
export const VERSION = 'v1alpha1';
/** Who we are among the managers of an object's fields. */
export const FIELD_MANAGER = 'squall';
export const API_VERSION = `${GROUP}/${VERSION}`;

/** Reference to the object that a child belongs to; Kubernetes deletes the child after it. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
}

/** An object as the API server returns it: raw JSON, unknown fields kept. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta & { readonly uid: string; readonly resourceVersion: string };
  readonly spec?: unknown;
  readonly status?: unknown;
  /** Of one that was registered from a pack, in a cache: field managers besides ours that have set something in its spec. */
  readonly editedBy?: readonly string[];
}

/** An object that does not exist yet, or the part of one that is applied. */
export interface Draft {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** One resource type: where its objects live in the API. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
}

/** Free-form JSON that the API server keeps as it is. */
export const FreeForm = z.record(z.string(), z.unknown()).meta({ 'x-kubernetes-preserve-unknown-fields': true });

/** What something is for, for people; generated packs write pages of it. */
export const Description = z.string().max(16_384);

/** `sha256:<hex>` of what a store keeps under the hash of its content. */
export const Digest = z
  .string()
  .max(71)
  .regex(/^sha256:[0-9a-f]{64}$/);

/** A condition by the conventions of Kubernetes and kstatus; `lastTransitionTime` moves only when `status` flips. */
export const Condition = z.object({
  type: z.string().max(64).describe('What is judged, for example Ready.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('Whether it holds.'),
  reason: z.string().max(64).describe('One CamelCase word for programs.'),
  message: z.string().max(1024).describe('A sentence for people: what is wrong and what to do.'),
  lastTransitionTime: z.iso.datetime({ offset: true }).describe('When the status last flipped.'),
  observedGeneration: z.int().min(0).optional().describe('The generation of the spec that was judged.'),
});
export type Condition = z.infer<typeof Condition>;

export const Conditions = z
  .array(Condition)
  .max(16)
  .describe('The latest judgements about this object.')
  .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] });

/** Status of what is judged and not run: an Action, a Rule, a TriggerType. */
export const JudgedStatus = z.object({
  // Not yet judged is a generation that no spec has: tools that follow kstatus then say InProgress, not Current.
  observedGeneration: z
    .int()
    .min(0)
    .optional()
    .meta({ default: 0 })
    .describe('The generation of the spec that was judged. Default: 0, none yet.'),
  conditions: Conditions.optional(),
});
export type JudgedStatus = z.infer<typeof JudgedStatus>;

export const LABEL = {
  /** Name of the Execution that a Job, Pod or Secret belongs to. */
  execution: `${GROUP}/execution`,
  /** Number of the attempt, from 1. */
  attempt: `${GROUP}/attempt`,
  /** Reference of the action, for selecting. */
  action: `${GROUP}/action`,
  /** Name of the Rule that asked for an Execution. */
  rule: `${GROUP}/rule`,
  /** Hash of source and event id; all Executions of one event share it. */
  event: `${GROUP}/event`,
  /** Name of the topmost ancestor; only on children. */
  root: `${GROUP}/root`,
  /** Name of the Execution that asked for this one; only on children. */
  parent: `${GROUP}/parent`,
  /** Name of the Pack that an install Job or its pod belongs to. */
  install: `${GROUP}/install`,
  /** Pack that an object was registered from. */
  pack: `${GROUP}/pack`,
} as const;

export const ANNOTATION = {
  /** SHA-256 of the event's body; the same id with another body is refused. */
  eventDigest: `${GROUP}/event-digest`,
  /** Hash of the spec that was registered from a pack; another one was edited by hand. */
  registered: `${GROUP}/registered`,
  /** Of a child of a workflow: the name of its task, and which run of it this is. */
  task: `${GROUP}/task`,
  taskKey: `${GROUP}/task-key`,
  /** And the engine and the reference of the workflow, with a blank between. */
  taskOf: `${GROUP}/task-of`,
} as const;

/** Longest name of a Job: it becomes a label of its Pod. */
export const JOB_NAME_MAX = 63;

/** Longest name of an object. */
const NAME_MAX = 253;

/** The name of the object with a reference: lower case, whatever Kubernetes does not take as `-`, and never at the ends of a part. */
export const nameOfRef = (ref: string): string =>
  ref
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, '-')
    .slice(0, NAME_MAX)
    .split('.')
    .map((part) => part.replaceAll(/^-+|-+$/g, '') || 'x')
    .join('.');

/** Exact reference `pack.name` of an object: what `spec.ref` says, else its name, in pack `default` when it has no dot. */
export const refOf = (object: { metadata: { name: string }; spec: { ref?: string | undefined } }): string =>
  object.spec.ref ?? (object.metadata.name.includes('.') ? object.metadata.name : `default.${object.metadata.name}`);

/** A value that Kubernetes takes as a label: at most 63 characters of [A-Za-z0-9_.-], alphanumeric at both ends. */
export const labelValue = (text: string): string =>
  text
    .replaceAll(/[^A-Za-z0-9_.-]/g, '-')
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+/, '')
    .replace(/[^A-Za-z0-9]+$/, '');

/** Longest message of a condition, in characters. */
const CONDITION_MESSAGE_MAX = 1024;

/** `list` with `next` in it, its message cut to 1024 characters; the time of the last flip is kept while the status stays the same. */
export function setCondition(
  list: readonly Condition[],
  next: Omit<Condition, 'lastTransitionTime'>,
  now: Date,
): Condition[] {
  const old = list.find((c) => c.type === next.type);
  const since = old?.status === next.status ? old.lastTransitionTime : now.toISOString();
  const isLong = next.message.length > CONDITION_MESSAGE_MAX;
  const message = isLong ? `${next.message.slice(0, CONDITION_MESSAGE_MAX - 1)}…` : next.message;
  return [...list.filter((c) => c.type !== next.type), { ...next, message, lastTransitionTime: since }];
}
