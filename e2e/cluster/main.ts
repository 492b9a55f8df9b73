// e2e/cluster/main.ts — The cluster alone, for developers: `node e2e/cluster/main.ts up [--context NAME] | down`.
import { parseArgs } from 'node:util';
import { closeCluster, openCluster } from './cluster.ts';
import { createProgress } from './progress.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { context: { type: 'string' }, registry: { type: 'string' } },
});
const progress = createProgress();

try {
  switch (positionals[0]) {
    case 'up': {
      const { kubeconfig, tools } = await openCluster({ ...values, progress });
      process.stdout.write(`export KUBECONFIG=${kubeconfig}\n${tools.kubectl} get nodes\n`);
      break;
    }
    case 'down':
      process.stdout.write((await closeCluster(progress)) ? 'the cluster is gone\n' : 'there was no cluster\n');
      break;
    default:
      process.stderr.write('say: node e2e/cluster/main.ts up [--context NAME] [--registry NAME] | down\n');
      process.exitCode = 2;
  }
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = 1;
}
