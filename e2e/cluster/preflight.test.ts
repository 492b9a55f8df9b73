// e2e/cluster/preflight.test.ts — What stands in the embedded cluster's way, and the remedy that is named.
import { expect, test } from 'vitest';
import { type Facts, isOlder, refusals } from './preflight.ts';

const good: Facts = {
  platform: 'linux',
  isRoot: true,
  missingPackages: [],
  hasApt: true,
  needsGo: true,
  goVersion: '1.26.8',
  goRequired: '1.24.0',
  foreignKubelet: undefined,
  foreignChains: [],
  hasForeignBridge: false,
  takenPorts: [],
};

test.each<[string, Partial<Facts>]>([
  ['with all that is needed', {}],
  ['with packages that apt-get can install', { missingPackages: ['runc'] }],
  ['without Go, when everything is compiled', { needsGo: false, goVersion: undefined }],
  ['with exactly the Go that is required', { goVersion: '1.24.0' }],
])('%s nothing is refused', (_, facts) => {
  expect(refusals({ ...good, ...facts })).toEqual([]);
});

test.each<[string, Partial<Facts>, RegExp]>([
  ['not Linux', { platform: 'darwin' }, /needs Linux and this is darwin: install Docker and kind, .*--context/],
  ['not root', { isRoot: false }, /needs root: run this as root/],
  ['no Go', { goVersion: undefined }, /Go, which is missing: install Go 1\.24\.0 or later/],
  ['an old Go', { goVersion: '1.9.7' }, /Go 1\.9\.7 is too old .* install Go 1\.24\.0/],
  ['no apt-get', { hasApt: false, missingPackages: ['runc', 'socat'] }, /no apt-get to install runc, socat/],
  ['a kubelet', { foreignKubelet: 42 }, /kubelet \(pid 42\).*--context NAME/],
  ['chains', { foreignChains: ['KUBE-SERVICES'] }, /iptables chains \(KUBE-SERVICES\).*--context NAME/],
  ['a bridge', { hasForeignBridge: true }, /interface cni-squall exists .* ip link delete/],
  [
    'a port',
    { takenPorts: [{ port: 2379, holder: 'etcd (pid 7)' }] },
    /Port 2379, which etcd needs, is held by etcd \(pid 7\)/,
  ],
])('%s is refused in one sentence with its remedy', (_, facts, sentence) => {
  const said = refusals({ ...good, ...facts });
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(sentence);
});

test('all reasons are told at once, but for those that a wrong system or user makes pointless', () => {
  const many: Partial<Facts> = { goVersion: undefined, foreignKubelet: 42, foreignChains: ['CNI-1'] };
  expect(refusals({ ...good, ...many })).toHaveLength(3);
  expect(refusals({ ...good, ...many, isRoot: false })).toHaveLength(1);
});

test.each([
  ['1.9.7', '1.24.0', true],
  ['1.24', '1.24.0', true],
  ['1.24.10', '1.24.9', false],
  ['1.26.8', '1.24.0', false],
])('%s is older than %s: %s', (a, b, expected) => {
  expect(isOlder(a, b)).toBe(expected);
});
