// e2e/stories/packs.test.ts — packs come from git and from files, bring Python actions, are upgraded in place, and go when they are deleted.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import type { Rule } from '../../operator/api/kinds.ts';
import { apply, eventually, kubectl, ours, run, stage } from '../harness.ts';
import { squallIn } from '../squall.ts';
import { conditionOf, type Files, HELLO, inALoop, packsIn, shop } from './pack-shop.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('packs');
const home = mkdtempSync(join(tmpdir(), 'squall-packs-'));
const daemons: ChildProcess[] = [];
afterAll(() => {
  for (const daemon of daemons) daemon.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
});

function write(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

const git = (folder: string, ...words: string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=Ann', '-c', 'user.email=ann@example.org', ...words], {
    encoding: 'utf8',
  }).trim();

function commit(folder: string, files: Files, tag?: string): string {
  write(folder, files);
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', 'change');
  if (tag !== undefined) git(folder, 'tag', tag);
  return git(folder, 'rev-parse', 'HEAD');
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** Serves all repositories below `home` to pods. */
async function serveGit(): Promise<string> {
  const port = await freePort();
  daemons.push(
    spawn('git', ['daemon', '--reuseaddr', '--export-all', `--base-path=${home}`, `--port=${port}`, home], {
      stdio: 'ignore',
    }),
  );
  await eventually('git is served', async () => {
    const { code } = await run('git', ['ls-remote', `git://127.0.0.1:${port}/stackstorm-shop`]);
    return code === 0;
  });
  return `git://${stage.hostAddress}:${port}`;
}

const { packNamed, settled, result } = packsIn(namespace);

test('a pack of files brings its actions; Python runs with its configuration, scripts run in their place', async () => {
  await apply(ours('Pack', namespace, 'shop', { source: { inline: shop('1.0.0') } }));
  const pack = await settled('shop');
  expect(conditionOf(pack, 'Ready')).toMatchObject({ status: 'True', message: 'Version 1.0.0 is installed.' });
  expect(pack.status).toMatchObject({ ref: 'shop', content: '2 actions, 1 rule, 1 trigger' });
  expect(await result('shop.hello_all', { name: 'Bob', count: 2 })).toMatchObject({
    phase: 'Succeeded',
    result: { exit_code: 0, result: { said: 'Hello Bob! Hello Bob!' } },
  });
  const where = await result('shop.where');
  expect(where.result?.['stdout']).toBe('/opt/stackstorm/packs/shop/actions/bin/where.sh\nfrom the pack');
});

test('a changed configuration reaches the next action, and a wrong one is told with its key', async () => {
  const configure = (values: object) =>
    apply(ours('Pack', namespace, 'shop', { source: { inline: shop('1.0.0') }, config: { values } }));
  await configure({ greeting: 'Good day' });
  await settled('shop');
  expect((await result('shop.hello_all', { name: 'Ann' })).result).toMatchObject({ result: { said: 'Good day Ann!' } });
  await configure({ greeting: 5 });
  const wrong = await settled('shop', (pack) => conditionOf(pack, 'ConfigValid')?.status === 'False');
  expect(conditionOf(wrong, 'ConfigValid')?.message).toContain('"greeting"');
  expect(await result('shop.hello_all', { name: 'Ann' })).toMatchObject({
    phase: 'Failed',
    reason: 'ConfigInvalid',
    message: expect.stringContaining('"greeting"'),
  });
  await configure({ greeting: 'Hello' });
  await settled('shop', (pack) => conditionOf(pack, 'ConfigValid')?.status === 'True');
});

test("StackStorm's overrides in a ConfigMap disable what is registered, in place; a wrong one changes nothing", async () => {
  const override = (data: Readonly<Record<string, string>>) =>
    apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name: 'squall-overrides' }, data });
  const look = async (kind: string, name: string) =>
    JSON.parse(await kubectl(['-n', namespace, 'get', kind, name, '-o', 'json'])) as Rule;
  const enabled = async () =>
    await Promise.all([look('rule', 'shop.greet'), look('action', 'shop.where')]).then((both) =>
      both.map(({ spec }) => spec.enabled).join(),
    );
  const [{ uid }, { status: before }] = [(await look('rule', 'shop.greet')).metadata, await packNamed('shop')];
  const global = 'rules:\n  defaults:\n    enabled: false\n';
  await override({ '_global.yaml': global, 'shop.yaml': 'actions: {exceptions: {where: {enabled: false}}}\n' });
  await eventually('rule and action are disabled', async () => (await enabled()) === 'false,false');
  expect(await result('shop.where')).toMatchObject({ phase: 'Failed', reason: 'ActionDisabled' });
  await override({ '_global.yaml': global, 'shop.yaml': 'actions: {exceptions: {where: {enabled: perhaps}}}\n' });
  const warned = await settled('shop', ({ status }) => (status?.warnings ?? []).length > 0);
  expect(warned.status?.warnings?.[0]).toBe(
    'ConfigMap squall-overrides, shop.yaml:1:32: actions.exceptions.where.enabled: it must be true or false',
  );
  expect(await enabled()).toBe('false,false');
  await kubectl(['-n', namespace, 'delete', 'configmap', 'squall-overrides']);
  await eventually('both are enabled again', async () => (await enabled()) === 'true,true');
  const after = await settled('shop', ({ status }) => (status?.warnings ?? []).length === 0);
  expect((await look('rule', 'shop.greet')).metadata.uid).toBe(uid);
  expect([after.status?.installed, after.status?.drift]).toEqual([before?.installed, []]);
});

