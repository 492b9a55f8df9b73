// operator/api/execution.ts — Execution: one request to run an action, and all that became of it.
import * as z from 'zod';
import { Ref, TtlSeconds } from './action.ts';
import { Conditions, FreeForm } from './meta.ts';
import { NotifySettings } from './notify.ts';

/** How many events in a row may have been caused by executions. */
export const DEPTH_MAX = 16;
/** Largest result, in bytes of JSON, that is kept in the status; a larger one goes to the result store. */
export const INLINE_RESULT_MAX_BYTES = 16 * 1024;
/** Longest line of a workflow's journal, in characters: what a run read of the datastore and of its pack's configuration stands in it. */
export const JOURNAL_LINE_MAX = 400_000;
/** Most lines of a workflow's journal. */
export const JOURNAL_LINES_MAX = 50_000;
/** Largest result, in bytes of JSON, that a runner may deliver. */
export const RESULT_MAX_BYTES = 8 * 1024 * 1024;

/** StackStorm's statuses, as one enum: requested, delayed, running, pausing, paused, canceling, then how it ended. */
export const PHASES = [
  'Requested',
  'Delayed',
  'Running',
  'Pausing',
  'Paused',
  'Canceling',
  'Succeeded',
  'Failed',
  'TimedOut',
  'Abandoned',
  'Canceled',
] as const;
export const Phase = z.enum(PHASES);
export type Phase = z.infer<typeof Phase>;

const name = z.string().max(253);

export const TriggerContext = z.object({
  type: Ref.describe('Reference of the TriggerType.'),
  event: z.string().max(512).describe('Id of the event, in the scope of its source.'),
  source: z.string().max(512).describe('Where the event came in, for example webhook/alerts.'),
  receivedAt: z.iso.datetime({ offset: true }).describe('When the event was accepted.'),
  rule: z
    .object({ name: name.describe('Name of the Rule.'), uid: z.string().max(64).describe('Its uid.') })
    .describe('The Rule that matched.'),
});

export const RequestContext = z.object({
  user: name.optional().describe('Who asked. Only your own name is accepted. Default: system:squall for events.'),
  apiUser: name
    .optional()
    .describe(
      'Who asked in a chat, in whose name the caller speaks: api_user for templates. Only the operator sets it. Default: none.',
    ),
  sourceChannel: name
    .optional()
    .describe(
      'The chat where it was asked for: source_channel for templates. Only the operator sets it. Default: none.',
    ),
  trigger: TriggerContext.optional().describe('The event that led here. Only the operator sets it. Default: none.'),
  parent: z
    .object({ name: name.describe('Name of the parent Execution.'), uid: z.string().max(64).describe('Its uid.') })
    .optional()
    .describe('The Execution that this one is a step of. Only the operator sets it. Default: none.'),
  trace: z
    .object({
      id: z.string().max(64).describe('Id that the whole story shares.'),
      tag: z.string().max(256).optional().describe('Name of the story, for people. Default: none.'),
    })
    .optional()
    .describe('What this belongs to; inherited by children and by events that it causes. Default: a new one.'),
});
export type RequestContext = z.infer<typeof RequestContext>;

export const ExecutionRequest = z.object({
  action: Ref.describe('Reference of the Action or Workflow, for example core.local.'),
  parameters: FreeForm.optional().describe(
    'Parameters by name; a secret one is {valueFrom: {secretKeyRef: {name, key}}}. Default: none.',
  ),
  context: RequestContext.optional().describe('Where the request came from. Default: empty.'),
  notify: NotifySettings.optional().describe(
    'Who is told how it ended, where the Action or Workflow does not say. Default: nobody.',
  ),
  cause: z
    .object({
      depth: z
        .int()
        .min(0)
        .max(DEPTH_MAX)
        .default(0)
        .describe('How many events in a row were caused by executions; only the operator sets it above 0. Default: 0.'),
      execution: name
        .optional()
        .describe('The Execution that emitted the event. Only the operator sets it. Default: none.'),
      rerunOf: name.optional().describe('The Execution that this one repeats. Default: none.'),
    })
    .optional()
    .describe('What led to the request. Default: a person or a program asked.'),
  workflow: z
    .string()
    .max(256)
    .optional()
    .describe('Which workflow of a Mistral workbook is run. Default: the one that the Workflow names.'),
  rerun: z
    .object({
      tasks: z.array(z.string().max(256)).max(256).optional().describe('Names of tasks. Default: those that failed.'),
      reset: z
        .array(z.string().max(256))
        .max(256)
        .optional()
        .describe('Those of them whose items all run again, not only the failed ones. Default: none.'),
    })
    .optional()
    .describe(
      'Goes on with the workflow of cause.rerunOf, from these tasks; what else it did stands. Default: all runs again.',
    ),
});
export type ExecutionRequest = z.infer<typeof ExecutionRequest>;

