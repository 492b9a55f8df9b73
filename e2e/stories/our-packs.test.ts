// e2e/stories/our-packs.test.ts — the packs that come with Squall, installed from git, do on a cluster what they say.
import { describe, expect, test } from 'vitest';
import { Execution, type Execution as ExecutionObject } from '../../operator/api/kinds.ts';
import { ANNOTATION, LABEL } from '../../operator/api/meta.ts';
import { apply, createExecution, ended, executionsOf, kubectl, list, ours, post, ready, stage } from '../harness.ts';
import { machines } from '../sshd/machine.ts';
import { accounts, actionsOf, mailServer, OUR_PACKS, servedRepositories, TAG, targets } from './our-packs.ts';
import { conditionOf, type Outcome, packsIn } from './pack-shop.ts';
import { reached } from './reached.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('our-packs');
const { name: outside } = scratchNamespace('our-machines', { 'pod-security.kubernetes.io/enforce': 'baseline' });
const machine = machines({ namespace: outside, names: ['alpha'], image: stage.images.sshd });
const alpha = `alpha.${outside}.svc`;
const { settled } = packsIn(namespace);
const base = `git://git.${namespace}.svc`;
/** Longest wait for the end of an Execution, in seconds: all of them share two cores. */
const LONGEST = 150;

const here = (objects: readonly object[]): Promise<string> =>
  kubectl(
    ['-n', namespace, 'apply', '--server-side', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  );

async function outcome(
  action: string,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<Outcome & { readonly name: string }> {
  const name = await createExecution(namespace, action, parameters);
  return { name, ...((await ended(namespace, name, LONGEST)).status as Outcome) };
}

/** What the function of a Python action returns; its Execution has to succeed. */
async function returned(action: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  const { phase, message, result } = await outcome(action, parameters);
  if (phase !== 'Succeeded') throw new Error(`${action}: ${phase}: ${message} ${JSON.stringify(result)}`);
  return result?.['result'];
}

test('all of them are installed from git, without a warning', async () => {
  await kubectl(['-n', namespace, 'apply', '-f', 'packs/packs/etc/account.yaml']);
  await apply(...machine.objects, machine.secret(namespace, [alpha], { username: 'stanley' }));
  const key = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'key' },
    stringData: { pem: machine.login.privateKey },
  };
  await here([...accounts, key, ...mailServer, ...targets, ...servedRepositories(base)]);
  const deployments = ['git', 'mail', 'web'].map((name) => `deployment/${name}`);
  await kubectl(['-n', namespace, 'wait', '--for=condition=Available', '--timeout=90s', ...deployments]);
  await reached(namespace, `git.${namespace}.svc:9418`, `mail.${namespace}.svc:1025`);
  const accountOf: Readonly<Record<string, string>> = { kubernetes: 'robot', packs: 'squall-packs' };
  await here(
    OUR_PACKS.map((pack) =>
      ours('Pack', namespace, pack, {
        source: { git: { url: `${base}/squall`, ref: TAG, path: `packs/${pack}` } },
        ...(accountOf[pack] && { pod: { serviceAccountName: accountOf[pack] } }),
      }),
    ),
  );
  const packs = await Promise.all(OUR_PACKS.map((name) => settled(name)));
  for (const pack of packs) {
    expect(conditionOf(pack, 'Ready')).toMatchObject({ status: 'True', message: 'Version 0.1.0 is installed.' });
    expect(pack.status).toMatchObject({ warnings: [], counts: { actions: actionsOf(pack.metadata.name) } });
  }
  await kubectl(['-n', outside, 'wait', '--for=condition=Ready', '--timeout=60s', 'pod/alpha']);
  await reached(namespace, `${alpha}:22`);
  await ready(namespace, 'rule/examples.order-comes-in', 'rule/examples.parcel-lost');
});