test('all errors of a pack are told at once, with file and line, and nothing is registered', async () => {
  const files = shop('1.0', {
    'actions/hello.yaml': 'name: hello_all\nrunner_type: pyhton-script\nentry_point: hello.py\n',
    'rules/greet.yaml': 'name: greet\ntrigger: {type: shop.order}\naction: {ref: shop.hello_all}\nenabeld: true\n',
  });
  await apply(
    ours('Pack', namespace, 'broken', {
      ref: 'shop',
      source: { inline: { ...files, 'pack.yaml': files['pack.yaml']?.replace('ref: shop', 'ref: broken') ?? '' } },
    }),
  );
  const pack = await settled('broken');
  expect(conditionOf(pack, 'Ready')).toMatchObject({ status: 'False', reason: 'PackInvalid' });
  const told = pack.status?.findings ?? [];
  expect(new Set(told.map(({ file }) => file))).toEqual(
    new Set(['pack.yaml', 'actions/hello.yaml', 'rules/greet.yaml']),
  );
  expect(told.find(({ file }) => file === 'rules/greet.yaml')?.line).toBe(4);
  expect(await kubectl(['-n', namespace, 'get', 'actions', '-l', 'squall.dev/pack=broken', '-o', 'name'])).toBe('');
});

test.skipIf(!stage.hostAddress)(
  'from git: a tag, an upgrade in place, a failed upgrade that harms nothing, while executions go on',
  { timeout: 300_000 },
  async () => {
    const folder = join(home, 'stackstorm-shop');
    mkdirSync(folder);
    git(folder, 'init', '-q', '-b', 'master');
    const first = commit(folder, shop('1.1.0'), 'v1.1.0');
    commit(folder, shop('1.2.0', { 'actions/hello.py': HELLO.replace('!', '!!') }), 'v1.2.0');
    commit(folder, { 'actions/hello.yaml': 'name: hello_all\nrunner_type: nothing\n' }, 'v1.3.0');
    const base = await serveGit();
    const install = (ref: string) => apply(ours('Pack', namespace, 'shop', { from: `${base}/stackstorm-shop=${ref}` }));

    await kubectl(['-n', namespace, 'delete', 'pack', 'broken', '--wait=true']);
    await kubectl(['-n', namespace, 'delete', 'pack', 'shop', '--wait=true']);
    expect(await kubectl(['-n', namespace, 'get', 'actions,rules,triggertypes', '-o', 'name'])).toBe('');
    await install('1.1.0');
    const pack = await settled('shop');
    expect(pack.status).toMatchObject({ version: '1.1.0', commit: first });
    const ruleOf = async () =>
      JSON.parse(await kubectl(['-n', namespace, 'get', 'rule', 'shop.greet', '-o', 'json'])) as Rule;
    const { uid } = (await ruleOf()).metadata;

    const loop = inALoop(() => result('shop.hello_all', { name: 'Eve' }));
    await install('1.2.0');
    await settled('shop', ({ status }) => status?.version === '1.2.0');
    expect((await result('shop.hello_all', { name: 'Eve' })).result).toMatchObject({ result: { said: 'Hello Eve!!' } });
    expect((await ruleOf()).metadata.uid).toBe(uid);
    await install('1.3.0');
    const failed = await settled('shop', (one) => one.status?.install?.step === 'Failed');
    expect(conditionOf(failed, 'Ready')).toMatchObject({ status: 'True', reason: 'PackInvalid' });
    expect(conditionOf(failed, 'Stalled')).toMatchObject({ status: 'True' });
    expect(failed.status).toMatchObject({ version: '1.2.0' });
    await install('1.2.0'); // whose first Job has ended and is there still
    const back = await settled('shop', (one) => one.status?.install?.step !== 'Failed');
    expect(back.status).toMatchObject({ version: '1.2.0', install: { step: 'Done', attempt: 1 } });
    expect(conditionOf(back, 'Stalled')).toMatchObject({ status: 'False' });
    await sleep(2000);
    const ends = await loop.stop();
    expect(ends.length).toBeGreaterThan(2);
    expect(ends.filter((phase) => phase !== 'Succeeded')).toEqual([]);

    const entry = { name: 'shop', version: '1.1.0', author: 'Ann', repo_url: `${base}/stackstorm-shop` };
    await apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace, name: 'squall-pack-index' },
      data: { 'index.json': JSON.stringify({ packs: { shop: entry } }) },
    });
    const installNamed = (from: string) => apply(ours('Pack', namespace, 'shop', { from }));
    await installNamed('shop');
    await settled('shop', ({ status }) => status?.version === '1.1.0');
    const search = await squallIn(namespace)('pack', 'search', 'shop');
    expect(search.stdout).toMatch(/^shop +1\.1\.0 +Ann/m);
    await installNamed('shop=9.9.9');
    const unknown = await settled(
      'shop',
      (one) => one.status?.install?.step === 'Failed' && one.spec.from?.endsWith('9.9.9') === true,
    );
    expect(conditionOf(unknown, 'Fetched')?.message).toContain('Available versions are: 1.1.0, 1.2.0, 1.3.0');
  },
);

