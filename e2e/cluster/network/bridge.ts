// e2e/cluster/network/bridge.ts — The pods' network: one bridge on this machine, forwarding on, and the CNI configuration.
import { mkdir, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { ask, run } from '../command.ts';
import { node, paths } from '../home.ts';
import type { Ledger } from '../record.ts';

const needed = { 'net.ipv4.ip_forward': '1', 'net.bridge.bridge-nf-call-iptables': '1' } as const;
/** kube-proxy sets it; the value from before is kept for `down`. */
const alsoChanged = ['net.ipv4.conf.all.route_localnet'];

/** Without one of its own a bridge has the lowest of its ports: pods that come and go change it, others lose their gateway. */
const GATEWAY = '0a:58:0a:f4:00:01';

/** Makes the bridge and the CNI configuration; the machine gets the pods' gateway address. */
export async function makeNetwork(ledger: Ledger): Promise<void> {
  await mkdir(join(paths.run, 'cni'), { recursive: true });
  await writeFile(join(paths.run, 'cni', '10-squall.conflist'), JSON.stringify(cni));
  const setting = 'net.bridge.bridge-nf-call-iptables';
  if (!existsSync(sysctlFile(setting))) await ask('modprobe', ['br_netfilter']);
  if (!existsSync(sysctlFile(setting))) {
    throw new Error(`the kernel has no ${setting}, which Services between pods need: run modprobe br_netfilter`);
  }
  const watched = [...Object.keys(needed), ...alsoChanged];
  ledger.change({ sysctls: Object.fromEntries(watched.map((name) => [name, readSysctl(name)])) });
  for (const [name, value] of Object.entries(needed)) writeSysctl(name, value);

  ledger.change({ bridge: node.bridge, rules: true });
  await run('ip', ['link', 'add', node.bridge, 'address', GATEWAY, 'type', 'bridge']);
  await run('ip', ['address', 'add', `${node.bridgeAddress}/24`, 'dev', node.bridge]);
  await run('ip', ['link', 'set', node.bridge, 'up']);
  // Where Docker lives, forwarding is refused by default. The comment marks the rules as ours for `down`.
  for (const side of ['-i', '-o']) {
    const comment = ['-m', 'comment', '--comment', 'CNI-squall'];
    await run('iptables', ['-w', '-I', 'FORWARD', side, node.bridge, ...comment, '-j', 'ACCEPT']);
  }
}

/** The node's address: the machine's first global IPv4 address, else the bridge's. */
export function nodeAddress(): string {
  const all = Object.entries(networkInterfaces())
    .filter(([name]) => name !== node.bridge)
    .flatMap(([, addresses]) => addresses ?? []);
  const found = all.find(({ family, internal, address }) => family === 'IPv4' && !internal && !isLinkLocal(address));
  return found?.address ?? node.bridgeAddress;
}

const isLinkLocal = (address: string) => address.startsWith('169.254.');

/** Writes a kernel setting such as net.ipv4.ip_forward. */
export const writeSysctl = (name: string, value: string) => writeFileSync(sysctlFile(name), value);
const readSysctl = (name: string) => readFileSync(sysctlFile(name), 'utf8').trim();
const sysctlFile = (name: string) => join('/proc/sys', ...name.split('.'));

const cni = {
  cniVersion: '0.4.0',
  name: 'squall',
  plugins: [
    {
      type: 'bridge',
      bridge: node.bridge,
      isGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: {
        type: 'host-local',
        dataDir: join(paths.run, 'cni-networks'),
        ranges: [[{ subnet: node.podRange }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
};
