// e2e/cluster/facts.ts — This machine → Facts: programs, packages, Go, and whoever else is at home here.
import { existsSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { requiredGo, toolsAreBuilt } from './build.ts';
import { ask, run } from './command.ts';
import { cniPlugins } from './containerd.ts';
import { node, paths } from './home.ts';
import { withLock } from './lock.ts';
import { type Facts, ports } from './preflight.ts';
import { allProcesses } from './process.ts';
import type { Note } from './progress.ts';

/** Program → the Debian package that has it. A program from elsewhere, such as Docker's containerd, is as good. */
const programs: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  conntrack: 'conntrack',
  socat: 'socat',
  ip: 'iproute2',
  ss: 'iproute2',
  openssl: 'openssl',
  mount: 'mount',
  tar: 'tar',
};

/** Looks at everything that `refusals` decides on. */
export async function gatherFacts(): Promise<Facts> {
  const needsGo = !(await toolsAreBuilt());
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    missingPackages: missingPackages(),
    hasApt: isInstalled('apt-get'),
    needsGo,
    goVersion: needsGo ? await goVersion() : undefined,
    goRequired: await requiredGo(),
    foreignKubelet: foreignKubelet(),
    foreignChains: await chains(),
    hasForeignBridge: existsSync(`/sys/class/net/${node.bridge}`),
    takenPorts: await takenPorts(),
  };
}

/** Packages of `programs` and the CNI plugins that are not on this machine. */
function missingPackages(): string[] {
  const missing = Object.entries(programs).filter(([program]) => !isInstalled(program));
  const packages = missing.map(([, name]) => name);
  if (cniPlugins() === undefined) packages.push('containernetworking-plugins');
  return [...new Set(packages)];
}

/** Installs Debian packages; asks nothing and starts no questions. */
export async function installPackages(packages: readonly string[], note: Note): Promise<void> {
  if (packages.length === 0) return;
  await withLock('packages', note, async () => {
    note(`apt-get install ${packages.join(' ')}`);
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await ask('apt-get', ['update', '-qq'], { env }); // one source of many that is down is no reason to stop
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
  });
}

/** Finds programs of the system and of a usual Go installation, also under a meagre PATH such as that of sudo or cron. */
export function widenPath(): void {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const more = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/go/bin'].filter(
    (folder) => !folders.includes(folder),
  );
  process.env['PATH'] = [...folders, ...more].join(delimiter);
}

/** Whether a program is on the PATH. */
export function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** Asked inside a module, so that a toolchain which Go fetches by itself counts. */
async function goVersion(): Promise<string | undefined> {
  const said =
    (await ask('go', ['version'], { cwd: join(paths.tools, 'kubernetes') })) ??
    (await ask('go', ['version'], { cwd: '/' }));
  return /go(\d+(?:\.\d+)*)/.exec(said ?? '')?.[1];
}

function foreignKubelet(): number | undefined {
  const ours = `--root-dir=${join(paths.run, 'kubelet')}`;
  const kubelets = allProcesses().filter(({ command }) => basename(command) === 'kubelet');
  return kubelets.find(({ args }) => !args.includes(ours))?.pid;
}

async function chains(): Promise<string[]> {
  const saved = (await ask('iptables-save', [])) ?? '';
  return [...new Set([...saved.matchAll(/\b(?:KUBE|CNI)-[\w-]+/g)].map(([chain]) => chain))];
}

async function takenPorts(): Promise<{ port: number; holder: string }[]> {
  const lines = ((await ask('ss', ['-ltnpH'])) ?? '').split('\n');
  return lines.flatMap((line) => {
    const port = Number(line.split(/\s+/)[3]?.split(':').at(-1));
    if (!(port in ports)) return [];
    const [, name, pid] = /\(\("([^"]+)",pid=(\d+)/.exec(line) ?? [];
    return [{ port, holder: name === undefined ? 'a process of another user' : `${name} (pid ${pid})` }];
  });
}
