// operator/domain/job/remote-task.ts — parameters of a remote action → how its task reaches the hosts, and how long that may take.
import type { RunnerType } from '../../api/runners.ts';
import type { Task } from '../../api/envelope.ts';
import type { Action } from '../../api/kinds.ts';
import type { Refusal, ResolvedParameters } from '../action/resolve.ts';
import { isRecord } from '../action/schema.ts';

export const isRemote = (runner: RunnerType): runner is 'remote-shell-cmd' | 'remote-shell-script' =>
  runner === 'remote-shell-cmd' || runner === 'remote-shell-script';

/** Secret of a namespace with which remote actions log in where they say nothing, and the keys that pods get of it. */
const SSH_SECRET = 'squall-ssh';
const SSH_KEYS = ['username', 'ssh-privatekey', 'passphrase', 'known_hosts', 'bastion_host'];
/** ConfigMap of a namespace with the certificates that requests trust besides those of the image, and its key. */
const TRUST_MAP = 'squall-ca';
const TRUST_KEY = 'ca.crt';
const SSH_DIRECTORY = '/var/run/squall-ssh';
const TRUST_DIRECTORY = '/var/run/squall-ca';

/** What a task of these runners has more than others; nothing for the others. */
export function remoteTask({ spec }: Action, { runnerParameters }: ResolvedParameters): Pick<Task, 'remote'> | Refusal {
  if (!isRemote(spec.runner)) return {};
  const text = (name: string): string | undefined => {
    const value = runnerParameters[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const hosts = text('hosts');
  if (hosts === undefined)
    return refusal("parameters: 'hosts' is a required property; give parameters.hosts, separated by commas");
  const env = runnerParameters['env'];
  const wrong = Object.keys(isRecord(env) ? env : {}).find((name) => !/^[A-Za-z_]\w*$/.test(name));
  if (wrong !== undefined)
    return refusal(`parameters.env: a shell knows no variable ${JSON.stringify(wrong.slice(0, 100))}; rename it`);
  const port = Number(runnerParameters['port'] ?? 22);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return refusal('parameters.port: give a number from 1 to 65535');
  const optional = {
    bastionHost: text('bastion_host'),
    username: text('username'),
    password: text('password'),
    privateKey: text('private_key'),
    passphrase: text('passphrase'),
    sudoPassword: text('sudo_password'),
  };
  const nul = Object.entries({ hosts, ...optional, folder: text('dir') }).find(([, value]) => value?.includes('\0'));
  if (nul) return refusal(`parameters: ${nul[0]} contains a NUL character; remove it`);
  return {
    remote: {
      hosts,
      port,
      parallel: runnerParameters['parallel'] === true,
      folder: text('dir') ?? '/tmp',
      ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    },
  };
}

const refusal = (message: string): Refusal => ({ ok: false, reason: 'ParametersInvalid', message });

/** A host's own end, after its time is over: its process gets a chance, and the script is removed. */
const AFTERWARDS_SECONDS = 15;
const RUN_SECONDS_MAX = 604_800;

/** Longest run over all hosts, in seconds: one after the other, each has the limit; in parallel a third of them at a time. */
export function remoteSeconds({ runnerParameters }: Pick<ResolvedParameters, 'runnerParameters'>): number {
  const { hosts, parallel, timeout } = runnerParameters;
  const count = String(hosts)
    .split(',')
    .filter((host) => host.trim() !== '').length;
  const width = parallel === true ? Math.min(50, Math.floor(count / 3) + 1) : 1;
  const rounds = Math.max(1, Math.ceil(count / width));
  return Math.min(RUN_SECONDS_MAX, rounds * (Number(timeout) + AFTERWARDS_SECONDS));
}

/** Volumes of the namespace's own that the runners of this page read, with their places; what is not there is left out by Kubernetes. */
export function namespaceVolumes({ spec }: Action) {
  // An image of the pack's own could keep the key.
  const isOurs = spec.content?.image === undefined;
  const ssh = isRemote(spec.runner) && isOurs;
  const items = (keys: readonly string[]) => keys.map((key) => ({ key, path: key }));
  const secret = { secret: { name: SSH_SECRET, optional: true, items: items(SSH_KEYS) } };
  const trust = { configMap: { name: TRUST_MAP, optional: true, items: items([TRUST_KEY]) } };
  const all = [
    ...(ssh
      ? [{ name: SSH_SECRET, source: secret, place: SSH_DIRECTORY, variable: ['SQUALL_SSH_DIR', SSH_DIRECTORY] }]
      : []),
    ...(spec.runner === 'http-request'
      ? [
          {
            name: TRUST_MAP,
            source: trust,
            place: TRUST_DIRECTORY,
            variable: ['SQUALL_TRUST_FILE', `${TRUST_DIRECTORY}/${TRUST_KEY}`],
          },
        ]
      : []),
  ];
  return {
    env: all.map(({ variable: [name = '', value = ''] }) => ({ name, value })),
    mounts: all.map(({ name, place }) => ({ name, mountPath: place, readOnly: true })),
    volumes: all.map(({ name, source }) => ({ name, projected: { sources: [source] } })),
  };
}
