// e2e/cluster/preflight.ts — Facts about this machine → what stands in the embedded cluster's way, one sentence each with its remedy.
import { node } from './home.ts';

/** What `gatherFacts` finds out. */
export interface Facts {
  readonly platform: string;
  readonly isRoot: boolean;
  /** Debian packages that are missing, of those that the cluster needs. */
  readonly missingPackages: readonly string[];
  readonly hasApt: boolean;
  /** False when all binaries are compiled already. */
  readonly needsGo: boolean;
  /** Such as 1.26.8; undefined without Go. */
  readonly goVersion: string | undefined;
  readonly goRequired: string;
  /** A kubelet's pid that is not ours. */
  readonly foreignKubelet: number | undefined;
  /** Chains such as KUBE-SERVICES that somebody else made. */
  readonly foreignChains: readonly string[];
  readonly hasForeignBridge: boolean;
  readonly takenPorts: readonly { readonly port: number; readonly holder: string }[];
}

/** Ports that the cluster listens on. */
export const ports: Readonly<Record<number, string>> = {
  2379: 'etcd',
  2380: 'etcd',
  [node.apiPort]: 'kube-apiserver',
  10248: 'the kubelet',
  10249: 'kube-proxy',
  10250: 'the kubelet',
  10256: 'kube-proxy',
  10257: 'the controller-manager',
  10259: 'the scheduler',
};

const instead = 'use that cluster by --context NAME, or another machine';

/** Sentences for the user, empty when the cluster can be built; missing packages count only where nobody can install them. */
export function refusals(facts: Facts): string[] {
  if (facts.platform !== 'linux') {
    return [
      `The embedded cluster needs Linux and this is ${facts.platform}: install Docker and kind, or name a cluster by --context NAME.`,
    ];
  }
  if (!facts.isRoot) {
    return [
      'The embedded cluster needs root: run this as root, install Docker and kind, or name a cluster by --context NAME.',
    ];
  }
  return [...toolRefusals(facts), ...neighbourRefusals(facts)];
}

function toolRefusals(facts: Facts): string[] {
  const { missingPackages, goRequired, goVersion } = facts;
  const said: string[] = [];
  if (missingPackages.length > 0 && !facts.hasApt) {
    said.push(`There is no apt-get to install ${missingPackages.join(', ')}: install what they contain by hand.`);
  }
  if (facts.needsGo && goVersion === undefined) {
    said.push(
      `The embedded cluster is compiled with Go, which is missing: install Go ${goRequired} or later, or Docker and kind.`,
    );
  } else if (facts.needsGo && goVersion !== undefined && isOlder(goVersion, goRequired)) {
    said.push(`Go ${goVersion} is too old to compile the embedded cluster: install Go ${goRequired} or later.`);
  }
  return said;
}

function neighbourRefusals(facts: Facts): string[] {
  const said: string[] = [];
  if (facts.foreignKubelet !== undefined) {
    said.push(`Another kubelet (pid ${facts.foreignKubelet}) runs on this machine: ${instead}.`);
  }
  if (facts.foreignChains.length > 0) {
    const some = facts.foreignChains.slice(0, 3).join(', ');
    said.push(`Another cluster's iptables chains (${some}) are on this machine: ${instead}.`);
  }
  if (facts.hasForeignBridge) {
    said.push(`A network interface ${node.bridge} exists that no cluster of ours made: remove it with ip link delete.`);
  }
  for (const { port, holder } of facts.takenPorts) {
    said.push(`Port ${port}, which ${ports[port] ?? 'the cluster'} needs, is held by ${holder}: end that process.`);
  }
  return said;
}

/** Whether version `a` comes before `b`; both are numbers and dots. */
export function isOlder(a: string, b: string): boolean {
  return a.localeCompare(b, 'en', { numeric: true }) < 0;
}
