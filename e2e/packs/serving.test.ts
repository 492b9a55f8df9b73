// e2e/packs/serving.test.ts — peers of this machine: they answer where their tokens say, and are gone afterwards.
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { listsRefs } from './probes.ts';
import { SERVERS } from './servers.ts';
import { startPeers } from './serving.ts';

const HOST = '127.0.0.1';
const folder = mkdtempSync(join(tmpdir(), 'squall-serving-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const git = SERVERS.filter(({ name }) => name === 'git');

test('git has one commit by Ann, syslog keeps datagrams, and both end', async () => {
  const { tokens, missing, end } = await startPeers(HOST, folder, git);
  try {
    expect(missing).toEqual({});
    const url = String(tokens['git']?.['${WORK}/git/origin.git']);
    const clone = join(folder, 'clone');
    execFileSync('git', ['clone', '--quiet', url, clone]);
    const told = execFileSync('git', ['-C', clone, 'log', '--format=%an %ae %at %s'], { encoding: 'utf8' });
    expect(told).toBe('Ann a@b.c 1577836800 first\n');

    const sender = createSocket('udp4');
    sender.send('<14>hello', Number(tokens['syslog-udp']?.['${peer.port}']), HOST, () => sender.close());
    await expect.poll(() => read(join(folder, 'syslog-udp.log'))).toBe('<14>hello\n');

    await end();
    expect(await listsRefs(url)).toBe(false);
  } finally {
    await end();
  }
});

test('one that is not installed names its package, and one that ends tells its last words; the others run', async () => {
  const [base] = git;
  const servers = [
    { ...base!, name: 'absent', apt: 'absent-server', check: ['no-such-program'] },
    { ...base!, name: 'broken', before: 'true', command: () => ['sh', '-c', 'echo no luck >&2; exit 3'] as const },
  ];
  const { tokens, missing, end } = await startPeers(HOST, folder, servers);
  await end();
  expect(Object.keys(tokens)).toEqual(['syslog-udp']);
  expect(missing['absent']).toBe('apt-get install absent-server');
  expect(missing['broken']).toContain('it ended with 3: no luck');
});

const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
