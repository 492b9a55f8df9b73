// e2e/stories/disruptive/two-pods.test.ts — Jobs that have a second pod, as after a lost answer: each action runs once all the same.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../operator/api/meta.ts';
import { idsOf, ledgerRule, sendAll } from '../../chaos/events.ts';
import { compare } from '../../chaos/ledger.ts';
import { ended, eventually, kubectl, list } from '../../harness.ts';
import { scratchNamespace } from '../scratch.ts';
import { canDisrupt, operatorProcess } from './process.ts';

const PODS = { apiVersion: 'v1', plural: 'pods' };
const COUNT = 20;

describe.runIf(canDisrupt)('two pods of one Job', () => {
  const { name: namespace } = scratchNamespace('two-pods');
  const { operator, ledger } = operatorProcess();

  test(`${COUNT} executions whose pods have a twin each: the ledger has each once`, async () => {
    await operator.start();
    // It holds its pod so long that there is time to make the twin, which then starts in most of them.
    await ledgerRule(namespace, 'twins', ledger(), {
      script: `#!/bin/bash\n${ledger().command('$1')}\nsleep 6\n`,
    });
    const accepted = await sendAll(namespace, 'twins', idsOf('twins', COUNT), 4);
    const twins = new Map<string, string>();
    await eventually(
      'each pod has a twin',
      async () => {
        for (const pod of await list(PODS, namespace, 'squall.dev/execution')) {
          const job = pod.metadata.ownerReferences?.[0]?.uid ?? '';
          if (twins.has(job)) continue;
          twins.set(job, pod.metadata.name);
          await kubectl(['create', '-f', '-'], JSON.stringify(twinOf(pod)));
        }
        return twins.size >= COUNT;
      },
      240,
    );
    const ends = await Promise.all(
      accepted.map(async ({ id, execution }) => ({ id, end: await ended(namespace, execution, 240) })),
    );
    const expected = ends.map(({ id, end }) => `${id} ${end.metadata.name} 1`);
    expect(compare(expected, ledger().lines)).toEqual({ lost: [], doubled: [] });
    expect(await operator.metric('squall_start_requests_total{outcome="later"}')).toBeGreaterThan(0);
  });
});

/** The pod once more, on the same node: the Job controller deletes one of the two when it sees them. */
function twinOf({ metadata, spec }: KubeObject): object {
  const { namespace, labels, annotations, ownerReferences } = metadata;
  const name = `${metadata.name}-${randomBytes(2).toString('hex')}`;
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels, annotations, ownerReferences }, spec };
}
