// e2e/cluster/network/addons.test.ts — Which name server the cluster's DNS asks.
import { expect, test } from 'vitest';
import { upstream } from './addons.ts';

test.each([
  ['the first one', 'search x\nnameserver 192.0.2.53\nnameserver 192.0.2.54\n', '192.0.2.53'],
  ['not one that only this machine reaches', 'nameserver 127.0.0.53\nnameserver 192.0.2.54\n', '192.0.2.54'],
  ['not an IPv6 one, which pods do not reach', 'nameserver fd00::1\nnameserver 192.0.2.54\n', '192.0.2.54'],
  ['what the pod is given, when there is no other', 'nameserver ::1\n', '/etc/resolv.conf'],
])('%s', (_, resolvConf, expected) => {
  expect(upstream(resolvConf)).toBe(expected);
});
