// e2e/stories/disruptive/notify-crash.test.ts — the operator dies between an end and what rules make of it; each end is told once.
import { describe, expect, test } from 'vitest';
import { Execution, type Execution as ExecutionObject } from '../../../operator/api/kinds.ts';
import { compare } from '../../chaos/ledger.ts';
import { killPoints } from '../../chaos/operator-process.ts';
import { apply, createExecution, ended, eventually, getExecution, list, ours, ready } from '../../harness.ts';
import { scratchNamespace } from '../scratch.ts';
import { canDisrupt, operatorProcess } from './process.ts';

const COUNT = 6;
/** The final status with its mark, the Execution of the rule, and the status without the mark: each before and after. */
const POINTS = killPoints([
  ['replaceStatus', 'executions'],
  ['create', 'executions'],
]);

describe.runIf(canDisrupt)('killed while ends are told', () => {
  const { name: namespace } = scratchNamespace('notify-crash');
  const { operator, ledger } = operatorProcess();

  test.each(POINTS)('$point $verb', async (fault) => {
    const label = `${fault.point}-${fault.verb}`.toLowerCase();
    await operator.end();
    await operator.start();
    await apply(
      ours('Action', namespace, `${label}.ends`, { runner: 'noop', parameters: { id: { type: 'string' } } }),
      ours('Action', namespace, `${label}.write`, {
        runner: 'local-shell-script',
        script: `#!/bin/bash\n${ledger().command('$1')}\n`,
        parameters: { id: { type: 'string', required: true, position: 0 } },
      }),
      ours('Rule', namespace, `${label}.tell`, {
        trigger: { type: 'core.st2.generic.actiontrigger' },
        criteria: { 'trigger.action_ref': { type: 'equals', pattern: `${label}.ends` } },
        action: { ref: `${label}.write`, parameters: { id: '{{ trigger.parameters.id }}' } },
      }),
    );
    await ready(namespace, `rule/${label}.tell`, `action/${label}.ends`, `action/${label}.write`);
    await operator.end();
    const stop = new AbortController();
    const starts = operator.starts;
    const alive = operator.keepAlive(stop.signal, { fault });
    try {
      const ids = Array.from({ length: COUNT }, (_, i) => `${label}-${i}`);
      const names = await Promise.all(ids.map((id) => createExecution(namespace, `${label}.ends`, { id })));
      await Promise.all(names.map((name) => ended(namespace, name, 240)));
      await eventually(
        'all ends are told',
        async () => {
          const all = await Promise.all(names.map((name) => getExecution(namespace, name)));
          return all.every((execution) => execution?.status && execution.status.events === undefined);
        },
        240,
      );
      const made = (await list(Execution, namespace, `squall.dev/rule=${label}.tell`)) as readonly ExecutionObject[];
      expect(made.map(({ spec }) => spec.request.cause?.execution ?? '').toSorted()).toEqual(names.toSorted());
      const ends = await Promise.all(made.map(({ metadata }) => ended(namespace, metadata.name, 240)));
      const expected = ends.map(({ metadata, spec, status }) => {
        const { id } = spec.request.parameters as { id: string };
        return `${id} ${metadata.name} ${status.attempt}`;
      });
      const written = ledger().lines.filter((line) => line.startsWith(`${label}-`));
      expect(compare(expected, written)).toEqual({ lost: [], doubled: [] });
      // The last call of all may be the one that it dies of.
      await eventually('it was killed, and started again', async () => operator.starts > starts + 1);
    } finally {
      stop.abort();
      await alive;
      await operator.end();
    }
  });
});
