// e2e/stories/disruptive/process.ts — for stories that kill: the operator as a process for the length of one file.
import { afterAll, beforeAll } from 'vitest';
import { type Ledger, openLedger } from '../../chaos/ledger.ts';
import { OperatorProcess } from '../../chaos/operator-process.ts';
import { stage } from '../../harness.ts';

/** Whether these stories can run: pods must reach this machine, and the API server must be ours to stop. */
export const canDisrupt = stage.origin === 'embedded' && stage.hostAddress !== undefined;

/** An operator process in the place of the installed one, and a ledger. */
export function operatorProcess(): { readonly operator: OperatorProcess; readonly ledger: () => Ledger } {
  const operator = new OperatorProcess(stage);
  let ledger: Ledger | undefined;
  beforeAll(async () => {
    await operator.take();
    ledger = await openLedger(stage.hostAddress!);
  }, 120_000);
  afterAll(async () => {
    ledger?.close();
    await operator.leave();
  }, 180_000);
  return {
    operator,
    ledger: () => {
      if (!ledger) throw new Error('the ledger is not open yet');
      return ledger;
    },
  };
}
