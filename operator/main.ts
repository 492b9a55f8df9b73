// operator/main.ts — the process: environment in, operator up, a clean stop on SIGTERM.
import { readConfig } from './config.ts';
import { startOperator } from './operator.ts';

/** Longest clean stop, in ms; Kubernetes kills after 30 s. */
const STOP_MS = 20_000;

const operator = await startOperator(readConfig(process.env), {
  version: process.env['SQUALL_VERSION'] ?? 'development',
});

const stop = (): void => {
  setTimeout(() => process.exit(1), STOP_MS).unref();
  void operator.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  );
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