export const ExecutionSpec = z.object({
  request: ExecutionRequest.describe('What is run, with what. It cannot be changed.').meta({
    'x-kubernetes-validations': [
      { rule: 'self == oldSelf', message: 'spec.request: it cannot be changed; create another Execution' },
    ],
  }),
  control: z
    .enum(['run', 'pause', 'cancel'])
    .default('run')
    .describe(
      'What you want of it: run; pause, for workflows, which run again resumes; or cancel, which cannot be taken back. Default: run.',
    )
    .meta({
      'x-kubernetes-validations': [
        {
          rule: "oldSelf != 'cancel' || self == 'cancel'",
          message: 'spec.control: a cancel cannot be taken back; re-run it instead',
        },
      ],
    }),
  resumes: z
    .int()
    .min(0)
    .max(10_000)
    .optional()
    .describe(
      'From how many of the pauses that a workflow makes by itself it goes on; status.workflow.pauses counts them. Default: 0, it waits at the first.',
    ),
  ttlSecondsAfterFinished: TtlSeconds.optional().describe(
    'How long it is kept when finished, in seconds, never less than the dedupe window. Default: that of the Action, else 86400.',
  ),
});
export type ExecutionSpec = z.infer<typeof ExecutionSpec>;

export const Attempt = z.object({
  number: z.int().min(1).describe('Its number, from 1.'),
  phase: Phase.describe('How it ended.'),
  reason: z.string().max(64).describe('One CamelCase word that says why.'),
  startedAt: z.iso.datetime({ offset: true }).optional().describe('When its process started.'),
  endedAt: z.iso.datetime({ offset: true }).describe('When it ended.'),
});

/** How far a workflow is: enough to go on after a restart. */
export const WorkflowState = z.object({
  revision: name.describe('Name of the ControllerRevision that has the definition which it began with.'),
  startedAt: z.iso.datetime({ offset: true }).describe('When it began; the journal counts milliseconds from then.'),
  journal: z
    .array(z.string().max(JOURNAL_LINE_MAX))
    .max(JOURNAL_LINES_MAX)
    .describe('What happened to it, in order: each entry was written before anything that it led to was done.'),
  tells: z
    .enum(['run', 'pause', 'cancel'])
    .default('run')
    .describe('What workflows among its children are to do. Default: run.'),
  pauses: z
    .int()
    .min(0)
    .optional()
    .describe('How often it has paused by itself; spec.resumes of as many lets it go on. Default: 0.'),
  tasks: z
    .object({
      running: z.int().min(0).describe('Children that have not ended.'),
      succeeded: z.int().min(0).describe('Children that ended well.'),
      failed: z.int().min(0).describe('Children that ended otherwise.'),
    })
    .describe('How many children it has had.'),
});
export type WorkflowState = z.infer<typeof WorkflowState>;

export const ExecutionStatus = z.object({
  phase: Phase.default('Requested').describe('Where it stands. Default: Requested.'),
  attempt: z.int().min(1).default(1).describe('Number of the current attempt, from 1. Default: 1.'),
  reason: z.string().max(64).optional().describe('One CamelCase word that says why it stands there.'),
  message: z.string().max(2048).optional().describe('A sentence for people: what happened and what to do.'),
  startedAt: z.iso.datetime({ offset: true }).optional().describe("When the current attempt's process started."),
  endedAt: z.iso.datetime({ offset: true }).optional().describe('When it reached its final phase.'),
  notBefore: z.iso.datetime({ offset: true }).optional().describe('When the next attempt may start.'),
  duration: z.string().max(32).optional().describe('From request to final phase, for people, for example 2.4s.'),
  job: z
    .object({ name: name.describe('Name of the Job.'), uid: z.string().max(64).describe('Its uid.') })
    .optional()
    .describe('The Job of the current attempt.'),
  result: z
    .unknown()
    .optional()
    .meta({ 'x-kubernetes-preserve-unknown-fields': true })
    .describe('What the action returned, up to 16 KiB of JSON.'),
  resultRef: z
    .object({
      digest: z.string().max(128).describe('sha256:… of the JSON text.'),
      bytes: z.int().min(0).describe('Its size in bytes.'),
    })
    .optional()
    .describe('Where a larger result is in the result store, up to 8 MiB.'),
  workflow: WorkflowState.optional().describe('How far a workflow is. Default: none, it is no workflow.'),
  events: z
    .literal('Due')
    .optional()
    .describe('Due: rules wait for its end and have not been told yet. Default: nobody is to be told.'),
  attempts: z.array(Attempt).max(32).optional().describe('The attempts that ended, oldest first.'),
  observedGeneration: z
    .int()
    .min(0)
    .optional()
    .meta({ default: 0 })
    .describe('The generation of the spec that was acted on. Default: 0, none yet.'),
  conditions: Conditions.optional(),
});
export type ExecutionStatus = z.infer<typeof ExecutionStatus>;