test('what was edited by hand is told and stays; what was deleted by hand comes back', async () => {
  await kubectl(['-n', namespace, 'patch', 'rule', 'shop.greet', '--type=merge', '-p', '{"spec":{"enabled":false}}']);
  const drifted = await eventually('the drift is told', async () => {
    const pack = await packNamed('shop');
    return pack.status?.drift?.length === 1 ? pack : undefined;
  });
  expect(drifted.status?.drift).toEqual([{ kind: 'Rule', name: 'shop.greet' }]);
  await kubectl(['-n', namespace, 'delete', 'rule', 'shop.greet']);
  await eventually('the rule is there again, as the pack has it', async () => {
    const rule = JSON.parse(await kubectl(['-n', namespace, 'get', 'rule', 'shop.greet', '-o', 'json'])) as Rule;
    return rule.spec.enabled;
  });
});

test('an author registers a folder as it is, runs, and removes it, by the command line', async () => {
  const folder = join(home, 'mine');
  write(folder, shop('0.1.0', { 'pack.yaml': (shop('0.1.0')['pack.yaml'] ?? '').replace('ref: shop', 'ref: mine') }));
  const squall = squallIn(namespace);
  const registered = await squall('pack', 'register', folder);
  expect(registered).toMatchObject({ code: 0, stderr: expect.stringContaining('[ succeeded ] register pack') });
  expect(registered.stdout).toContain('version 0.1.0 is installed');
  const ran = await squall('run', 'mine.hello_all', 'name=Joe');
  expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining('Hello Joe!')]);
  expect((await squall('pack', 'list')).stdout).toMatch(/^mine +0\.1\.0 /m);
  const removed = await squall('pack', 'remove', 'mine');
  expect(removed).toMatchObject({ code: 0, stdout: 'Pack mine removed.\n' });
  expect(await kubectl(['-n', namespace, 'get', 'actions', '-l', 'squall.dev/pack=mine', '-o', 'name'])).toBe('');
});
