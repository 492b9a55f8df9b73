// e2e/cluster/control.ts — Stops, kills and starts single components of the embedded cluster, for tests of what survives that.
import { type Component, waitUntilHealthy } from './health.ts';
import { endProcess, isAlive, signalProcess, startProcess } from './process.ts';
import type { Ledger } from './record.ts';
import { setTimeout as sleep } from 'node:timers/promises';

/** What can be done to a component; each resolves when it is done. */
export interface Control {
  /** TERM, and KILL after 15 s. */
  stop(component: Component): Promise<void>;
  /** Starts it as it was started first and waits until it answers; does nothing when it runs. */
  start(component: Component): Promise<void>;
  /** KILL. */
  kill(component: Component): Promise<void>;
  /** STOP: it answers nothing, and its connections stay open. */
  freeze(component: Component): void;
  /** CONT. */
  thaw(component: Component): void;
}

/** Control over the processes of one record. */
export function controlOf(ledger: Ledger): Control {
  const entryOf = (component: Component) => {
    const entry = ledger.record.processes[component];
    if (entry === undefined) throw new Error(`the cluster has no process ${component}`);
    return entry;
  };
  return {
    stop: (component) => endProcess(entryOf(component)),
    async kill(component) {
      const entry = entryOf(component);
      signalProcess(entry, 'SIGKILL');
      while (isAlive(entry)) await sleep(10);
    },
    freeze: (component) => signalProcess(entryOf(component), 'SIGSTOP'),
    thaw: (component) => signalProcess(entryOf(component), 'SIGCONT'),
    async start(component) {
      const entry = entryOf(component);
      if (isAlive(entry)) return;
      startProcess(ledger, component, entry.command, entry.args);
      await waitUntilHealthy(ledger, component);
    },
  };
}
