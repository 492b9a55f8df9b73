// operator/api/kinds.ts — the registry: every kind with its schema, its names, and the columns that kubectl prints.
import type * as z from 'zod';
import { ActionSpec, ActionStatus } from './action.ts';
import { ExecutionSpec, ExecutionStatus } from './execution.ts';
import { KeyValueSpec, KeyValueStatus } from './key-value.ts';
import { API_VERSION, type Kind, type KubeObject } from './meta.ts';
import { PackSpec, PackStatus } from './pack.ts';
import { RuleSpec, RuleStatus } from './rule.ts';
import { TriggerTypeSpec, TriggerTypeStatus } from './trigger-type.ts';
import { WorkflowSpec, WorkflowStatus } from './workflow.ts';

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  readonly jsonPath: string;
  readonly description: string;
  /** 0 is shown always, 1 with -o wide. */
  readonly priority?: 0 | 1;
}

export interface KindDefinition extends Kind {
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly description: string;
  readonly spec: z.ZodType;
  readonly status: z.ZodType;
  readonly columns: readonly Column[];
}

const ready: Column[] = [
  {
    name: 'Ready',
    type: 'string',
    jsonPath: '.status.conditions[?(@.type=="Ready")].status',
    description: 'Whether it can be used.',
  },
  {
    name: 'Reason',
    type: 'string',
    jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
    description: 'Why it can or cannot be used.',
  },
];
const age: Column = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'When it was created.',
};

export const Action = {
  apiVersion: API_VERSION,
  kind: 'Action',
  plural: 'actions',
  singular: 'action',
  shortNames: ['sqa'],
  description: 'Something that can be run: a command, a script or a container, with its parameters and limits.',
  spec: ActionSpec,
  status: ActionStatus,
  columns: [
    { name: 'Runner', type: 'string', jsonPath: '.spec.runner', description: 'How it is run.' },
    { name: 'Enabled', type: 'boolean', jsonPath: '.spec.enabled', description: 'Whether it may be run.' },
    ...ready,
    { name: 'Description', type: 'string', jsonPath: '.spec.description', description: 'What it does.', priority: 1 },
    age,
  ],
} as const satisfies KindDefinition;

export const Workflow = {
  apiVersion: API_VERSION,
  kind: 'Workflow',
  plural: 'workflows',
  singular: 'workflow',
  // Not wf: that is Argo's.
  shortNames: ['sqw'],
  description: 'Something that can be run and is made of other actions: a definition, with its parameters.',
  spec: WorkflowSpec,
  status: WorkflowStatus,
  columns: [
    { name: 'Engine', type: 'string', jsonPath: '.spec.engine', description: 'The language of its definition.' },
    { name: 'Enabled', type: 'boolean', jsonPath: '.spec.enabled', description: 'Whether it may be run.' },
    ...ready,
    { name: 'Description', type: 'string', jsonPath: '.spec.description', description: 'What it does.', priority: 1 },
    age,
  ],
} as const satisfies KindDefinition;

export const TriggerType = {
  apiVersion: API_VERSION,
  kind: 'TriggerType',
  plural: 'triggertypes',
  singular: 'triggertype',
  shortNames: ['sqt'],
  description: 'A kind of event: what its payload looks like and the webhook that brings it in.',
  spec: TriggerTypeSpec,
  status: TriggerTypeStatus,
  columns: [
    { name: 'Webhook', type: 'string', jsonPath: '.spec.webhook.url', description: 'Path below /api/v1/webhooks/.' },
    { name: 'Authentication', type: 'string', jsonPath: '.spec.webhook.authentication', description: 'Who may send.' },
    ...ready,
    age,
  ],
} as const satisfies KindDefinition;

export const Rule = {
  apiVersion: API_VERSION,
  kind: 'Rule',
  plural: 'rules',
  singular: 'rule',
  shortNames: ['sqr'],
  description: 'Which events lead to which action.',
  spec: RuleSpec,
  status: RuleStatus,
  columns: [
    {
      name: 'Enabled',
      type: 'boolean',
      jsonPath: '.spec.enabled',
      description: 'Whether events are tested against it.',
    },
    { name: 'Trigger', type: 'string', jsonPath: '.spec.trigger.type', description: 'The events that it is about.' },
    { name: 'Action', type: 'string', jsonPath: '.spec.action.ref', description: 'What is run.' },
    ...ready,
    age,
  ],
} as const satisfies KindDefinition;

