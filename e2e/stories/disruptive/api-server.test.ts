// e2e/stories/disruptive/api-server.test.ts — the API server goes away, loses answers, forgets its history; Squall does not.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Execution } from '../../../operator/api/kinds.ts';
import { idsOf, ledgerRule, sendAll, settled } from '../../chaos/events.ts';
import { compact } from '../../chaos/compact.ts';
import { compare } from '../../chaos/ledger.ts';
import { openCluster } from '../../cluster/cluster.ts';
import { createProgress } from '../../cluster/progress.ts';
import { eventually, kubernetes, list, post } from '../../harness.ts';
import { scratchNamespace } from '../scratch.ts';
import { canDisrupt, operatorProcess } from './process.ts';

describe.runIf(canDisrupt)('an unreliable API server', () => {
  const { name: namespace } = scratchNamespace('api-server');
  const { operator, ledger } = operatorProcess();

  const control = async () => {
    const cluster = await openCluster({ progress: createProgress() });
    if (!cluster.control) throw new Error('the embedded cluster can be controlled');
    return cluster.control;
  };
  const answers = () =>
    eventually('the API server answers', async () => {
      const said = await (await kubernetes()).text('/readyz');
      return said === 'ok';
    });

  test('50 creates whose answers are lost lead to 50 executions', async () => {
    await operator.start({ fault: { effect: 'lose', point: 'after', verb: 'create', kind: 'executions' } });
    await ledgerRule(namespace, 'lost', ledger());
    const accepted = await sendAll(namespace, 'lost', idsOf('lost', 50), 10);
    expect(compare(await settled(namespace, accepted), ledger().lines)).toEqual({ lost: [], doubled: [] });
    expect((await list(Execution, namespace)).length).toBe(50);
    await operator.end('SIGTERM');
  });

  test('three restarts within 200 executions: none lost, none doubled, no watch stays dead', async () => {
    await operator.start();
    await ledgerRule(namespace, 'restarts', ledger());
    const server = await control();
    const sending = sendAll(namespace, 'restarts', idsOf('restarts', 200), 8);
    for (let i = 0; i < 3; i += 1) {
      await sleep(4000);
      await server.kill('apiserver');
      await server.start('apiserver');
      await answers();
    }
    const expected = await settled(namespace, await sending, 600);
    const written = ledger().lines.filter((line) => line.startsWith('restarts-'));
    expect(compare(expected, written)).toEqual({ lost: [], doubled: [] });
  });

  test('a compaction that makes every watch start over loses nothing', async () => {
    await ledgerRule(namespace, 'compact', ledger());
    const server = await control();
    const sending = sendAll(namespace, 'compact', idsOf('compact', 20), 4);
    await compact();
    await server.kill('apiserver');
    await server.start('apiserver');
    await answers();
    const expected = await settled(namespace, await sending, 300);
    const written = ledger().lines.filter((line) => line.startsWith('compact-'));
    expect(compare(expected, written)).toEqual({ lost: [], doubled: [] });
  });

  test('an API server that hangs with its connections open is noticed: the door says so instead of guessing', async () => {
    await ledgerRule(namespace, 'frozen', ledger());
    const hook = `/ns/${namespace}/api/v1/webhooks/frozen`;
    const server = await control();
    server.freeze('apiserver');
    try {
      // A webhook that nobody declares needs no API server to be answered: by 404 while the caches are fresh, never after.
      const stale = await eventually(
        'the door knows that its caches are stale',
        async () => {
          const answer = await post(hook.replace('frozen', 'nobody'), {});
          return answer.code === 503 ? answer : undefined;
        },
        120,
      );
      expect(JSON.stringify(stale.body)).toMatch(/cache of \w+ has had no sign of life/);
      expect(Number(stale.headers['retry-after'])).toBeGreaterThan(0);
    } finally {
      server.thaw('apiserver');
      await answers();
    }
    const accepted = await sendAll(namespace, 'frozen', idsOf('frozen', 5), 2);
    const expected = await settled(namespace, accepted, 300);
    const written = ledger().lines.filter((line) => line.startsWith('frozen-'));
    expect(compare(expected, written)).toEqual({ lost: [], doubled: [] });
    expect(await operator.metric('squall_watch_restarts_total')).toBeGreaterThan(0);
  });

  test('while the API server is down the door says 503 and when to come back, and takes the event afterwards', async () => {
    await ledgerRule(namespace, 'down', ledger());
    const server = await control();
    await server.stop('apiserver');
    try {
      const answer = await post(`/ns/${namespace}/api/v1/webhooks/down`, { id: 'down-0' }, { 'X-Id': 'down-0' });
      expect(answer.code).toBe(503);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    } finally {
      await server.start('apiserver');
      await answers();
    }
    const accepted = await sendAll(namespace, 'down', ['down-0'], 1);
    const expected = await settled(namespace, accepted);
    expect(
      compare(
        expected,
        ledger().lines.filter((line) => line.startsWith('down-')),
      ),
    ).toEqual({ lost: [], doubled: [] });
  });
});
