// operator/domain/workflow/pinned.ts — what a run keeps of its Workflow → the engine that runs it.
import type { WorkflowEngine, WorkflowSpec } from '../../api/workflow.ts';
import type { Plain, Value } from '../expression/python/values.ts';
import { readChain } from './action-chain/read.ts';
import { newChainRun } from './action-chain/run.ts';
import type { Beginning, Run } from './engine.ts';
import { readMistral } from './mistral/parse.ts';
import { newMistralRun } from './mistral/run.ts';
import { compose } from './orquesta/compose.ts';
import { inspect } from './orquesta/inspect.ts';
import { OrquestaRun } from './orquesta/run.ts';

/** The Workflow as it was when the run began; kept in a ControllerRevision. */
export interface Pinned {
  /** Reference of the Workflow. */
  readonly ref: string;
  readonly engine: WorkflowEngine;
  readonly definition: Plain;
  /** Schemas of its parameters. */
  readonly parameters: WorkflowSpec['parameters'];
  /** Of a Mistral workbook: the workflow that it begins with. */
  readonly workflow?: string;
  /** Whom its end is told. */
  readonly notify?: WorkflowSpec['notify'];
}

/** What a run is told beside its definition; the same in every replay. */
export interface Opening extends Beginning {
  /** Which workflow of the definition, when it is another one than the Workflow's own. */
  readonly workflow?: string | undefined;
  /** That of the Execution, which tasks of a chain have that say nothing themselves. */
  readonly notify?: Value | undefined;
  /** Name of the Execution of a child, for results. */
  readonly executionOf: (key: string, task: string) => string;
}

type Open = (pinned: Pinned, opening: Opening) => Run | string;

/** What a runner is told by parameters that the definition itself does not see. */
const own = (parameters: Plain, name: string): Value | undefined =>
  Object.hasOwn(parameters, name) ? parameters[name] : undefined;

/** Reading takes longer than running, and a definition is run many times. */
function remembered<T>(read: (pinned: Pinned) => T): (pinned: Pinned) => T {
  const known = new WeakMap<Pinned, { readonly value: T }>();
  return (pinned) => {
    const found = known.get(pinned);
    if (found) return found.value;
    const value = read(pinned);
    known.set(pinned, { value });
    return value;
  };
}

/** What is wrong with it was judged before the run began, with the variables that a run has from outside. */
const openedOrquesta = remembered(({ definition }) => {
  const { workflow } = inspect(definition);
  return workflow && { workflow, graph: compose(workflow) };
});
const openedMistral = remembered(({ definition, ref }) => readMistral(definition, ref));

const OPEN: Readonly<Record<WorkflowEngine, Open>> = {
  orquesta: (pinned, opening) => {
    const opened = openedOrquesta(pinned);
    return opened ? new OrquestaRun(opened.workflow, opened.graph, opening) : 'the definition is not valid';
  },
  'action-chain': ({ definition, ref }, opening) => {
    const name = ref.slice(ref.indexOf('.') + 1);
    const reading = readChain({ definition: { value: definition }, file: name, name });
    const skipNotify = own(opening.parameters, 'skip_notify');
    return newChainRun(reading, opening, {
      displayPublished: own(opening.parameters, 'display_published') !== false,
      executionOf: opening.executionOf,
      ...(Array.isArray(skipNotify) && { skipNotify: skipNotify.map(String) }),
      ...(opening.notify !== undefined && { notify: opening.notify }),
    });
  },
  mistral: (pinned, opening) => {
    const { workflow } = pinned;
    const parsed = openedMistral(pinned);
    if (!parsed.definition) return parsed.findings[0]?.message ?? 'the definition is not valid';
    const isInner = opening.workflow !== undefined;
    return newMistralRun(parsed.definition, opening, { workflow: opening.workflow ?? workflow, isInner });
  },
};

/** A run that has not begun; a text says why there can be none. */
export const openRun: Open = (pinned, opening) => OPEN[pinned.engine](pinned, opening);