export const Execution = {
  apiVersion: API_VERSION,
  kind: 'Execution',
  plural: 'executions',
  singular: 'execution',
  shortNames: ['sqx'],
  description: 'One request to run an action, and all that became of it.',
  spec: ExecutionSpec,
  status: ExecutionStatus,
  columns: [
    { name: 'Action', type: 'string', jsonPath: '.spec.request.action', description: 'What is run.' },
    { name: 'Status', type: 'string', jsonPath: '.status.phase', description: 'Where it stands.' },
    { name: 'Reason', type: 'string', jsonPath: '.status.reason', description: 'Why it stands there.' },
    {
      name: 'Rule',
      type: 'string',
      jsonPath: '.spec.request.context.trigger.rule.name',
      description: 'The rule that asked for it.',
    },
    { name: 'Took', type: 'string', jsonPath: '.status.duration', description: 'From request to final phase.' },
    {
      name: 'Attempt',
      type: 'integer',
      jsonPath: '.status.attempt',
      description: 'Number of the current attempt.',
      priority: 1,
    },
    { name: 'User', type: 'string', jsonPath: '.spec.request.context.user', description: 'Who asked.', priority: 1 },
    { name: 'Message', type: 'string', jsonPath: '.status.message', description: 'What happened.', priority: 1 },
    age,
  ],
} as const satisfies KindDefinition;

export const Pack = {
  apiVersion: API_VERSION,
  kind: 'Pack',
  plural: 'packs',
  singular: 'pack',
  shortNames: ['sqp'],
  description:
    'A set of actions, workflows, rules, triggers and sensors in files, where it comes from and its configuration.',
  spec: PackSpec,
  status: PackStatus,
  columns: [
    { name: 'Ref', type: 'string', jsonPath: '.status.ref', description: 'Exact name of the pack.' },
    { name: 'Version', type: 'string', jsonPath: '.status.version', description: 'Version that is installed.' },
    { name: 'Commit', type: 'string', jsonPath: '.status.commit', description: 'Commit that is installed.' },
    { name: 'Author', type: 'string', jsonPath: '.status.author', description: 'Who wrote it.' },
    ...ready,
    { name: 'Content', type: 'string', jsonPath: '.status.content', description: 'What is registered from it.' },
    age,
  ],
} as const satisfies KindDefinition;

export const KeyValue = {
  apiVersion: API_VERSION,
  kind: 'KeyValue',
  plural: 'keyvalues',
  singular: 'keyvalue',
  shortNames: ['sqk'],
  description: 'An entry of the datastore, which actions, workflows, rules and configurations read.',
  spec: KeyValueSpec,
  status: KeyValueStatus,
  columns: [
    { name: 'Key', type: 'string', jsonPath: '.spec.key', description: 'Exact name of the entry.' },
    { name: 'Scope', type: 'string', jsonPath: '.spec.scope', description: 'Who sees it.' },
    { name: 'User', type: 'string', jsonPath: '.spec.user', description: 'Whose it is.', priority: 1 },
    { name: 'Expires', type: 'date', jsonPath: '.spec.expiresAt', description: 'When it ends.' },
    ...ready,
    age,
  ],
} as const satisfies KindDefinition;

export const KINDS: readonly KindDefinition[] = [Action, Workflow, TriggerType, Rule, Execution, Pack, KeyValue];

/** An object of one kind, its spec and status already checked. */
export interface Typed<S, T> extends KubeObject {
  readonly spec: S;
  readonly status?: T;
}
export type Action = Typed<ActionSpec, ActionStatus>;
export type Workflow = Typed<WorkflowSpec, WorkflowStatus>;
export type TriggerType = Typed<TriggerTypeSpec, TriggerTypeStatus>;
export type Rule = Typed<RuleSpec, RuleStatus>;
export type Execution = Typed<ExecutionSpec, ExecutionStatus>;
export type Pack = Typed<PackSpec, PackStatus>;
export type KeyValue = Typed<KeyValueSpec, KeyValueStatus>;
