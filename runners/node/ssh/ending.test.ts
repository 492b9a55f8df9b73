// runners/node/ssh/ending.test.ts — commands and scripts on hosts that a real SSH server stands for.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Remote } from './credentials.ts';
import { type Given, runRemote } from './run.setup.ts';
import { hostKey, keys, lockedKeys, PASSWORD, serveSsh, type SshServer, USER } from './server.setup.ts';

const home = mkdtempSync(join(tmpdir(), 'squall-ssh-'));
const servers: SshServer[] = [];
const started = async (...given: Parameters<typeof serveSsh>): Promise<SshServer> => {
  const server = await serveSsh(...given);
  servers.push(server);
  return server;
};
const usual = started();
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(home, { recursive: true });
});

/** Runs `command` on 127.0.0.1, or the script of the task. */
async function run(command: string | undefined, given: Given = {}, server?: SshServer) {
  const { port } = server ?? (await usual);
  return runRemote(command, { ...given, remote: { port, folder: home, ...given.remote } });
}

describe('a command', () => {
  test('has its output, decoded, by host', async () => {
    const { outcome, result } = await run(`echo '{"a":[1]}'; echo "err ü" >&2`);
    expect(outcome).toBe('succeeded');
    expect(result).toEqual({
      '127.0.0.1': { failed: false, succeeded: true, return_code: 0, stdout: { a: [1] }, stderr: 'err ü' },
    });
  });
  test('fails with its exit code and its last words', async () => {
    const { outcome, message, host } = await run('echo first >&2; echo why >&2; exit 3');
    expect(outcome).toBe('failed');
    expect(host).toMatchObject({ failed: true, succeeded: false, return_code: 3 });
    expect(message).toBe('127.0.0.1: Exit code 3: why');
  });
  test('has its variables and its directory', async () => {
    const environment = { B: "it's $HOME", A: 'ü' };
    const { host } = await run('pwd; echo "$A $B"', { task: { environment, directory: home } });
    expect(host['stdout']).toBe(`${home}\nü it's $HOME`);
  });
  test('that is ended by a signal has its number', async () => {
    expect((await run('kill -KILL $$')).host).toMatchObject({
      return_code: -9,
      error: expect.stringContaining('SIGKILL'),
    });
  });
  test('does not wait for what it leaves behind', async () => {
    const { outcome, host } = await run('sleep 15 & echo done');
    expect([outcome, host['stdout']]).toEqual(['succeeded', 'done']);
  });
  test('has all of its output, though it comes slowly after the end', async () => {
    const { outcome, host } = await run('echo "one two three four"', {}, await started({ isSlow: true }));
    expect([outcome, host['stdout']]).toEqual(['succeeded', 'one two three four']);
  });
  test('is ended by its time where what it left behind goes on to write', async () => {
    const { outcome, host } = await run('(while :; do echo more; sleep 0.1; done) & echo done', {
      task: { timeoutSeconds: 2 },
    });
    expect([outcome, host['return_code']]).toEqual(['succeeded', 0]);
    expect(host['stdout']).toMatch(/^(more\n)*done\n(more\n?)+$/);
  });
  test('shows no secret', async () => {
    const { host } = await run('echo "$TOKEN"; printf %s "$TOKEN" | base64', {
      task: { environment: { TOKEN: 'correct-horse' } },
      secrets: ['correct-horse'],
    });
    expect(host['stdout']).toMatch(/^\*{8}\n\*{8}/);
    expect(JSON.stringify(host)).not.toContain('correct');
  });
  test('that is longer than a shell takes is refused', async () => {
    await expect(run(`: ${'x'.repeat(131_072)}`)).rejects.toThrow('use a script');
  });
  test('may write more than there is room for', async () => {
    const { host } = await run('head -c 20000000 /dev/zero | tr "\\0" x; echo end >&2', { limitBytes: 100_000 });
    expect(host).toMatchObject({ succeeded: true, stderr: 'end' });
    expect(host['stdout']).toMatch(/^x+\n\[squall: \d+ characters left out\]\nx+$/);
    expect(JSON.stringify(host).length).toBeLessThan(100_000);
  });
});

describe('time', () => {
  test('that is over ends what runs on the host', async () => {
    const { outcome, host } = await run('echo begun; trap "echo told; exit 0" TERM; sleep 30 & wait', {
      task: { timeoutSeconds: 1 },
    });
    expect(outcome).toBe('timedOut');
    expect(host).toMatchObject({ timeout: true, return_code: -9, stdout: 'begun\ntold' });
    expect(host['error']).toBe("Command didn't finish in 1 seconds or the SSH connection did not succeed in 1 seconds");
  });
  test('is over for hosts that know no signals, too', async () => {
    const { host } = await run('sleep 30', { task: { timeoutSeconds: 1 } }, await started({ deaf: true }));
    expect(host).toMatchObject({ timeout: true, return_code: -9 });
  });
  test('of the pod: the command is ended, the result says so', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 500);
    const { outcome, host } = await run('sleep 30', { stop: stop.signal });
    expect(outcome).toBe('abandoned');
    expect(host).toMatchObject({ failed: true, timeout: false, return_code: -15 });
  });
});

