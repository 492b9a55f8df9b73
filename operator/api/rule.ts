// operator/api/rule.ts — Rule: which events lead to which action.
import * as z from 'zod';
import { Ref } from './action.ts';
import { Description, FreeForm, JudgedStatus } from './meta.ts';

/** Operators of criteria, under StackStorm's names. */
export const OPERATORS = [
  'equals',
  'eq',
  'nequals',
  'neq',
  'iequals',
  'ieq',
  'contains',
  'icontains',
  'ncontains',
  'incontains',
  'startswith',
  'istartswith',
  'endswith',
  'iendswith',
  'lessthan',
  'lt',
  'greaterthan',
  'gt',
  'matchwildcard',
  'matchregex',
  'regex',
  'iregex',
  'timediff_lt',
  'td_lt',
  'timediff_gt',
  'td_gt',
  'exists',
  'nexists',
  'inside',
  'in',
  'ninside',
  'nin',
  'search',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** What of a list must pass, and how much of the pattern, with the operator search. */
export const SEARCH_CONDITIONS = ['any', 'all', 'any2any', 'all2any'] as const;

const Pattern = z.unknown().optional().meta({ 'x-kubernetes-preserve-unknown-fields': true });

export const Criterion = z.object({
  type: z.enum(OPERATORS).describe('How the value is compared with the pattern.'),
  pattern: Pattern.describe(
    'What the value is compared with; a string may contain templates with trigger; for search a map of criteria with keys item.…. Default: none, for exists and nexists.',
  ),
  condition: z
    .enum(SEARCH_CONDITIONS)
    .optional()
    .describe(
      'For search: any or all items must fit the whole pattern; any2any, all2any: one of its criteria. Default: none.',
    ),
});
export type Criterion = z.infer<typeof Criterion>;

const Cel = z
  .string()
  .min(1)
  .max(2048)
  .optional()
  .describe('An expression in CEL that gives a bool; it knows trigger and now. Default: none.');

/** What every member of a group has: a comparison as in criteria, or an expression. */
const leaf = {
  key: z
    .string()
    .min(1)
    .max(1024)
    .optional()
    .describe('Path of the value, for example trigger.body.status. Default: none.'),
  type: z.string().min(1).max(32).optional().describe('Operator, one of those of criteria; with key. Default: none.'),
  pattern: Pattern.describe('As in criteria. Default: none.'),
  condition: z.enum(SEARCH_CONDITIONS).optional().describe('As in criteria, for search. Default: none.'),
  cel: Cel,
};

/** Members of one list. */
const MEMBERS_MAX = 32;

/** A member of a group. What it says must all hold. */
export interface Condition {
  readonly key?: string | undefined;
  readonly type?: string | undefined;
  readonly pattern?: unknown;
  readonly condition?: (typeof SEARCH_CONDITIONS)[number] | undefined;
  readonly cel?: string | undefined;
  readonly all?: readonly Condition[] | undefined;
  readonly any?: readonly Condition[] | undefined;
  readonly not?: Condition | undefined;
}

/** A structural schema cannot refer to itself, so the levels are written out. */
const groupOf = (member: z.ZodType<Condition>) => ({
  all: z.array(member).min(1).max(MEMBERS_MAX).optional().describe('All members must hold. Default: none.'),
  any: z.array(member).min(1).max(MEMBERS_MAX).optional().describe('At least one member must hold. Default: none.'),
  not: member.optional().describe('This must not hold. Default: none.'),
});
const Leaf = z.object(leaf);
const Inner = z.object({ ...leaf, ...groupOf(Leaf) });
const Outer = z.object({ ...leaf, ...groupOf(Inner) });

export const Match = z.object({ cel: Cel, ...groupOf(Outer) });
export type Match = z.infer<typeof Match>;

/** A rule may name what is not there: StackStorm registers rules whose action has no pack, which fail for every event. */
const ActionRef = z.string().max(128).regex(/^\S+$/);

/** Names of rules may have blanks and the like: nothing but people refers to them. */
const RuleRef = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9_-]+\.[^\s](?:[^\n\r\t]*[^\s])?$/);

export const RuleSpec = z.object({
  ref: RuleRef.optional().describe(
    'Exact reference, pack.name. Default: the name of the object, in pack "default" if it has no dot.',
  ),
  description: Description.optional().describe('What the rule is for, for people. Default: none.'),
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
  match: Match.optional().describe(
    'What must hold besides criteria: groups, nested up to three deep, and CEL. Default: nothing.',
  ),
  action: z
    .object({
      ref: ActionRef.describe('Reference of the Action, for example core.local.'),
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

export const RuleStatus = JudgedStatus;
export type RuleStatus = JudgedStatus;
