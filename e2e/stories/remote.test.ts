// e2e/stories/remote.test.ts — actions on other machines: commands and scripts over SSH, a result by host, keys that nobody else sees.
import { beforeAll, expect, test } from 'vitest';
import type { Execution } from '../../operator/api/kinds.ts';
import { apply, createExecution, ended, kubectl, ours, ready, stage } from '../harness.ts';
import { machines } from '../sshd/machine.ts';
import { reached } from './reached.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('remote');
const { name: outside } = scratchNamespace('machines', { 'pod-security.kubernetes.io/enforce': 'baseline' });
const { objects, secret, login } = machines({ namespace: outside, names: ['alpha', 'beta'], image: stage.images.sshd });
const [alpha, beta] = [`alpha.${outside}.svc`, `beta.${outside}.svc`];
const NAMES = [alpha, beta, '127.0.0.1'];

beforeAll(async () => {
  await apply(...objects, secret(namespace, NAMES, { username: 'stanley' }));
  await kubectl(['-n', outside, 'wait', '--for=condition=Ready', '--timeout=90s', 'pod/alpha', 'pod/beta']);
  await reached(outside, `${alpha}:22`, `${beta}:22`);
});

interface Outcome {
  readonly phase: string;
  readonly reason?: string;
  readonly message?: string;
  readonly result?: Readonly<Record<string, unknown>>;
}

async function outcome(ref: string, parameters: Readonly<Record<string, unknown>>): Promise<Outcome> {
  const execution: Pick<Execution, 'status'> = await ended(
    namespace,
    await createExecution(namespace, ref, parameters),
  );
  return execution.status as Outcome;
}
const remote = (hosts: string, cmd: string, more: object = {}) => outcome('core.remote', { hosts, cmd, ...more });

test('each host has a result of its own, and one that fails fails the action', async () => {
  const cmd = 'echo "I am $(cat /etc/hostname), $(id -un), in $PWD"; test "$(cat /etc/hostname)" = alpha';
  const host = (name: string, code: number) => ({
    failed: code !== 0,
    succeeded: code === 0,
    return_code: code,
    stdout: `I am ${name}, stanley, in /tmp`,
    stderr: '',
  });
  expect(await remote(`${alpha},${beta}`, cmd)).toMatchObject({
    phase: 'Failed',
    message: expect.stringContaining(`1 of 2 hosts failed: ${beta}: Exit code 1`),
    result: { [alpha]: host('alpha', 0), [beta]: host('beta', 1) },
  });
  expect(await remote(`${beta}, ${alpha}`, `echo '{"a": [1]}'`, { parallel: true })).toMatchObject({
    phase: 'Succeeded',
    result: { [alpha]: { stdout: { a: [1] } }, [beta]: { stdout: { a: [1] } } },
  });
});

test('a host that is not there fails alone', async () => {
  const nowhere = `nowhere.${outside}.svc`;
  const { phase, result } = await remote(`${alpha},${nowhere}`, 'echo ok');
  expect(phase).toBe('Failed');
  expect(result).toMatchObject({
    [alpha]: { succeeded: true, stdout: 'ok' },
    [nowhere]: { failed: true, return_code: 255, error: expect.stringContaining('Failed connecting') },
  });
});

test('sudo, variables and a directory are those of the machine', async () => {
  const given = { hosts: alpha, cmd: 'echo "$(id -u) $GREETING $PWD"', env: { GREETING: "it's ü" }, cwd: '/var/tmp' };
  expect((await outcome('core.remote', given)).result?.[alpha]).toMatchObject({ stdout: "1000 it's ü /var/tmp" });
  expect((await outcome('core.remote_sudo', given)).result?.[alpha]).toMatchObject({ stdout: "0 it's ü /var/tmp" });
});

test('a script goes to the machine with its arguments, and leaves nothing there', async () => {
  const parameters = { name: { type: 'string' }, count: { type: 'integer', position: 0 } };
  const dir = '/home/stanley/scripts';
  const script =
    '#!/bin/bash\nmkdir "$(dirname "$0")/made" && touch "$(dirname "$0")/made/of-whom"\necho "$0 $*" | sed "s#/[0-9a-f-]*/script#/ID/script#"\n';
  await apply(ours('Action', namespace, 'ops.where', { runner: 'remote-shell-script', parameters, script }));
  await ready(namespace, 'action/ops.where');
  const { phase, result } = await outcome('ops.where', { hosts: alpha, dir, name: 'a b', count: 3 });
  expect([phase, result?.[alpha]]).toMatchObject(['Succeeded', { stdout: `${dir}/ID/script --name=a b 3` }]);
  const asRoot = await outcome('ops.where', { hosts: alpha, dir, sudo: true });
  expect([asRoot.phase, asRoot.result?.[alpha]]).toMatchObject(['Succeeded', { return_code: 0 }]);
  expect((await remote(alpha, `ls -A ${dir} | wc -l`)).result?.[alpha]).toMatchObject({ stdout: 0 });
});

test('the bastion leads to machines that only it sees', async () => {
  const { phase, result } = await remote('127.0.0.1', 'cat /etc/hostname', { bastion_host: beta });
  expect([phase, result]).toMatchObject(['Succeeded', { '127.0.0.1': { stdout: 'beta' } }]);
});

test('a command whose time is over is ended on the machine', async () => {
  const { phase, result } = await remote(alpha, 'echo begun; sleep 4711', { timeout: 8 });
  expect([phase, result?.[alpha]]).toMatchObject(['TimedOut', { timeout: true, return_code: -9, stdout: 'begun' }]);
  expect((await remote(alpha, "ps -A -o args= | grep -c '^[s]leep 4711' || true")).result?.[alpha]).toMatchObject({
    stdout: 0,
  });
});

test('secrets reach the machine, and show nowhere: neither keys nor parameters', async () => {
  const token = 'correct-horse-battery';
  const parameters = {
    token: { type: 'string', secret: true, required: true },
    cmd: { default: 'echo "got {{ token }}"; printf %s "{{ token }}" | wc -c', immutable: true },
  };
  await apply(ours('Action', namespace, 'ops.leak', { runner: 'remote-shell-cmd', parameters }), {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name: 'vault' },
    stringData: { token, key: login.privateKey },
  });
  await ready(namespace, 'action/ops.leak');
  const from = (key: string) => ({ valueFrom: { secretKeyRef: { name: 'vault', key } } });
  const { phase, result } = await outcome('ops.leak', { hosts: alpha, token: from('token'), private_key: from('key') });
  expect([phase, result?.[alpha]]).toMatchObject(['Succeeded', { stdout: `got ********\n${token.length}` }]);
  const everything = await kubectl(['-n', namespace, 'get', 'executions,jobs,pods,events', '-o', 'yaml']);
  const log = await kubectl(['-n', stage.namespace, 'logs', 'deploy/squall', '--tail=2000']);
  const line = login.privateKey.split('\n')[1] ?? '';
  for (const place of [everything, log]) for (const told of [token, line]) expect(place).not.toContain(told);
});

test('a machine with another key than the known one is not told anything', async () => {
  const stranger = machines({ namespace: outside, names: [], image: stage.images.sshd });
  await apply(stranger.secret(namespace, NAMES));
  try {
    expect(await remote(alpha, 'touch /tmp/been-here')).toMatchObject({
      phase: 'Failed',
      message: expect.stringMatching(/its key ecdsa-sha2-nistp256 SHA256:\S+ is another one than in known_hosts/),
    });
  } finally {
    await apply(secret(namespace, NAMES));
  }
  expect((await remote(alpha, 'test ! -e /tmp/been-here')).phase).toBe('Succeeded');
});