describe('hosts', () => {
  test('have a result each, and all must succeed', async () => {
    const { port } = await usual;
    const hosts = `127.0.0.1:${port}, localhost:${port}`;
    const { outcome, message, result, logged } = await run('printf "one\\ntwo"', { remote: { hosts, port: 1 } });
    expect(message).toBeUndefined();
    expect(logged.stdout).toBe('[127.0.0.1] one\n[127.0.0.1] two\n[localhost] one\n[localhost] two\n');
    expect([outcome, Object.keys(result)]).toEqual(['succeeded', ['127.0.0.1', 'localhost']]);
  });
  test('that are not there fail alone', async () => {
    const { port } = await usual;
    const { outcome, message, result } = await run('echo ok', { remote: { hosts: `127.0.0.1:${port},localhost:1` } });
    expect(outcome).toBe('failed');
    expect(result['127.0.0.1']).toMatchObject({ succeeded: true, stdout: 'ok' });
    expect(result['localhost']).toMatchObject({
      failed: true,
      timeout: false,
      return_code: 255,
      stdout: '',
      traceback: '',
    });
    expect(message).toMatch(/^1 of 2 hosts failed: localhost: Failed connecting to host localhost\. .*ECONNREFUSED/);
  });
  test('of which none is there fail the action as a whole', async () => {
    await expect(run('echo ok', { remote: { hosts: '127.0.0.1', port: 1 } })).rejects.toThrow(
      "Unable to connect to any one of the hosts: ['127.0.0.1']. Failed connecting to host 127.0.0.1.",
    );
  });
  test('in parallel are worked on at once, and keep their order', async () => {
    const ports = [await started(), await started(), await started(), await usual].map(({ port }) => port);
    const hosts = ports.map((port) => `127.0.0.1:${port}`).join(',');
    // The first waits for the second.
    const flag = join(home, 'flag');
    const command = `if mkdir ${flag}; then until test -e ${flag}/2; do sleep 0.05; done; else touch ${flag}/2; fi 2>&1`;
    const { outcome, result } = await run(command, { remote: { hosts, parallel: true } });
    expect([outcome, Object.keys(result)]).toEqual(['succeeded', hosts.split(',')]);
  });
  test('share the room of the result', async () => {
    const { port } = await usual;
    const { result } = await run('head -c 200000 /dev/zero | tr "\\0" x', {
      remote: { hosts: `127.0.0.1:${port},localhost:${port}` },
      limitBytes: 50_000,
    });
    const lengths = Object.values(result).map(({ stdout }) => String(stdout).length);
    expect(lengths).toHaveLength(2);
    for (const length of lengths) expect(length).toBeGreaterThan(20_000);
    expect(JSON.stringify(result).length).toBeLessThan(50_000);
  });
  test('behind a bastion are reached over it', async () => {
    const [bastion, server] = [await started(), await usual];
    const { host } = await run('echo inside', { remote: { bastionHost: `127.0.0.1:${bastion.port}` } }, server);
    expect(host['stdout']).toBe('inside');
    expect(bastion.hops).toEqual([`127.0.0.1:${server.port}`]);
  });
  test("behind the bastion of the namespace's Secret, too", async () => {
    const [bastion, server] = [await started(), await usual];
    const folder = mkdtempSync(join(home, 'bastion-'));
    writeFileSync(join(folder, 'bastion_host'), `127.0.0.1:${bastion.port}\n`);
    const { host } = await run('echo inside', { env: { SQUALL_SSH_DIR: folder } }, server);
    expect([host['stdout'], bastion.hops]).toEqual(['inside', [`127.0.0.1:${server.port}`]]);
  });
  test('that break the connection have failed', async () => {
    const { host } = await run('echo x', {}, await started({ breaks: true }));
    expect(host).toMatchObject({ failed: true, return_code: 255, error: expect.stringMatching(/connection/) });
  });
});

