// operator/api/workflow.ts — Workflow: something that can be run and is made of other actions; its definition, parameters and limits.
import * as z from 'zod';
import { CallableFields } from './action.ts';
import { FreeForm, JudgedStatus } from './meta.ts';

/** Languages that definitions are written in; names are StackStorm's. */
export const WORKFLOW_ENGINES = ['orquesta', 'action-chain', 'mistral'] as const;
export type WorkflowEngine = (typeof WORKFLOW_ENGINES)[number];

export const WorkflowSpec = z
  .object({
    ...CallableFields,
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
