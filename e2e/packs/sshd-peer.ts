// e2e/packs/sshd-peer.ts — the peer of cases over SSH: a machine in the cluster that actions of a namespace reach as their own host.
import { apply, createNamespace, deleteNamespace, kubectl, stage } from '../harness.ts';
import { machines } from '../sshd/machine.ts';
import type { Tokens } from './matching.ts';

const MACHINE = 'machine';
/** As the cases name it: the machine is its own bastion. */
const HOST = '127.0.0.1';

/** A repository with one commit, as cases of the pack git want it. */
const repository = (work: string): string =>
  `
runuser -u stanley -- bash -euc '
export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=a@b.c GIT_AUTHOR_DATE=2020-01-01T00:00:00Z
export GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=a@b.c GIT_COMMITTER_DATE=2020-01-01T00:00:00Z
mkdir -p ${work}/git && cd ${work}/git
git init -q --bare -b master origin.git && git clone -q origin.git first 2>/dev/null
git -C first commit -q --allow-empty -m first && git -C first push -q origin HEAD:master && rm -r first'
`.trim();

/** Starts it, and lets actions of `namespace` log in; its tokens, and what removes it. */
export async function sshdPeer(namespace: string, work: string): Promise<{ tokens: Tokens; end: () => Promise<void> }> {
  const outside = `${namespace}-${MACHINE}`;
  await createNamespace(outside, { 'pod-security.kubernetes.io/enforce': 'baseline' });
  const wanted = { namespace: outside, names: [MACHINE], image: stage.images.sshd, before: repository(work) };
  const { objects, secret } = machines(wanted);
  const address = `${MACHINE}.${outside}.svc`;
  await apply(...objects, secret(namespace, [address, HOST, 'localhost'], { bastion_host: address }));
  await kubectl(['-n', outside, 'wait', '--for=condition=Ready', '--timeout=90s', `pod/${MACHINE}`]);
  return { tokens: { '${peer.sshhost}': HOST }, end: () => deleteNamespace(outside) };
}
