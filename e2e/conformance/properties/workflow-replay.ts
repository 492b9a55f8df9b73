// e2e/conformance/properties/workflow-replay.ts — a run that is killed and replayed from its journal, beside one that goes on.
import { isDeepStrictEqual } from 'node:util';
import fc, { type Arbitrary } from 'fast-check';
import type { Child, Entry, Run } from '../../../operator/domain/workflow/engine.ts';
import { LiveRun } from '../../../operator/domain/workflow/live.ts';
import { type Move, moves, Player } from './workflow-moves.ts';

/** Decisions after which the process is killed; `all` is every one. */
type Kills = 'all' | readonly number[];

export interface ReplayCase<T> {
  readonly definition: T;
  readonly moves: readonly Move[];
  readonly kills: Kills;
  /** Whether a run that failed is run again. */
  readonly isRerun: boolean;
}

export const replayCases = <T>(definition: Arbitrary<T>): Arbitrary<ReplayCase<T>> =>
  fc.record({
    definition,
    moves,
    kills: fc.oneof(
      { arbitrary: fc.array(fc.nat(20), { maxLength: 3 }), weight: 9 },
      { arbitrary: fc.constant<Kills>('all'), weight: 1 },
    ),
    isRerun: fc.boolean(),
  });

const STARTED_AT_MS = 1_700_000_000_000;
const OWNER = { name: 'run', uid: 'u' };

/** Killed as often as wanted: the same children, the same status, the same result. `open` gives undefined for what is no definition. */
export function sameAfterKills<T>(
  { definition, moves, kills, isRerun }: ReplayCase<T>,
  open: (definition: T) => Run | undefined,
): void {
  const begin = (): LiveRun | undefined => {
    const run = open(definition);
    const nameOf = ({ name }: { readonly name: string }, { key }: Child) => `${name}-${key}`;
    return (
      run &&
      new LiveRun({
        run,
        engine: 'orquesta',
        startedAtMs: STARTED_AT_MS,
        seed: 7,
        references: new Set(),
        owner: OWNER,
        nameOf,
      })
    );
  };
  const steady = begin();
  fc.pre(steady !== undefined);
  let mortal = begin() as LiveRun;
  const player = new Player(moves);
  const results = new Map<string, unknown>();
  const told: string[] = [];
  let asked = 0;

  const take = (entry: Entry, at: number) => {
    const atMs = 1000 * at + (at % 7);
    if (entry.is === 'child' && entry.result !== undefined) results.set(`run-${entry.key}`, entry.result);
    const isTimed = entry.is === 'child' && entry.result !== undefined && at % 3 > 0;
    const timed = isTimed ? { ...entry, startedAtMs: atMs - 700, endedAtMs: atMs - 20 } : entry;
    const recorded = { atMs, entry: timed, ...(entry.is === 'rerun' && { of: `${OWNER.name}/${OWNER.uid}` }) };
    told.push(JSON.stringify(entry));
    steady.record(recorded);
    mortal.record(recorded);
    if (kills === 'all' || kills.includes(at)) {
      const { journal } = mortal;
      mortal = begin() as LiveRun;
      mortal.replay(journal, (name) => results.get(name));
      same(steady, mortal, told);
    }
    player.asked(keysFrom(steady, asked));
    asked = steady.size;
  };

  take({ is: 'start' }, 0);
  for (let at = 1; at < 200; at++) {
    const played = player.play(steady.status);
    const mayRerun = isRerun && !played && (steady.status === 'failed' || steady.status === 'canceled');
    if (!played && (!mayRerun || told.some((entry) => entry.includes('rerun')))) break;
    take(played?.entry ?? { is: 'rerun' }, at);
  }
  same(steady, mortal, told);
}

const keysFrom = (live: LiveRun, from: number): string[] =>
  Array.from({ length: live.size - from }, (_, i) => live.keyOf(from + i) as string);

function same(steady: LiveRun, mortal: LiveRun, told: readonly string[]): void {
  const [a, b] = [stateOf(steady), stateOf(mortal)];
  if (isDeepStrictEqual(a, b)) return;
  throw new Error(`${JSON.stringify(a)} went on, ${JSON.stringify(b)} was replayed\nafter ${told.join(', ')}`);
}

/** All that anybody can see of a run. */
const stateOf = (live: LiveRun): unknown => ({
  children: keysFrom(live, 0).map((key) => live.childOf(key)),
  counts: live.counts,
  tells: live.tells,
  status: live.status,
  journal: live.journal,
  result: live.run.result(),
  tasks: live.run.tasks(),
  contextBytes: live.run.contextBytes(),
});
