// e2e/stories/disruptive/workflow-crash.test.ts — the operator dies at its writes about a workflow, again and again; it comes to the same end.
import { describe, expect, test } from 'vitest';
import { expectedOutput, faultsIn, ledgerWorkflow } from '../../chaos/ledger-workflow.ts';
import { killPoints } from '../../chaos/operator-process.ts';
import { createExecution, ended } from '../../harness.ts';
import { scratchNamespace } from '../scratch.ts';
import { canDisrupt, operatorProcess } from './process.ts';

/** Each is hit within the first three calls after every start. */
const POINTS = killPoints([
  ['replaceStatus', 'executions'],
  ['create', 'executions'],
]);

describe.runIf(canDisrupt)('a workflow of 20 runs', () => {
  const { name: namespace } = scratchNamespace('workflow-crash');
  const { operator, ledger } = operatorProcess();

  test('undisturbed', async () => {
    await operator.start();
    await ledgerWorkflow(namespace, ledger());
    const execution = await ended(namespace, await createExecution(namespace, 'chaos.twenty', { label: 'calm' }), 120);
    expect(execution.status).toMatchObject({ phase: 'Succeeded', result: { output: expectedOutput('calm') } });
    expect(faultsIn(ledger().lines, 'calm')).toEqual([]);
    await operator.end();
  });

  test.each(POINTS)('killed $point $verb', async (fault) => {
    const label = `${fault.point}-${fault.verb}`.toLowerCase();
    const stop = new AbortController();
    const starts = operator.starts;
    const alive = operator.keepAlive(stop.signal, { fault });
    try {
      const execution = await ended(namespace, await createExecution(namespace, 'chaos.twenty', { label }), 600);
      expect(execution.status).toMatchObject({ phase: 'Succeeded', result: { output: expectedOutput(label) } });
      expect(faultsIn(ledger().lines, label)).toEqual([]);
      expect(operator.starts - starts).toBeGreaterThan(3);
    } finally {
      stop.abort();
      await alive;
      await operator.end();
    }
  });
});
