// e2e/sshd/machine.ts — objects that stand for machines with an SSH server, and the Secret with which actions log in there.
import { type SshKeys, sshKeys } from './keys.ts';

export interface Machines {
  /** Keys, and a pod and a Service of each name; in a namespace that lets root in (Pod Security "baseline"). */
  readonly objects: readonly object[];
  /** The Secret squall-ssh that knows the machines by these hosts. */
  readonly secret: (namespace: string, hosts: readonly string[], more?: Readonly<Record<string, string>>) => object;
  /** What logs in as stanley. */
  readonly login: SshKeys;
}

interface Wanted {
  readonly namespace: string;
  readonly names: readonly string[];
  readonly image: string;
  /** Shell commands of root before the server begins. */
  readonly before?: string;
}

const KEYS = 'machine-keys';

export function machines({ namespace, names, image, before = 'true' }: Wanted): Machines {
  const [login, own] = [sshKeys(), sshKeys()];
  const keys = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name: KEYS },
    stringData: { host: own.privateKey, authorized_keys: `${login.publicKey}\n` },
  };
  return {
    login,
    objects: [
      keys,
      ...names.flatMap((name) => [podOf({ namespace, name }, image, before), serviceOf({ namespace, name })]),
    ],
    secret: (of, hosts, more = {}) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: of, name: 'squall-ssh' },
      type: 'kubernetes.io/ssh-auth',
      stringData: {
        'ssh-privatekey': login.privateKey,
        known_hosts: `${hosts.join(',')} ${own.publicKey}\n`,
        ...more,
      },
    }),
  };
}

interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** Its name is its host name. */
const podOf = ({ namespace, name }: Place, image: string, before: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace, name, labels: { machine: name } },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'sshd',
        image,
        command: ['bash', '-euc', `${before}\nexec /usr/sbin/sshd -D -e`],
        ports: [{ containerPort: 22 }],
        readinessProbe: { tcpSocket: { port: 22 }, periodSeconds: 1 },
        volumeMounts: [{ name: 'keys', mountPath: '/etc/ssh/keys', readOnly: true }],
      },
    ],
    volumes: [
      {
        name: 'keys',
        secret: {
          secretName: KEYS,
          items: [
            // The server wants the first for itself alone, and reads the second as the user.
            { key: 'host', path: 'host', mode: 0o400 },
            { key: 'authorized_keys', path: 'authorized_keys', mode: 0o444 },
          ],
        },
      },
    ],
  },
});

const serviceOf = ({ namespace, name }: Place): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace, name },
  spec: { selector: { machine: name }, ports: [{ port: 22 }] },
});
