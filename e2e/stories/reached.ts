// e2e/stories/reached.ts — waits until servers are reached by their Services: that is a moment after their pods are ready.
import { randomBytes } from 'node:crypto';
import { apply, kubectl, stage } from '../harness.ts';

/** Connects to each `host:port` of its arguments, again and again until all have answered. */
const CONNECT = `
const { connect } = require('node:net');
const reach = (address) => {
  const [host, port] = address.split(':');
  const socket = connect({ host, port: Number(port) }, () => socket.destroy());
  socket.on('error', () => setTimeout(reach, 100, address));
};
process.argv.slice(1).forEach(reach);
`.trim();

/** Returns when a pod of the namespace has reached each `host:port`. @throws Error after a minute */
export async function reached(namespace: string, ...addresses: readonly string[]): Promise<void> {
  const name = `reach-${randomBytes(3).toString('hex')}`;
  const container = {
    name: 'connect',
    image: stage.images.runnerNode,
    command: ['node', '-e', CONNECT, ...addresses],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
  const spec = {
    automountServiceAccountToken: false,
    restartPolicy: 'Never',
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container],
  };
  await apply({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name }, spec });
  await kubectl(['-n', namespace, 'wait', '--for=jsonpath={.status.phase}=Succeeded', '--timeout=60s', `pod/${name}`]);
}
