// e2e/cluster/down-plan.ts — Record, mounts and rules → what `down` has to undo; decided here, done in down.ts.
import type { ClusterRecord } from './record.ts';

/** The order in which daemons go: first those that would restart or write through the others. */
const order = ['kube-proxy', 'kubelet', 'containerd', 'scheduler', 'controller-manager', 'apiserver', 'etcd'];

export interface DownPlan {
  /** Names of recorded processes, in the order to end them. */
  readonly processes: readonly string[];
  readonly bridge: string | undefined;
  readonly rules: boolean;
  readonly sysctls: Readonly<Record<string, string>>;
  /** Folders outside the run folder that we made. */
  readonly folders: readonly string[];
}

/** What of the record still exists: after a reboot only files do. */
export function planDown(record: ClusterRecord, bootId: string): DownPlan {
  const { folders } = record;
  if (record.bootId !== bootId) return { processes: [], bridge: undefined, rules: false, sysctls: {}, folders };
  const known = order.filter((name) => name in record.processes);
  const others = Object.keys(record.processes).filter((name) => !order.includes(name));
  const { bridge, rules, sysctls } = record;
  return { processes: [...known, ...others], bridge, rules, sysctls, folders };
}

/** Mount points under one of `folders`, deepest first, from the text of /proc/mounts. */
export function mountsUnder(mounts: string, folders: readonly string[]): string[] {
  return mounts
    .split('\n')
    .map((line) => unescape(line.split(' ')[1] ?? ''))
    .filter((point) => folders.some((folder) => point.startsWith(`${folder}/`)))
    .reverse(); // a later mount may lie on an earlier one
}

/** The text of iptables-save without the lines of Kubernetes and CNI, for iptables-restore; undefined when it has none. */
export function withoutClusterRules(saved: string): string | undefined {
  const lines = saved.split('\n');
  const kept = lines.filter((line) => line.startsWith('#') || !/KUBE-|CNI-/.test(line));
  return kept.length === lines.length ? undefined : kept.join('\n');
}

/** The kernel writes a space in a mount point as \040. */
const unescape = (text: string) =>
  text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
