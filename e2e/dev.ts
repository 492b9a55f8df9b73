// e2e/dev.ts — npm run dev: the operator from its sources, restarted on every change, in the place of the installed one.
import { parseArgs } from 'node:util';
import { createProgress } from './cluster/progress.ts';
import { setUp } from './setup.ts';

const { values: options } = parseArgs({ options: { context: { type: 'string' }, registry: { type: 'string' } } });
const setup = await setUp({
  context: options.context,
  registry: options.registry,
  progress: createProgress(),
  timed: async (_, work) => work(),
  opened: () => undefined,
});
Object.assign(process.env, setup.environment);
const { stage } = await import('./harness.ts');
const { OperatorProcess } = await import('./chaos/operator-process.ts');

const operator = new OperatorProcess(stage);
await operator.take();
await operator.start({
  program: ['--watch', 'operator/main.ts'],
  output: 'inherit',
  environment: { SQUALL_LOG_LEVEL: 'debug' },
});
console.log(
  `\nexport KUBECONFIG=${stage.kubeconfig}\nThe operator runs from its sources; Ctrl-C gives its place back to the installed one.`,
);

process.once('SIGINT', () => {
  void operator.leave().then(() => process.exit(0));
});
