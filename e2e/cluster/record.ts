// e2e/cluster/record.ts — What `up` did to this machine, written down before it is done, so that `down` undoes that and nothing else.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { paths } from './home.ts';

/** One daemon, and how to start it again. */
export interface ProcessRecord {
  readonly pid: number;
  /** Clock ticks from boot to the process's start: with the pid it names one process for ever. */
  readonly startTicks: string;
  readonly command: string;
  readonly args: readonly string[];
}

export interface ClusterRecord {
  readonly version: 1;
  /** Processes, mounts, interfaces and rules of another boot are gone already. */
  readonly bootId: string;
  readonly processes: Readonly<Record<string, ProcessRecord>>;
  /** The bridge's name, once it is ours. */
  readonly bridge?: string;
  /** True from the moment on that KUBE- and CNI- chains may exist; before it there were none. */
  readonly rules: boolean;
  /** Kernel settings as they were before. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Folders outside the run folder that did not exist before. */
  readonly folders: readonly string[];
  /** When everything was up, in ISO 8601; missing while `up` works or when it was cut off. */
  readonly upAt?: string;
}

/** A record on disk; `change` writes it down before it returns. */
export interface Ledger {
  readonly record: ClusterRecord;
  change(edit: Partial<ClusterRecord>): void;
}

/** Starts a new record for this boot. */
export function newLedger(): Ledger {
  mkdirSync(dirname(paths.record), { recursive: true });
  rmSync(paths.record, { force: true });
  const ledger = ledgerOf({ version: 1, bootId: bootId(), processes: {}, rules: false, sysctls: {}, folders: [] });
  ledger.change({});
  return ledger;
}

/** The record that an earlier `up` left, or undefined; one that can't be read counts as an empty one of this boot. */
export function readLedger(): Ledger | undefined {
  if (!existsSync(paths.record)) return undefined;
  const record = readRecord();
  return record === undefined ? newLedger() : ledgerOf(record);
}

/** Changes with every boot of the machine. */
export const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

function ledgerOf(start: ClusterRecord): Ledger {
  let last = start;
  // Read anew each time: another process may have restarted a component since.
  const current = () => {
    last = (existsSync(paths.record) ? readRecord() : undefined) ?? last;
    return last;
  };
  return {
    get record() {
      return current();
    },
    change(edit) {
      last = { ...current(), ...edit };
      writeFileSync(`${paths.record}.new`, `${JSON.stringify(last, undefined, 2)}\n`);
      renameSync(`${paths.record}.new`, paths.record);
    },
  };
}

/** It is written whole or not at all, and by this file only: its version says that it can be trusted. */
function readRecord(): ClusterRecord | undefined {
  try {
    const record: ClusterRecord = JSON.parse(readFileSync(paths.record, 'utf8'));
    return record.version === 1 ? record : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined; // the disk lost it
    throw cause;
  }
}
