// operator/api/workflow.ts — Workflow: something that can be run and is made of other actions; its definition, parameters and limits.
import * as z from 'zod';
import { Parameters, Ref } from './action.ts';
import { Description, FreeForm, JudgedStatus } from './meta.ts';
import { NotifySettings } from './notify.ts';

/** Languages that definitions are written in; names are StackStorm's. */
export const WORKFLOW_ENGINES = ['orquesta', 'action-chain', 'mistral'] as const;
export type WorkflowEngine = (typeof WORKFLOW_ENGINES)[number];

export const WorkflowSpec = z
  .object({
    ref: Ref.optional().describe(
      'Exact reference, pack.name. Default: the name of the object, in pack "default" if it has no dot.',
    ),
    description: Description.optional().describe('What the workflow does, for people. Default: none.'),
    enabled: z.boolean().default(true).describe('Whether it may be run. Default: true.'),
    engine: z.enum(WORKFLOW_ENGINES).describe('The language that the definition is written in.'),
    definition: FreeForm.describe('The definition, as the engine has it: what the file of a pack says.'),
    workflow: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe(
        'Which workflow of a Mistral workbook is run, for engine mistral only. Default: main, or the only one there is.',
      ),
    parameters: Parameters,
    notify: NotifySettings.optional().describe('Who is told how it ended. Default: whom the request names.'),
    ttlSecondsAfterFinished: z
      .int()
      .min(0)
      .max(31536000)
      .optional()
      .describe(
        'How long its finished Executions are kept, in seconds, never less than the dedupe window. Default: 86400.',
      ),
  })
  .meta({
    'x-kubernetes-validations': [
      {
        rule: "!has(self.workflow) || self.engine == 'mistral'",
        message: 'spec.workflow: give it with engine "mistral" only',
      },
    ],
  });
export type WorkflowSpec = z.infer<typeof WorkflowSpec>;

export const WorkflowStatus = JudgedStatus;
export type WorkflowStatus = JudgedStatus;
