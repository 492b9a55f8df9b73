// operator/domain/workflow/mistral/walk.test.ts — whatever is done to a run: when its children have ended it ends, or waits for somebody.
import { expect, test } from 'vitest';
import { Dice, randomWorkbook, Walk } from './walk.setup.ts';

const WALKS = 1000;
const [STEPS_MAX, RERUNS_MAX] = [40, 3];

/** A run, and why it has gone wrong. */
function walk(seed: number): string | undefined {
  const dice = new Dice(seed);
  const workbook = randomWorkbook(dice);
  const walk = new Walk(dice, workbook);
  const wrong = (what: string) => `seed ${seed}: ${what}\n${JSON.stringify(workbook)}\n${walk.told.join('\n')}`;
  for (let reruns = 0; reruns <= RERUNS_MAX; reruns++) {
    for (let steps = dice.below(STEPS_MAX); steps > 0 && !walk.hasEnded; steps--) {
      walk.step();
      if (walk.open.length === 0 && walk.live.status !== 'paused' && !walk.hasEnded) return wrong('waits for nothing');
    }
    const isCanceled = dice.chance(20) && !walk.hasEnded;
    if (isCanceled) {
      const had = walk.live.run.result()['extra'];
      walk.tell({ is: 'request', request: 'cancel' });
      walk.settle(() => dice.pick(['canceled', 'succeeded', 'failed']));
      const isOver = !/RUNNING|PAUSED/.test(JSON.stringify(had));
      if (walk.live.status !== 'canceled' && !isOver) return wrong('was canceled, and goes on');
    } else walk.settle(() => (dice.chance(80) ? 'succeeded' : 'failed'));
    if (!walk.hasEnded) return wrong('does not end');
    if (walk.open.length > 0) return wrong('ends before its children');
    if (!walk.rerun()) break;
  }
  try {
    expect(walk.replayed()).toEqual(walk.shown());
  } catch (error) {
    return wrong(`is another when replayed: ${(error as Error).message}`);
  }
  return undefined;
}

test('a run whose children have ended ends, or waits for somebody; cancel ends it; its replay is the same', () => {
  for (let seed = 1; seed <= WALKS; seed++) expect(walk(seed)).toBeUndefined();
}, 30_000);
