// e2e/conformance/properties/workflow-trace.ts — a workflow and moves → the engine and the model side by side; it throws at the first difference.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { Plain, Value } from '../../../operator/domain/expression/python/values.ts';
import type { Child, Entry, Run } from '../../../operator/domain/workflow/engine.ts';
import { openWorkflow } from '../../../operator/domain/workflow/orquesta/open.ts';
import { OrquestaRun } from '../../../operator/domain/workflow/orquesta/run.ts';
import { WorkflowModel } from './workflow-model.ts';
import type { Asked } from './workflow-model-asking.ts';
import type { ModelError } from './workflow-model-state.ts';
import { Murky } from './workflow-model-values.ts';
import { type Move, Player } from './workflow-moves.ts';
import { printWorkflow } from './workflow-print.ts';
import type { WorkflowProgram } from './workflow-programs.ts';

const OUTSIDE = { nowMs: 1_700_000_000_000, seed: 1, datastore: undefined };

export interface WorkflowCase {
  readonly program: WorkflowProgram;
  readonly moves: readonly Move[];
}

/** A run of the engine; undefined: inspection refuses the definition. */
export function engineRun({ language: _, ...program }: WorkflowProgram, language = _): Run | undefined {
  const { workflow, graph } = openWorkflow(printWorkflow({ ...program, language }));
  if (!workflow || !graph) return undefined;
  return new OrquestaRun(workflow, graph, { parameters: program.parameters, context: {}, uid: 'u' });
}

/** Cases that nobody can judge do not count. */
export function sameTraces({ program, moves }: WorkflowCase): void {
  const run = engineRun(program);
  fc.pre(run !== undefined);
  const model = new WorkflowModel(program);
  const player = new Player(moves);
  const entries: Entry[] = [];
  try {
    const take = (entry: Entry, child: number) => {
      entries.push(entry);
      const { status, children } = run.advance(entry, OUTSIDE);
      const asked = model.advance(entry, child);
      same('asked', children.map(toldChild), asked.map(toldAsked));
      same('status', status, model.status);
      player.asked(children.map(({ key }) => key));
    };
    take({ is: 'start' }, -1);
    for (let played = player.play(run.status); played; played = player.play(run.status))
      take(played.entry, played.child);
    if (['succeeded', 'failed', 'canceled'].includes(run.status)) {
      const { output = null, errors } = run.result();
      const expected = model.result();
      same('output', output, expected.output);
      same('errors', errorSet(errors), errorsOf(expected.errors));
    }
  } catch (error) {
    if (error instanceof Murky) return fc.pre(false);
    throw new Error(
      `${(error as Error).message}\nafter ${JSON.stringify(entries)}\nof ${JSON.stringify(printWorkflow(program))}`,
      { cause: error },
    );
  }
}

function same(what: string, came: unknown, expected: unknown): void {
  if (isDeepStrictEqual(came, expected)) return;
  throw new Error(`${what}: the engine has ${JSON.stringify(came)}, the model ${JSON.stringify(expected)}`);
}

const toldChild = ({ task, item, action, input, delaySeconds }: Child) => ({
  task,
  item,
  action,
  input: plain(input),
  delay: delaySeconds,
});
const toldAsked = ({ task, item, action, input, delay }: Asked) => ({ task, item, action, input, delay });
/** Values of the engine may have no prototype, or be a float's. */
const plain = (value: Value): unknown => JSON.parse(JSON.stringify(value));

function errorSet(errors: Value | undefined): unknown {
  if (errors === undefined) return undefined;
  const told = (errors as unknown as readonly Plain[]).map((error) => {
    const message = error['message'] as string;
    return ordered({
      name: message.slice(0, message.search(/[.:]/)),
      task: error['task_id'],
      route: error['route'],
      transition: error['task_transition_id'],
      result: error['result'],
    });
  });
  return [...new Set(told)].toSorted();
}

const errorsOf = (errors: readonly ModelError[] | undefined): unknown =>
  errors &&
  [
    ...new Set(
      errors.map(({ name, task, route, transition, result }) => ordered({ name, task, route, transition, result })),
    ),
  ].toSorted();

const ordered = (fields: object): string => JSON.stringify(fields);
