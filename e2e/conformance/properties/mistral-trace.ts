// e2e/conformance/properties/mistral-trace.ts — a workflow of Mistral and moves → the engine and the model side by side; it throws at the first difference.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { Child, Entry, Run } from '../../../operator/domain/workflow/engine.ts';
import { parseMistral } from '../../../operator/domain/workflow/mistral/parse.ts';
import { newMistralRun } from '../../../operator/domain/workflow/mistral/run.ts';
import { MistralModel, type MistralResult } from './mistral-model.ts';
import type { MistralAsked } from './mistral-model-state.ts';
import { printMistral } from './mistral-print.ts';
import type { MistralProgram } from './mistral-programs.ts';
import { Murky } from './workflow-model-values.ts';
import { type Move, Player } from './workflow-moves.ts';

const OUTSIDE = { nowMs: 1_700_000_000_000, seed: 1, datastore: undefined };

export interface MistralCase {
  readonly program: MistralProgram;
  readonly moves: readonly Move[];
}

/** Undefined: the definition is refused. */
function engineRun(program: MistralProgram): Run | undefined {
  const { definition } = parseMistral(printMistral(program));
  const settings = program.target === undefined ? {} : { taskName: program.target };
  return definition && newMistralRun(definition, { parameters: {}, context: {}, uid: 'u' }, settings);
}

/** Cases that nobody can judge do not count. */
export function sameMistralTraces({ program, moves }: MistralCase): void {
  const run = engineRun(program);
  fc.pre(run !== undefined);
  const [model, player] = [new MistralModel(program), new Player(moves)];
  const entries: Entry[] = [];
  /** Numbers of the model's children by those of the engine's. */
  const numbers: number[] = [];
  const names = new Map<string, string>();
  const take = (entry: Entry, child: number) => {
    entries.push(entry);
    const base = numbers.length;
    const { status, children, tell } = run.advance(entry, OUTSIDE);
    for (const { key, task, item } of children) names.set(key, `${task} ${item ?? ''}`);
    const asked = model.advance(entry, numbers[child]);
    numbers.push(...paired(children.map(toldChild), asked).map((at) => base + at));
    const told = tell.map(({ key, request }) => `${request} ${names.get(key) ?? ''}`);
    same('told', told.toSorted(), model.told.toSorted());
    same('status', status, model.status);
    player.asked(children.map(({ key }) => key));
  };
  try {
    take({ is: 'start' }, -1);
    for (let played = player.play(run.status); played; played = player.play(run.status))
      take(played.entry, played.child);
    if (!['succeeded', 'failed', 'canceled'].includes(run.status)) return;
    const { tasks, extra: _, ...output } = run.result();
    const expected = model.result();
    if (run.status === 'succeeded') same('output', plain(output), plain(expected.output));
    const open = new Set(expected.tasks.filter(({ state }) => state === 'WAITING').map(({ name }) => name));
    // Joins that are left waiting by a failure elsewhere may have been found to fail just before it.
    const settled = (tasks: readonly TaskTold[]) => shown(tasks.filter(({ name }) => !open.has(name)));
    same('tasks', settled(tasks as unknown as readonly TaskTold[]), settled(expected.tasks));
  } catch (error) {
    if (error instanceof Murky) return fc.pre(false);
    const about = `after ${JSON.stringify(entries)}\nof ${printMistral(program)}`;
    throw new Error(`${(error as Error).message}\n${about}`, { cause: error });
  }
}

const toldChild = ({ task, item, input, delaySeconds: delay }: Child): string =>
  JSON.stringify([task, item, plain(input), delay]);
const toldAsked = ({ task, item, input, delay }: MistralAsked): string => JSON.stringify([task, item, input, delay]);

/** What begins with one entry has no order: for each child of the engine which it is of the model's. */
function paired(children: readonly string[], asked: readonly MistralAsked[]): readonly number[] {
  same('asked', children.toSorted(), asked.map(toldAsked).toSorted());
  const left = new Set(asked.keys());
  return children.map((told) => {
    const same = [...left].filter((at) => toldAsked(asked[at] as MistralAsked) === told);
    const kinds = new Set(same.map((at) => JSON.stringify(asked[at]?.variables)));
    if (kinds.size > 1) throw new Murky('twins that differ');
    left.delete(same[0] as number);
    return same[0] as number;
  });
}

function same(what: string, came: unknown, expected: unknown): void {
  if (isDeepStrictEqual(came, expected)) return;
  throw new Error(`${what}: the engine has ${JSON.stringify(came)}, the model ${JSON.stringify(expected)}`);
}

/** Values of the engine may have no prototype, or be a float's. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

type TaskTold = Omit<MistralResult['tasks'][number], 'state'> & { readonly state: string };
/** The model knows no waits: what is put off for it runs. */
const OPEN = new Set(['DELAYED', 'PAUSED', 'RUNNING']);
const shown = (tasks: readonly TaskTold[]): readonly string[] =>
  tasks
    .map(({ state, name, ...told }) => [name, OPEN.has(state) ? 'RUNNING' : state, told.published, told.result])
    .map((told) => JSON.stringify(told))
    .toSorted();
