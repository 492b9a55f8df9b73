// e2e/stories/disruptive/kill-loop.test.ts — the operator is killed again and again while events come in.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { idsOf, ledgerRule, sendAll, settled } from '../../chaos/events.ts';
import { compare } from '../../chaos/ledger.ts';
import { eventually } from '../../harness.ts';
import { scratchNamespace } from '../scratch.ts';
import { canDisrupt, operatorProcess } from './process.ts';

describe.runIf(canDisrupt)('kill loop', () => {
  const { name: namespace } = scratchNamespace('kill-loop');
  const { operator, ledger } = operatorProcess();

  test('60 events, a kill 1 to 3 s after each start: the ledger equals the events', async () => {
    await operator.start();
    await ledgerRule(namespace, 'kills', ledger());
    const stop = new AbortController();
    const alive = operator.keepAlive(stop.signal);
    const killer = (async () => {
      while (!stop.signal.aborted) {
        await eventually('it leads', () => operator.isReady(), 60).catch(() => undefined);
        await sleep(1000 + Math.random() * 2000);
        if (!stop.signal.aborted) await operator.end('SIGKILL');
      }
    })();
    try {
      const accepted = await sendAll(namespace, 'kills', idsOf('kills', 60), 6);
      const expected = await settled(namespace, accepted, 600);
      expect(compare(expected, ledger().lines)).toEqual({ lost: [], doubled: [] });
      expect(operator.starts).toBeGreaterThan(3);
    } finally {
      stop.abort();
      await killer;
      await alive;
    }
  });
});
