// operator/domain/workflow/mistral/begin.ts — what a run begins with: which workflow of the definition, its input, its environment.
import { isPlain, type Plain, type Value } from '../../expression/python/values.ts';
import type { Beginning } from '../engine.ts';
import { entryOf, noEntryText } from './entry.ts';
import { wrongInput } from './action-call.ts';
import { uuidOf } from './ids.ts';
import { MistralFault } from './mistral-fault.ts';
import type { MistralDefinition, Workflow } from './model.ts';
import { own } from './own.ts';
import type { Setup } from './board.ts';

/** What StackStorm's runner takes beside the parameters of the Action. */
export interface MistralSettings {
  /** Which workflow of a workbook: by its own name, or as `pack.action.name`. */
  readonly workflow?: string | undefined;
  /** Reverse: the task that is wanted. */
  readonly taskName?: string | undefined;
  /** More input; parameters of the same name hide it. */
  readonly context?: Plain | undefined;
  /** Whether another workflow of the definition runs it: input that it does not know is passed over. */
  readonly isInner?: boolean | undefined;
}

/** Parameters of the runner, which are no input unless the workflow declares them. */
const RUNNER_PARAMETERS = new Set(['workflow', 'task_name', 'context', 'skip_notify']);

/** The setup of a run, and what is wrong with it: a run that cannot begin fails when it is started. */
export function setUp(
  definition: MistralDefinition,
  beginning: Beginning,
  settings: MistralSettings,
): { readonly setup: Setup; readonly fault: MistralFault | undefined } {
  const { parameters, context, uid } = beginning;
  const given = { ...settings.context, ...(parameters as Plain) };
  const named = settings.workflow ?? textOf(own(given, 'workflow'));
  const entry = entryOf(definition, named);
  const workflow = entry ?? NO_WORKFLOW;
  const target = settings.taskName ?? textOf(own(given, 'task_name'));
  const isRunners = (name: string) =>
    !workflow.input.has(name) && (RUNNER_PARAMETERS.has(name) || settings.isInner === true);
  const input = Object.entries(given).filter(([name]) => !isRunners(name));
  const id = uuidOf(uid, 'workflow');
  const setup: Setup = {
    definition,
    workflow,
    id,
    input: withDefaults(workflow, Object.fromEntries(input)),
    env: envOf(context as Plain),
    user: userOf(context as Plain),
    target: workflow.type === 'reverse' ? target : undefined,
  };
  return {
    setup,
    fault: entry ? inputFault(workflow, Object.fromEntries(input)) : new MistralFault(noEntryText(named)),
  };
}

const NO_WORKFLOW: Workflow = {
  name: '',
  type: 'direct',
  input: new Map(),
  vars: {},
  output: {},
  outputOnError: {},
  tasks: new Map(),
  spec: {},
  startTasks: [],
};

const textOf = (value: Value | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

function inputFault({ name, type, input }: Workflow, given: Plain): MistralFault | undefined {
  const missing = [...input].filter(([one, fallback]) => fallback === undefined && !Object.hasOwn(given, one));
  const unexpected = Object.keys(given).filter((one) => !input.has(one));
  if (missing.length === 0 && unexpected.length === 0) return undefined;
  const title = type === 'direct' ? 'DirectWorkflowSpec' : 'ReverseWorkflowSpec';
  const names = missing.map(([one]) => one);
  return new MistralFault(wrongInput(`${name}, class=${title}`, names, unexpected));
}

function withDefaults({ input }: Workflow, given: Plain): Plain {
  const defaults = [...input].flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return { ...Object.fromEntries(defaults), ...given };
}

/** What `env()` gives: the Execution's own name, and StackStorm's context, made of `st2` and `parent`. */
function envOf(context: Plain): Plain {
  const st2 = asPlain(own(context, 'st2'));
  const id = own(st2, 'action_execution_id') ?? null;
  const url = own(st2, 'api_url') ?? null;
  const about = Object.entries(st2).filter(
    ([name]) => !['action_execution_id', 'api_url', 'workflow_execution_id'].includes(name),
  );
  const parent = { execution_id: id, ...Object.fromEntries(about), ...asPlain(own(context, 'parent')) };
  return {
    st2_execution_id: id,
    st2_liveaction_id: id,
    st2_action_api_url: url,
    __actions: {
      'st2.action': {
        st2_context: {
          api_url: url,
          endpoint: `${textOf(url) ?? ''}/actionexecutions`,
          parent,
          notify: {},
          skip_notify_tasks: [],
        },
      },
    },
  };
}

const asPlain = (value: Value | undefined): Plain => (value !== undefined && isPlain(value) ? value : {});

function userOf(context: Plain): string {
  const user = own(asPlain(own(context, 'st2')), 'user');
  return typeof user === 'string' ? user : 'stanley';
}
