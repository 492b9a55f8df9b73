// operator/domain/workflow/runner-parameters.ts — what each workflow engine itself understands, and the schema that a Workflow has with it.
import type { WorkflowEngine, WorkflowSpec } from '../../api/workflow.ts';
import { overlaid, type Schemas } from '../action/runner-parameters.ts';

const SKIP_NOTIFY = { type: 'array', default: [], description: 'Names of tasks whose end nobody is told.' };

export const ENGINE_PARAMETERS: Readonly<Record<WorkflowEngine, Schemas>> = {
  orquesta: {
    notify: {
      type: 'array',
      uniqueItems: true,
      items: { type: 'string', minLength: 1, pattern: '^\\w+$' },
      default: [],
      description: 'Names of tasks whose end is told.',
    },
  },
  'action-chain': {
    display_published: { type: 'boolean', default: true, description: 'Whether the result has what was published.' },
    skip_notify: SKIP_NOTIFY,
  },
  mistral: {
    workflow: { type: 'string', description: 'Which workflow of a workbook is run.' },
    task_name: { type: 'string', description: 'The task that is wanted, of a reverse workflow.' },
    context: { type: 'object', default: {}, description: 'More variables to begin with.' },
    skip_notify: SKIP_NOTIFY,
  },
};

/** The engine's parameters, each with the Workflow's attributes over it, and the Workflow's own. */
export const workflowSchemas = ({ engine, parameters }: Pick<WorkflowSpec, 'engine' | 'parameters'>): Schemas =>
  overlaid(ENGINE_PARAMETERS[engine], parameters);
