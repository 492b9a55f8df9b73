// operator/domain/job/remote-task.test.ts — how a remote task reaches its hosts, how long it may take, and who gets the key.
import { describe, expect, test } from 'vitest';
import { secretMark } from '../../api/envelope.ts';
import { action } from '../execution/builders.setup.ts';
import { taskOf } from './task.setup.ts';

const files = `sha256:${'a'.repeat(64)}`;
const command = action({ runner: 'remote-shell-cmd', parameters: {} });
const script = action({
  ref: 'demo.where',
  runner: 'remote-shell-script',
  entryPoint: 'actions/where.sh',
  content: { files },
  parameters: { name: { type: 'string' }, at: { type: 'string', position: 0 } },
});
const given = { hosts: 'a, b:2222', cmd: 'uptime' };
const secret = (key: string) => ({ valueFrom: { secretKeyRef: { name: 'vault', key } } });

describe('the task', () => {
  test('is StackStorm’s where only hosts and command are given', () => {
    const { task } = taskOf(command, given);
    expect(task).toMatchObject({
      runner: 'remote-shell-cmd',
      command: 'uptime',
      directory: '/tmp',
      timeoutSeconds: 60,
    });
    expect(task.remote).toEqual({ hosts: 'a, b:2222', port: 22, parallel: false, folder: '/tmp' });
  });
  test('has everything that is given, secrets by their marks', () => {
    const { task } = taskOf(command, {
      ...given,
      username: 'ann',
      password: secret('p'),
      private_key: secret('k'),
      passphrase: secret('f'),
      port: 2222,
      bastion_host: 'jump',
      sudo: true,
      sudo_password: secret('s'),
      env: { A: 1 },
      cwd: '/srv',
      timeout: 5,
    });
    expect(task).toMatchObject({ sudo: true, directory: '/srv', environment: { A: '1' }, timeoutSeconds: 5 });
    expect(task.remote).toEqual({
      hosts: 'a, b:2222',
      port: 2222,
      bastionHost: 'jump',
      parallel: false,
      folder: '/tmp',
      username: 'ann',
      password: secretMark('password'),
      privateKey: secretMark('private_key'),
      passphrase: secretMark('passphrase'),
      sudoPassword: secretMark('sudo_password'),
    });
    expect(task.secrets.toSorted()).toEqual(['passphrase', 'password', 'private_key', 'sudo_password']);
  });
  test('of a script has its arguments, its file, and where the files come from', () => {
    const { task, main } = taskOf(script, { hosts: 'a', name: 'x y', at: 'z', dir: '/var/tmp' });
    expect(task).toMatchObject({ entryPoint: 'actions/where.sh', content: { files }, arguments: ['--name=x y', 'z'] });
    expect(task.remote?.folder).toBe('/var/tmp');
    expect(main.env.map(({ name }) => name)).toContain('SQUALL_CONTENT_URL');
  });
  test('tells other machines no token', () => {
    const { task } = taskOf(command, given);
    expect(task.environment).toMatchObject({ ST2_ACTION_EXECUTION_ID: 'e-uid', SQUALL_IDEMPOTENCY_KEY: 'e-uid' });
    expect(Object.keys(task.environment).filter((name) => name.includes('TOKEN'))).toEqual([]);
  });
  test.each([
    [{ cmd: 'x' }, 'hosts'],
    [{ hosts: '', cmd: 'x' }, 'hosts'],
    [{ hosts: 'a' }, 'cmd'],
    [{ ...given, env: { 'A-B': '1' } }, '"A-B"'],
    [{ ...given, port: 70_000 }, 'parameters.port'],
    [{ ...given, password: 'clear' }, 'password'],
    [{ ...given, cmd: 'a\0b' }, 'NUL'],
    [{ ...given, username: 'a\0b' }, 'NUL'],
  ])('is not made of %j', (parameters, words) => {
    expect(() => taskOf(command, parameters)).toThrow(words);
  });
});

describe('the time of the Job', () => {
  const parallel = action({ runner: 'remote-shell-cmd', parameters: { parallel: { default: true } } });
  const hosts = (count: number) => Array.from({ length: count }, (_, i) => `h${i}`).join(',');
  test.each([
    [command, 1, 75],
    [command, 3, 225],
    [parallel, 3, 150],
    [parallel, 9, 225],
    [parallel, 300, 450],
  ])('is enough for all hosts (%#)', (of, count, seconds) => {
    expect(taskOf(of, { hosts: hosts(count), cmd: 'x' }).timeout).toBe(String(seconds));
  });
});

describe('the Secret of the namespace', () => {
  const volume = {
    name: 'squall-ssh',
    projected: {
      sources: [
        {
          secret: {
            name: 'squall-ssh',
            optional: true,
            items: ['username', 'ssh-privatekey', 'passphrase', 'known_hosts', 'bastion_host'].map((key) => ({
              key,
              path: key,
            })),
          },
        },
      ],
    },
  };
  test.each([
    [command, given],
    [script, { hosts: 'a' }],
  ])('is there for the runners over SSH, where the namespace has it (%#)', (of, parameters) => {
    const { pod, main } = taskOf(of, parameters);
    expect(pod.volumes).toContainEqual(volume);
    expect(main.volumeMounts).toContainEqual({ name: 'squall-ssh', mountPath: '/var/run/squall-ssh', readOnly: true });
    expect(main.env).toContainEqual({ name: 'SQUALL_SSH_DIR', value: '/var/run/squall-ssh' });
  });
  test.each([
    [action(), { cmd: 'x' }],
    [action({ runner: 'local-shell-script', parameters: {}, script: 'x' }), {}],
    [action({ runner: 'python-script', parameters: {}, script: 'x' }), {}],
    [action({ runner: 'http-request', parameters: {} }), { url: 'http://x' }],
  ])('is there for no others (%#)', (of, parameters) => {
    expect(JSON.stringify(taskOf(of, parameters).pod)).not.toContain('squall-ssh');
  });
  test('is not there for an image that the pack brings', () => {
    const own = action({
      runner: 'remote-shell-script',
      parameters: {},
      entryPoint: 'a.sh',
      content: { image: 'own:1' },
    });
    expect(JSON.stringify(taskOf(own, { hosts: 'a' }).pod)).not.toContain('squall-ssh');
  });
});
