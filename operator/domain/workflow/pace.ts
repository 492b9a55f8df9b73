// operator/domain/workflow/pace.ts — when a run had news, and how wide it is → how long the next news have to wait.

/** News of one run are written at most twice a second while many children are under way; a narrow one may be quick. */
const PAUSE_MS = 530;
const MANY = 8;
const BURST_OF_FEW = 20;

/** In ms; 0: they may be told now. `told` are the times of earlier news, oldest first, in ms, `nowMs` by the same clock. */
export function heldFor(told: readonly number[], running: number, nowMs: number): number {
  const burst = running > MANY ? 1 : BURST_OF_FEW;
  const since = nowMs - burst * PAUSE_MS;
  const recent = told.filter((at) => at > since);
  return recent.length < burst ? 0 : Math.ceil((recent.at(-burst) ?? since) - since) + 1;
}

/** The times that still count. */
export const lately = (told: readonly number[]): readonly number[] => told.slice(-BURST_OF_FEW);