describe.concurrent('and then', () => {
  test('core makes, waits, sends mail, and sends events to rules', async () => {
    const mail = {
      from: 'ann@example.org',
      to: 'bob@example.org',
      subject: 'Parcel',
      body: 'It is on its way.',
      content_type: 'text/plain',
      env: { SMTP_URL: `smtp://mail.${namespace}.svc:1025` },
    };
    const lost = { trigger: 'examples.parcel_lost', payload: { customer: 'Eve' } };
    const [uuid, paused, sent, injected] = await Promise.all([
      returned('core.uuid', { uuid_type: 'uuid1' }),
      returned('core.pause', { max_pause: 1 }),
      outcome('core.sendmail', mail),
      outcome('core.inject_trigger', { ...lost, trace_tag: 'lost' }),
    ]);
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-/);
    expect(paused).toBe(1);
    const told = expect.stringMatching(/^Sent <\S+@example\.org> to bob@example\.org$/);
    expect(sent).toMatchObject({ phase: 'Succeeded', result: { stdout: told } });
    const received = await kubectl(['-n', namespace, 'logs', 'deployment/mail']);
    for (const line of ['From: ann@example.org', 'Subject: Parcel', 'It is on its way.'])
      expect(received).toContain(line);

    expect(injected).toMatchObject({ phase: 'Succeeded', result: { result: lost } });
    const [greeting, ...others] = (await list(Execution, namespace)).filter(
      (one) => (one as ExecutionObject).spec.request.context?.trigger?.type === lost.trigger,
    ) as readonly ExecutionObject[];
    expect(others).toEqual([]);
    expect(greeting?.spec.request).toMatchObject({
      action: 'examples.greet',
      cause: { execution: injected.name },
      context: { trace: { tag: 'lost' } },
    });
    const { status } = await ended(namespace, greeting?.metadata.name ?? '', LONGEST);
    expect(status).toMatchObject({ phase: 'Succeeded', result: { result: { greeting: 'Hello, Eve!' } } });
  });

  test('packs installs a pack and what it depends on as an Execution with a task for each step, and removes them', async () => {
    const [installed, failed] = await Promise.all([
      outcome('packs.install', { packs: [`${base}/shop=${TAG}`] }),
      outcome('packs.download', { packs: [`${base}/nothing`] }),
    ]);
    expect(installed).toMatchObject({
      phase: 'Succeeded',
      result: {
        output: {
          packs_list: ['shop', 'till'],
          message: 'Successfully installed packs',
          conflict_list: [],
          warning_list: [],
        },
      },
    });
    const tasks = (await list(Execution, namespace, `${LABEL.parent}=${installed.name}`)).map(
      ({ metadata, status }) => `${metadata.annotations?.[ANNOTATION.task]} ${(status as Outcome | undefined)?.phase}`,
    );
    const round = ['download_pack', 'make_a_prerun', 'get_pack_dependencies', 'check_dependency_and_conflict_list'];
    const steps = ['init_task', ...round, ...round, 'install_pack_requirements', 'get_pack_warnings', 'register_pack'];
    expect(tasks.toSorted()).toEqual(steps.map((task) => `${task} Succeeded`).toSorted());
    // What could not be fetched leaves nothing behind.
    expect(failed).toMatchObject({ phase: 'Failed', result: { result: { nothing: expect.any(String) } } });

    const [sold, rang, found] = await Promise.all([
      outcome('shop.sell'),
      outcome('till.ring'),
      returned('packs.get', { pack: 'shop' }),
    ]);
    expect(sold).toMatchObject({ phase: 'Succeeded', result: { stdout: 'sold by sell.sh' } });
    expect(rang).toMatchObject({ phase: 'Succeeded', result: { stdout: 'it rang' } });
    expect(found).toMatchObject({
      pack: { ref: 'shop', version: '1.0.0', ready: true, content: { actions: 1 } },
      git_status: expect.stringContaining(`${base}/shop`),
    });

    // The index of the namespace is read with the rights of the account.
    const index = { packs: { shop: { name: 'shop', version: '9.0.0', repo_url: `${base}/shop` } } };
    const data = { 'index.json': JSON.stringify(index) };
    await here([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'squall-pack-index' }, data }]);
    expect(await returned('packs.show', { pack: 'shop' })).toMatchObject({ pack: { version: '9.0.0' } });

    expect(await outcome('packs.uninstall', { packs: ['shop', 'till'] })).toMatchObject({ phase: 'Succeeded' });
    const packs = await kubectl(['-n', namespace, 'get', 'packs', '-o', 'jsonpath={.items[*].metadata.name}']);
    expect(packs.split(' ').toSorted()).toEqual([...OUR_PACKS]);
    const left = ['get', 'actions', '-l', `${LABEL.pack} in (shop, till)`, '-o', 'name'];
    expect(await kubectl(['-n', namespace, ...left])).toBe('');
  });

  test('kubernetes reads and changes what its account may, and says which rule it lacks for the rest', async () => {
    const web = { kind: 'deploy', name: 'web' };
    const labels = { label_selector: 'app=web' };
    const map = (name: string, data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
    const [read, listed, logs, applied, available, byImage, forbidden, conflict] = await Promise.all([
      returned('kubernetes.get', web),
      returned('kubernetes.list', { kind: 'Deployment', ...labels, names_only: true }),
      returned('kubernetes.logs', labels),
      returned('kubernetes.apply', { manifests: [map('made', { a: '1' })] }),
      returned('kubernetes.wait_condition', { kind: 'deployments.apps', name: 'web', condition: 'Available' }),
      returned('kubernetes.job_run', { cronjob: 'nightly' }),
      outcome('kubernetes.get', { kind: 'secret', name: 'key' }),
      outcome('kubernetes.apply', { manifest: map('taken', { owner: 'robot' }) }),
    ]);
    expect(read).toMatchObject({ kind: 'Deployment', metadata: { name: 'web', namespace } });
    expect(listed).toEqual({ count: 1, more: false, items: [{ namespace, name: 'web' }] });
    expect(Object.entries(logs as object)).toEqual([[expect.stringMatching(/^web-/), 'hello\n']]);
    expect(applied).toMatchObject({ applied: [{ kind: 'ConfigMap', name: 'made', namespace }] });
    expect(available).toMatchObject({ condition: { type: 'Available', status: 'True' } });
    expect(byImage).toMatchObject({ succeeded: true, job: expect.stringMatching(/^nightly-/) });
    expect(Object.values((byImage as { logs: object }).logs)).toEqual(['by night\n']);
    expect(forbidden.phase).toBe('Failed');
    expect(forbidden.result?.['stderr']).toContain('{apiGroups: [""], resources: ["secrets"], verbs: ["get"]}');
    expect(forbidden.result?.['stderr']).toContain(`to service account ${namespace}:robot`);
    expect(conflict.phase).toBe('Failed');
    expect(conflict.result?.['stderr']).toMatch(/conflict with "kubectl".*set force/s);

    const [scaled, taken, deleted] = await Promise.all([
      returned('kubernetes.scale', { name: 'web', replicas: 2, wait_seconds: 60 }),
      returned('kubernetes.apply', { manifest: map('taken', { owner: 'robot' }), force: true }),
      returned('kubernetes.delete', { kind: 'cm', name: 'made', wait_seconds: 30 }),
    ]);
    expect(scaled).toEqual({ name: 'web', before: 1, replicas: 2, ready: 2 });
    expect(taken).toMatchObject({ applied: [{ name: 'taken' }] });
    expect(deleted).toEqual({ deleted: ['made'] });
    expect(await kubectl(['-n', namespace, 'get', 'configmap', 'taken', '-o', 'jsonpath={.data.owner}'])).toBe('robot');
    expect(await kubectl(['-n', namespace, 'get', 'configmap', 'made', '--ignore-not-found', '-o', 'name'])).toBe('');

    const restarted = await returned('kubernetes.rollout_restart', { name: 'web', wait_seconds: 90 });
    expect(restarted).toMatchObject({ name: 'web', done: true, desired: 2, updated: 2, available: 2 });
  });

  test('examples greets, measures, and ships an order that comes in by its webhook', async () => {
    const token = (await kubectl(['-n', namespace, 'create', 'token', 'sender'])).trim();
    const lines = [
      { article: 'book', price: 19.99, count: 2 },
      { article: 'pen', price: 0.1, count: 1 },
    ];
    const order = (state: string) =>
      post(
        `/ns/${namespace}/api/v1/webhooks/examples/orders`,
        { state, order: { customer: 'Ann', lines } },
        { authorization: `Bearer ${token}` },
      );
    const [ignored, accepted] = [await order('open'), await order('paid')];
    expect([ignored.code, executionsOf(ignored)]).toEqual([202, []]);
    const [name = '', ...others] = executionsOf(accepted);
    expect([accepted.code, others]).toEqual([202, []]);
    const [shipped, greeted, twice, disk] = await Promise.all([
      ended(namespace, name, LONGEST),
      returned('examples.greet', { name: 'Bob', times: 2 }),
      outcome('examples.greet_twice', { name: 'Bob' }),
      outcome('examples.disk_usage', { path: '/tmp', limit_percent: 100 }),
    ]);
    expect(shipped.status).toMatchObject({
      phase: 'Succeeded',
      result: {
        output: { letter: 'Hello, Ann!', parcels: ['2 x book', '1 x pen'], shipped: '2 parcels, 40.08 EUR' },
      },
    });
    expect(greeted).toEqual({ greeting: 'Hello, Bob! Hello, Bob!', signed: false });
    expect(twice).toMatchObject({ phase: 'Succeeded' });
    expect(JSON.stringify(twice.result)).toContain('Hello, Bob! Again, by a chain.');
    expect(disk).toMatchObject({
      phase: 'Succeeded',
      result: { stdout: { path: '/tmp', used_percent: expect.any(Number) } },
    });
  });

  test('linux asks for names, waits for machines, and works on them', async () => {
    const private_key = { valueFrom: { secretKeyRef: { name: 'key', key: 'pem' } } };
    const [answers, letIn, noServer, load, processes, diagnosis, files, address] = await Promise.all([
      returned('linux.dig', { hostname: `git.${namespace}.svc.cluster.local` }),
      returned('linux.wait_for_ssh', { hostname: alpha, username: 'stanley', private_key, sleep_delay: 1 }),
      outcome('linux.wait_for_ssh', { hostname: `mail.${namespace}.svc`, port: 1025, retries: 1 }),
      onAlpha('linux.check_loadavg', {}),
      onAlpha('linux.check_processes', { criteria: '/usr/sbin/sshd -D' }),
      outcome('linux.diag_loadavg', { hostname: alpha }),
      workOnFiles(),
      kubectl(['-n', namespace, 'get', 'service', 'git', '-o', 'jsonpath={.spec.clusterIP}']),
    ]);
    expect(answers).toEqual([address]);
    expect(letIn).toBe(true);
    expect(noServer).toMatchObject({
      phase: 'Failed',
      result: { exit_code: 1, stderr: expect.stringContaining('no SSH server') },
    });
    const number = expect.stringMatching(/^\d+(\.\d+)?(e-\d+)?$/);
    expect(load).toEqual({ 1: number, 5: number, 15: number });
    expect(Object.values(processes as object)).toContainEqual(expect.stringContaining('/usr/sbin/sshd -D'));
    expect(diagnosis).toMatchObject({ phase: 'Succeeded' });
    expect(files).toEqual([
      '',
      "'/tmp/a' -> '/tmp/b'",
      "renamed '/tmp/b' -> '/tmp/c'",
      "removed '/tmp/a'\nremoved '/tmp/c'",
    ]);
  });
});

/** What an action of pack linux writes on the machine; it has to succeed there. */
async function onAlpha(action: string, parameters: Readonly<Record<string, unknown>>): Promise<unknown> {
  const { phase, message, result } = await outcome(action, { hosts: alpha, ...parameters });
  if (phase !== 'Succeeded') throw new Error(`${action}: ${phase}: ${message} ${JSON.stringify(result)}`);
  return (result?.[alpha] as { readonly stdout?: unknown } | undefined)?.stdout;
}

/** What each step says. */
const workOnFiles = async (): Promise<readonly unknown[]> => [
  await onAlpha('linux.file_touch', { file: '/tmp/a' }),
  await onAlpha('linux.cp', { source: '/tmp/a', destination: '/tmp/b' }),
  await onAlpha('linux.mv', { source: '/tmp/b', destination: '/tmp/c' }),
  await onAlpha('linux.rm', { target: '/tmp/a /tmp/c' }),
];
