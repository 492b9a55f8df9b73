// e2e/stories/disruptive/crash-points.test.ts — the operator dies before or after each call it makes; nothing is lost or doubled.
import { describe, expect, test } from 'vitest';
import { KIND } from '../../../operator/kube/paths.ts';
import { idsOf, ledgerRule, sendAll, settled } from '../../chaos/events.ts';
import { compare } from '../../chaos/ledger.ts';
import { KILL_POINTS } from '../../chaos/operator-process.ts';
import { eventually, kubectl, list } from '../../harness.ts';
import { scratchNamespace } from '../scratch.ts';
import { canDisrupt, operatorProcess } from './process.ts';

const COUNT = 5;

/** Those that the door has made for secret parameters. */
const secretsOf = async (namespace: string) =>
  (await list(KIND.secret, namespace)).filter(({ metadata }) => metadata.name.endsWith('-secrets'));

describe.runIf(canDisrupt)('killed at every call', () => {
  const { name: namespace } = scratchNamespace('crash');
  const { operator, ledger } = operatorProcess();

  test.each(KILL_POINTS)('$point $verb $kind', async (fault) => {
    await operator.end();
    await operator.start();
    const url = `${fault.verb}-${fault.kind}-${fault.point}`.toLowerCase();
    await ledgerRule(namespace, url, ledger());
    await operator.end();
    const stop = new AbortController();
    const alive = operator.keepAlive(stop.signal, { fault });
    const starts = operator.starts;
    try {
      const accepted = await sendAll(namespace, url, idsOf(url, COUNT), COUNT);
      const expected = await settled(namespace, accepted);
      const written = ledger().lines.filter((line) => line.startsWith(`${url}-`));
      expect(compare(expected, written)).toEqual({ lost: [], doubled: [] });
      await eventually('its Jobs are gone', async () => (await list(KIND.job, namespace)).length === 0, 120);
      // The last call of all may be the one that it dies of.
      await eventually('it was killed, and started again', async () => operator.starts > starts);
    } finally {
      stop.abort();
      await alive;
    }
  });

  test('Secrets go with their Executions, also those that a crash has left without an owner', async () => {
    await operator.end();
    await operator.start();
    expect((await secretsOf(namespace)).length).toBeGreaterThan(0);
    await kubectl(['-n', namespace, 'delete', 'executions', '--all', '--wait=false']);
    await eventually(
      'no Secret is left',
      async () => {
        if ((await secretsOf(namespace)).length === 0) return true;
        // Its journal is looked through at every start, for entries that are older than a minute.
        await operator.end();
        await operator.start();
        return false;
      },
      180,
    );
  });
});
