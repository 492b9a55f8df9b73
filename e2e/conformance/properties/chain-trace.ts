// e2e/conformance/properties/chain-trace.ts — a chain and moves → the engine and the model side by side; it throws at the first difference.
import { isDeepStrictEqual } from 'node:util';
import fc, { type Arbitrary } from 'fast-check';
import type { Plain } from '../../../operator/domain/expression/python/values.ts';
import { readChain } from '../../../operator/domain/workflow/action-chain/read.ts';
import { newChainRun } from '../../../operator/domain/workflow/action-chain/run.ts';
import type { Entry, Run } from '../../../operator/domain/workflow/engine.ts';
import { ChainModel } from './chain-model.ts';
import { type ChainProgram, printChain } from './chain-programs.ts';
import { Murky } from './workflow-model-values.ts';
import { type Move, Player } from './workflow-moves.ts';

const OUTSIDE = { nowMs: 1_700_000_000_000, seed: 1, datastore: undefined };

/** Why children are refused, where they are; for most reasons it is a failure of their tasks. */
type Reason = 'unknown' | 'uncast' | 'other';
export const refusals: Arbitrary<Reason> = fc.constantFrom('other', 'other', 'other', 'unknown', 'uncast');

export interface ChainCase {
  readonly program: ChainProgram;
  readonly moves: readonly Move[];
  readonly reason: Reason;
}

function engineRun(program: ChainProgram): Run {
  const parent = { execution_id: 'u', user: 'ann', pack: 'p' };
  const reading = readChain({ definition: printChain(program), file: 'c.yaml', name: 'c' });
  return newChainRun(reading, { parameters: program.parameters, context: { parent }, uid: 'u' });
}

/** Cases that nobody can judge do not count. */
export function sameChainTraces({ program, moves, reason }: ChainCase): void {
  const [run, model, player] = [engineRun(program), new ChainModel(program), new Player(moves)];
  const entries: Entry[] = [];
  const take = (played: Entry) => {
    const entry = played.is === 'refused' && reason !== 'other' ? { ...played, reason } : played;
    entries.push(entry);
    const { status, children, tell } = run.advance(entry, OUTSIDE);
    const asked = model.advance(entry);
    const told = children.map(({ task, action, input }) => ({ task, action, input: plain(input) }));
    same('asked', told, asked);
    same('status', status, model.status);
    const { told: expected } = model;
    same(
      'told',
      tell.map(({ request }) => request),
      expected,
    );
    same('result', resultOf(run.result()), plain(model.result()));
    player.asked(children.map(({ key }) => key));
  };
  try {
    take({ is: 'start' });
    for (let played = player.play(run.status); played; played = player.play(run.status)) take(played.entry);
  } catch (error) {
    if (error instanceof Murky) return fc.pre(false);
    const about = `after ${JSON.stringify(entries)}\nof ${printChain(program)}`;
    throw new Error(`${(error as Error).message}\n${about}`, { cause: error });
  }
}

function same(what: string, came: unknown, expected: unknown): void {
  if (isDeepStrictEqual(came, expected)) return;
  throw new Error(`${what}: the engine has ${JSON.stringify(came)}, the model ${JSON.stringify(expected)}`);
}

/** Values of the engine may have no prototype, or be a float's. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Without times, names of Executions and texts of errors. */
function resultOf(result: Plain): unknown {
  const { tasks, published, error } = plain(result) as {
    readonly tasks?: readonly { readonly name: string; readonly state: string; readonly result: Plain }[];
    readonly published?: unknown;
    readonly error?: string;
  };
  const told = tasks?.map(({ name, state, result }) => ({ name, state, result: untraced(result) }));
  return plain({ error: error !== undefined, tasks: told, published });
}

const untraced = (result: Plain): unknown =>
  result?.['traceback'] === undefined ? result : { ...result, traceback: '' };
