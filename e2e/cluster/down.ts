// e2e/cluster/down.ts — Undoes what the record says, and leaves no process, mount, interface, rule or file of the cluster.
import { existsSync, globSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, run } from './command.ts';
import { type DownPlan, mountsUnder, planDown, withoutClusterRules } from './down-plan.ts';
import { paths } from './home.ts';
import { writeSysctl } from './network/bridge.ts';
import { endProcess, processesInGroup, processesWith, signalProcess } from './process.ts';
import { bootId, type ClusterRecord, readLedger } from './record.ts';

/** Takes the embedded cluster down; false when there was none. Whatever `up` compiled stays for the next one. */
export async function downEmbedded(): Promise<boolean> {
  const ledger = readLedger();
  if (ledger === undefined) {
    await rm(paths.run, { recursive: true, force: true });
    return false;
  }
  const plan = planDown(ledger.record, bootId());
  await endDaemons(plan, ledger.record);
  await removeMounts();
  await removeNetwork(plan);
  removeGroups();
  for (const folder of [...plan.folders, paths.state]) await rm(folder, { recursive: true, force: true });
  await rm(paths.run, { recursive: true, force: true });
  return true;
}

async function endDaemons(plan: DownPlan, record: ClusterRecord): Promise<void> {
  const end = async (name: string) => {
    const entry = record.processes[name];
    if (entry !== undefined) await endProcess(entry, name === 'apiserver' ? 2_000 : 5_000);
  };
  const first = new Set(['kube-proxy', 'kubelet']);
  await Promise.all([...first].map(end));
  if (plan.processes.length > 0) await endPods();
  await Promise.all(plan.processes.filter((name) => !first.has(name) && name !== 'etcd').map(end));
  await end('etcd');
}

/** Everything in the kubelet's control groups, and the shims that watch over it: with the kubelet gone nothing starts again. */
async function endPods(): Promise<void> {
  const patience = Date.now() + 20_000;
  for (;;) {
    const pods = groups().flatMap(processesInGroup);
    const shims = processesWith(['-address', paths.containerdSocket]);
    if (pods.length + shims.length === 0 || Date.now() > patience) return;
    for (const entry of pods) signalProcess(entry, 'SIGKILL');
    if (pods.length === 0) for (const entry of shims) signalProcess(entry, 'SIGKILL');
    await sleep(100);
  }
}

/** The kubelet's control groups, of version 2 and of each controller of version 1; preflight saw that no other kubelet lives here. */
const groups = () => ['/sys/fs/cgroup/kubepods', ...globSync('/sys/fs/cgroup/*/kubepods')];

function removeGroups(): void {
  const remove = (folder: string) => {
    if (!existsSync(folder)) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) remove(join(folder, entry.name));
    }
    rmdirSync(folder);
  };
  for (const folder of groups()) remove(folder);
}

async function removeMounts(): Promise<void> {
  for (const point of mountsUnder(readFileSync('/proc/mounts', 'utf8'), [paths.run, paths.state])) {
    await ask('umount', ['-l', point]);
  }
}

async function removeNetwork({ bridge, rules, sysctls }: DownPlan): Promise<void> {
  if (bridge !== undefined) await ask('ip', ['link', 'delete', bridge]);
  for (const command of rules ? ['iptables', 'ip6tables'] : []) {
    const rest = withoutClusterRules((await ask(`${command}-save`, [])) ?? '');
    if (rest !== undefined) await run(`${command}-restore`, ['-w'], { input: rest });
  }
  for (const [name, value] of Object.entries(sysctls)) writeSysctl(name, value);
}
