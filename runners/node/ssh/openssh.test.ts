// runners/node/ssh/openssh.test.ts — the same with OpenSSH's server: what only the real one shows.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasOpenSsh, hasSudo, type OpenSsh, startOpenSsh } from './openssh.setup.ts';
import { type Given, runRemote } from './run.setup.ts';

describe.runIf(hasOpenSsh)("OpenSSH's server", () => {
  const home = mkdtempSync(join(tmpdir(), 'squall-openssh-'));
  let server: OpenSsh;
  beforeAll(async () => {
    server = await startOpenSsh();
  });
  afterAll(() => {
    server.close();
    rmSync(home, { recursive: true });
  });
  const run = (command: string | undefined, given: Given = {}) => {
    const { port, username, privateKey } = server;
    return runRemote(command, { ...given, remote: { port, username, privateKey, folder: home, ...given.remote } });
  };
  const knowing = (lines: string): NodeJS.ProcessEnv => {
    const folder = mkdtempSync(join(home, 'known-'));
    writeFileSync(join(folder, 'known_hosts'), lines);
    return { SQUALL_SSH_DIR: folder };
  };

  test('gives output, exit code, variables and directory, by a key of RSA', async () => {
    const { outcome, host } = await run('echo "$A"; pwd; echo why >&2; exit 3', {
      task: { environment: { A: "it's ü" }, directory: home },
    });
    expect(outcome).toBe('failed');
    expect(host).toMatchObject({ return_code: 3, stdout: `it's ü\n${home}`, stderr: 'why' });
  });
  test('loses nothing of what is long', async () => {
    const { host } = await run('seq 600000; echo end >&2');
    expect([String(host['stdout']).length, host['stderr']]).toEqual([4_088_894, 'end']);
    expect(String(host['stdout']).endsWith('\n599999\n600000')).toBe(true);
  });
  test('gets no input, and tells of signals', async () => {
    expect((await run('cat; echo read')).host['stdout']).toBe('read');
    expect((await run('kill -TERM $$')).host).toMatchObject({
      return_code: -15,
      error: expect.stringContaining('SIGTERM'),
    });
  });
  test.each(['ed25519', 'rsa', 'ecdsa'])('is known by its key of type %s, its name hashed', async (type) => {
    const { outcome, said } = await run('id', { env: knowing(server.knownHosts(type)) });
    expect([outcome, said]).toEqual(['succeeded', []]);
  });
  test('is refused when the key is that of another one', async () => {
    const [name = '', type = ''] = server.knownHosts('ed25519').split(' ');
    const other = 'AAAAC3NzaC1lZDI1NTE5AAAAIGJrr1ZHUsMXc9nmvpKQnfMCG+eqXhhEJ3KXBGH0E0NE';
    const env = knowing(`${name} ${type} ${other}\n`);
    await expect(run('id', { env })).rejects.toThrow('is another one than in known_hosts');
  });
  test('is a bastion, too', async () => {
    const { host } = await run('echo inside', { remote: { bastionHost: `127.0.0.1:${server.port}` } });
    expect(host).toMatchObject({ succeeded: true, stdout: 'inside' });
  });
  test('takes a script with its lib, and keeps nothing of it', async () => {
    const actions = join(home, 'stackstorm', 'packs', 'demo', 'actions');
    mkdirSync(join(actions, 'lib'), { recursive: true });
    writeFileSync(join(actions, 'go.sh'), '#!/bin/bash\n. "$(dirname "$0")/lib/words.sh"\nsay "$1"\n');
    writeFileSync(join(actions, 'lib', 'words.sh'), 'say() { echo "<$1>"; }\n');
    const folder = join(home, 'there');
    const { host } = await run(undefined, {
      env: { SQUALL_STACKSTORM_DIR: join(home, 'stackstorm') },
      task: { entryPoint: 'actions/go.sh', content: { pack: 'demo', config: {} }, arguments: ["it's $HOME"] },
      remote: { folder },
    });
    expect([host['stdout'], readdirSync(folder)]).toEqual(["<it's $HOME>", []]);
  });
  test('has nothing running any more when the time is over', async () => {
    const file = join(home, 'alive');
    const { outcome } = await run(`while :; do date +%N > ${file}; sleep 0.1; done`, { task: { timeoutSeconds: 2 } });
    expect(outcome).toBe('timedOut');
    rmSync(file);
    await sleep(1000);
    expect(readdirSync(home)).not.toContain('alive');
  });
  test.runIf(hasSudo)('has nothing running that sudo has begun, either', async () => {
    const file = join(home, 'privileged');
    const cmd = `while :; do date +%N > ${file}; sleep 0.1; done`;
    expect((await run(cmd, { task: { timeoutSeconds: 2, sudo: true } })).outcome).toBe('timedOut');
    rmSync(file);
    await sleep(1000);
    expect(readdirSync(home)).not.toContain('privileged');
  });
  test('says whom it does not let in', async () => {
    const remote = { username: 'nobody-knows' };
    await expect(run('id', { remote })).rejects.toThrow('Authentication failed for user "nobody-knows"');
  });
});