describe('logins', () => {
  const without = { privateKey: undefined } as unknown as Partial<Remote>;
  test('by a password, which comes before a key', async () => {
    expect((await run('id', { remote: { password: PASSWORD, privateKey: 'no key' } })).outcome).toBe('succeeded');
  });
  test('by a password that is typed in', async () => {
    const server = await started({ typed: true });
    expect((await run('id', { remote: { ...without, password: PASSWORD } }, server)).outcome).toBe('succeeded');
  });
  test('by a key with a passphrase', async () => {
    const locked = { privateKey: lockedKeys.private };
    expect((await run('id', { remote: { ...locked, passphrase: 'open-sesame' } })).outcome).toBe('succeeded');
    await expect(run('id', { remote: locked })).rejects.toThrow('passphrase protected. Supply a passphrase.');
    await expect(run('id', { remote: { ...locked, passphrase: 'wrong' } })).rejects.toThrow('does not open');
  });
  test('by a key that has lost its last newline, and one in a file', async () => {
    const file = join(home, 'id');
    writeFileSync(file, keys.private);
    for (const privateKey of [keys.private.trim(), file])
      expect((await run('id', { remote: { privateKey } })).outcome).toBe('succeeded');
  });
  test('that are refused name the user', async () => {
    await expect(run('id', { remote: { ...without, password: 'wrong-password' } })).rejects.toThrow(
      `Authentication failed for user "${USER}"`,
    );
  });
  test('with nothing say what to give', async () => {
    await expect(run('id', { remote: without })).rejects.toThrow('Secret squall-ssh');
    await expect(run('id', { remote: { privateKey: 'no-such-file' } })).rejects.toThrow('private_key');
  });
  test("with the namespace's Secret need no more", async () => {
    const folder = mkdtempSync(join(home, 'secret-'));
    const { port } = await usual;
    writeFileSync(join(folder, 'ssh-privatekey'), keys.private);
    writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`);
    const given = {
      remote: { ...without, username: undefined } as unknown as Partial<Remote>,
      env: { SQUALL_SSH_DIR: folder },
    };
    const { outcome, said } = await run('id', given);
    expect([outcome, said]).toEqual(['succeeded', []]);
    writeFileSync(join(folder, 'username'), 'another\n');
    await expect(run('id', given)).rejects.toThrow('user "another"');
  });
});

describe('host keys', () => {
  const secret = (knownHosts: string): NodeJS.ProcessEnv => {
    const folder = mkdtempSync(join(home, 'known-'));
    writeFileSync(join(folder, 'known_hosts'), knownHosts);
    return { SQUALL_SSH_DIR: folder };
  };
  test('that nobody knows are taken, and told', async () => {
    const { outcome, said } = await run('id');
    expect(outcome).toBe('succeeded');
    expect(said[0]).toMatch(/^127\.0\.0\.1: its key ssh-ed25519 SHA256:[\w+/]{43} is taken unseen/);
  });
  test('must be in known_hosts where there is one', async () => {
    const { port } = await usual;
    for (const lines of ['other.example ssh-ed25519 AAAA\n', ''])
      await expect(run('id', { env: secret(lines) })).rejects.toThrow('is not in known_hosts');
    const other = keys.public.split(' ').slice(0, 2).join(' ');
    await expect(run('id', { env: secret(`[127.0.0.1]:${port} ${other}\n`) })).rejects.toThrow(
      'is another one than in known_hosts',
    );
  });
});

describe('a script', () => {
  const pack = join(home, 'stackstorm', 'packs', 'demo');
  mkdirSync(join(pack, 'actions', 'lib', 'more'), { recursive: true });
  writeFileSync(
    join(pack, 'actions', 'where.sh'),
    '#!/bin/bash\n. "$(dirname "$0")/lib/more/words.sh"\nfor word in "$@"; do say "$word"; done\n',
  );
  writeFileSync(join(pack, 'actions', 'lib', 'more', 'words.sh'), 'say() { echo "<$1>"; }\n');
  const ofPack = { entryPoint: 'actions/where.sh', content: { pack: 'demo', config: {} } };
  const env = { SQUALL_STACKSTORM_DIR: join(home, 'stackstorm') };

  test('of a pack goes with its lib, and is removed', async () => {
    const folder = join(home, 'there');
    const { host, said } = await run(undefined, {
      env,
      task: { ...ofPack, arguments: ["--a=it's $HOME", '', 'b c'] },
      remote: { folder: `${folder}/` },
    });
    expect(host).toMatchObject({ succeeded: true, stdout: "<--a=it's $HOME>\n<>\n<b c>" });
    expect(readdirSync(folder)).toEqual([]);
    expect(said).toHaveLength(1);
  });
  test('has a folder for each attempt: one may still run when the next begins', async () => {
    const task = { script: '#!/bin/sh\necho $0\n', execution: { namespace: 'default', name: 'e', uid: 'u-1' } };
    const first = await run(undefined, { task: { ...task, attempt: 1 } });
    const second = await run(undefined, { task: { ...task, attempt: 2 } });
    expect([first.host['stdout'], second.host['stdout']]).toEqual([`${home}/u-1-1/script`, `${home}/u-1-2/script`]);
  });
  test('of the action runs by its first line', async () => {
    const script = '#!/usr/bin/env python3\nimport sys, os\nprint(sys.argv[1:], os.getcwd())\n';
    const { host } = await run(undefined, { task: { script, arguments: ['x'], directory: home } });
    expect(host['stdout']).toBe(`['x'] ${home}`);
  });
  test('is removed when its time is over, too', async () => {
    const folder = join(home, 'late');
    const { host } = await run(undefined, {
      task: { script: '#!/bin/sh\nsleep 30\n', timeoutSeconds: 1 },
      remote: { folder },
    });
    expect(host['timeout']).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });
  test('that finds no room is told with the reason', async () => {
    const { host } = await run(undefined, { task: { script: 'date' }, remote: { folder: '/proc/none' } });
    expect(host).toMatchObject({ return_code: 255, error: expect.stringContaining('make the folder /proc/none/uid') });
  });
  test('that the pack has not is named', async () => {
    const task = { ...ofPack, entryPoint: 'actions/none.sh' };
    await expect(run(undefined, { env, task })).rejects.toThrow('no file "actions/none.sh"');
    expect(existsSync(pack)).toBe(true);
  });
});
