// e2e/chaos/faulty-operator.ts — the operator, with something going wrong at the point that SQUALL_FAULT names.
import { readConfig } from '../../operator/config.ts';
import { startOperator } from '../../operator/operator.ts';
import type { FaultPoint } from './operator-process.ts';

const fault = JSON.parse(process.env['SQUALL_FAULT'] ?? '{}') as FaultPoint;

let calls = 0;
/** Which of the matching calls is hit: by chance, since what is hit each time would never come through. */
let nth = 1 + Math.floor(Math.random() * 3);

await startOperator(readConfig(process.env), {
  version: 'chaos',
  fault: async (point, call) => {
    if (point !== fault.point || call.verb !== fault.verb || call.kind !== fault.kind) return;
    calls += 1;
    if (calls !== nth) return;
    if (fault.effect === 'lose') {
      nth += 1 + Math.floor(Math.random() * 3);
      throw new Error('the connection was cut here, on purpose');
    }
    // Those before this one go out; this one never does.
    if (point === 'before') await new Promise((go) => setTimeout(go, 20));
    process.kill(process.pid, 'SIGKILL');
  },
});
