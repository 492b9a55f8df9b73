// e2e/chaos/faulty-operator.ts — the operator, with something going wrong at the point that SQUALL_FAULT names.
import { readConfig } from '../../operator/config.ts';
import { startOperator } from '../../operator/operator.ts';
import type { FaultPoint } from './operator-process.ts';

const fault = JSON.parse(process.env['SQUALL_FAULT'] ?? '{}') as FaultPoint;
let calls = 0;

await startOperator(readConfig(process.env), {
  version: 'chaos',
  onLost: () => process.exit(1),
  fault: (point, call) => {
    if (point !== fault.point || call.verb !== fault.verb || call.kind !== fault.kind) return;
    calls += 1;
    if (calls % fault.every !== 0) return;
    if (fault.effect === 'kill') process.kill(process.pid, 'SIGKILL');
    else throw new Error('the connection was cut here, on purpose');
  },
});
