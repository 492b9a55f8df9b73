// operator/api/rule.ts — Rule: which events lead to which action.
import * as z from 'zod';
import { Ref } from './action.ts';
import { Conditions, FreeForm } from './meta.ts';

/** Operators that a criterion may use now; the names are StackStorm's. */
export const OPERATORS = ['equals', 'eq', 'nequals', 'neq', 'exists', 'nexists', 'contains', 'regex'] as const;

export const Criterion = z.object({
  type: z.enum(OPERATORS).describe('How the value is compared with the pattern.'),
  pattern: z
    .unknown()
    .optional()
    .meta({ 'x-kubernetes-preserve-unknown-fields': true })
    .describe(
      'What the value is compared with; a string may contain {{ trigger.… }}. Default: none, for exists and nexists.',
    ),
});
export type Criterion = z.infer<typeof Criterion>;

export const RuleSpec = z.object({
  ref: Ref.optional().describe(
    'Exact reference, pack.name. Default: the name of the object, in pack "default" if it has no dot.',
  ),
  description: z.string().max(1024).optional().describe('What the rule is for, for people. Default: none.'),
  enabled: z.boolean().default(true).describe('Whether events are tested against it. Default: true.'),
  type: z
    .enum(['standard', 'backstop'])
    .default('standard')
    .describe('standard, or backstop: considered only when no standard rule matched the event. Default: standard.'),
  trigger: z
    .object({
      type: Ref.describe('Reference of the TriggerType, for example core.st2.webhook.'),
      parameters: FreeForm.optional().describe(
        'Parameters of the trigger, for example url of a webhook. Default: none.',
      ),
    })
    .describe('The events that the rule is about.'),
  criteria: z
    .record(z.string(), Criterion)
    .default({})
    .meta({ maxProperties: 64 })
    .describe(
      'What must hold, by path into the payload, for example trigger.body.status; all of them. Default: nothing, every event matches.',
    ),
  action: z
    .object({
      ref: Ref.describe('Reference of the Action, for example core.local.'),
      parameters: FreeForm.optional().describe('Its parameters; strings may contain {{ trigger.… }}. Default: none.'),
    })
    .describe('What is run for a matching event.'),
  tags: z
    .array(
      z.object({
        name: z.string().max(128).describe('Name of the tag.'),
        value: z.string().max(256).describe('Its value.'),
      }),
    )
    .max(32)
    .optional()
    .describe('Free labels, for people and searches. Default: none.'),
});
export type RuleSpec = z.infer<typeof RuleSpec>;

export const RuleStatus = z.object({
  observedGeneration: z.int().min(0).optional().describe('The generation of the spec that was judged.'),
  conditions: Conditions.optional(),
});
export type RuleStatus = z.infer<typeof RuleStatus>;
