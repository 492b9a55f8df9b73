// operator/domain/install/plan.test.ts — the life of a Pack, look by look.
import { expect, test } from 'vitest';
import type { InstallReport } from '../../api/install.ts';
import type { Execution } from '../../api/kinds.ts';
import type { PackStatus } from '../../api/pack.ts';
import type { Job, Pod } from '../job/shapes.ts';
import { CONTENT, DIGEST, manifest, NOW, pack, seen } from './install.setup.ts';
import { planPack } from './plan.ts';
import { planReport } from './report.ts';

const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const condition = (status: PackStatus | undefined, type: string) =>
  status?.conditions?.find((one) => one.type === type);
const kinds = (writes: readonly { readonly do: string; readonly object?: { readonly kind: string } }[] = []) =>
  writes.map((write) => `${write.do} ${write.object?.kind ?? ''}`.trim());

const begun = (): PackStatus => planPack(seen(), NOW).status ?? {};
function reported(report: Partial<InstallReport>, status = begun()): PackStatus {
  const { key = '', job = '' } = status.install ?? {};
  const plan = planReport(pack({ status }), job, { key, step: 'Done', ...report }, later(5));
  if (!plan.accept) throw new Error(plan.message);
  return plan.status;
}
const installed = (): PackStatus => {
  const self = pack({ status: reported({ content: CONTENT, commit: 'abc' }) });
  return planPack(seen({ self, manifest: manifest() }), later(6)).status ?? {};
};
const job = (conditions: Job['status']['conditions'] = []): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: begun().install?.job ?? '', uid: 'job', resourceVersion: '1' },
  hasSecrets: false,
  status: { conditions, failed: 0 },
});

test('a finalizer comes first, then the Job, whose try is recorded before it is made', () => {
  expect(planPack(seen({ self: pack({ metadata: { finalizers: [] } }) }), NOW).writes).toEqual([
    { do: 'finalizers', set: ['squall.dev/pack'] },
  ]);
  const plan = planPack(seen(), NOW);
  expect(kinds(plan.after)).toEqual(['create Job']);
  expect(plan.status?.install).toMatchObject({ attempt: 1, step: 'Fetch' });
  expect(condition(plan.status, 'Ready')).toMatchObject({ status: 'Unknown', reason: 'Installing' });
});

test('a Job that was never made, or deleted, is made again while nobody has reported', () => {
  const self = pack({ status: begun() });
  expect(kinds(planPack(seen({ self }), NOW).after)).toEqual(['create Job']);
  expect(planPack(seen({ self, job: job() }), NOW).after).toBeUndefined();
});

test('what was brought is registered, and the pack is ready with its facts', () => {
  const self = pack({ status: reported({ content: CONTENT, commit: 'abc' }) });
  const plan = planPack(seen({ self, manifest: manifest() }), later(6));
  expect(kinds(plan.writes)).toEqual(['apply TriggerType', 'apply Action', 'apply Action', 'apply Rule']);
  expect(plan.status).toMatchObject({
    ref: 'shop',
    version: '1.0.0',
    commit: 'abc',
    content: '2 actions, 1 sensor, 1 rule, 1 trigger',
    installed: { content: CONTENT },
    install: { step: 'Done' },
    waiting: [{ kind: 'Sensor', name: 'Till' }],
  });
  expect(plan.status?.install).not.toHaveProperty('reported');
  expect(condition(plan.status, 'Ready')).toMatchObject({ status: 'True', reason: 'Installed' });
});

test('nothing is registered when the API server would refuse one of them, or a name belongs to somebody else', () => {
  const self = pack({ status: reported({ content: CONTENT }) });
  const refused = planPack(seen({ self, manifest: manifest(), refusals: ['Rule shop.paid: too long'] }), later(6));
  expect(refused.writes).toBeUndefined();
  expect(condition(refused.status, 'Ready')).toMatchObject({ status: 'False', reason: 'RegistrationRefused' });
  expect(condition(refused.status, 'Registered')?.message).toContain('Rule shop.paid: too long');
  const there = [{ apiVersion: 'v1', kind: 'Action', metadata: { name: 'shop.say', uid: 'x', resourceVersion: '1' } }];
  const taken = planPack(seen({ self, manifest: manifest(), there }), later(6));
  expect(taken.writes).toBeUndefined();
  expect(condition(taken.status, 'Registered')?.message).toContain('Action "shop.say" exists already');
});

test('a pack that is another than its name says is refused with the remedy', () => {
  const self = pack({ status: reported({ content: CONTENT }) });
  const plan = planPack(seen({ self, manifest: manifest({ ref: 'big_shop' }) }), later(6));
  expect(condition(plan.status, 'Registered')?.message).toContain('name the Pack big-shop or set spec.ref');
});

test('what no pod can see is refused at once, without a Job, and not tried again', () => {
  const spec = { from: 'file:///srv/shop' };
  const plan = planPack(seen({ self: pack({ spec }) }), NOW);
  expect(plan.after).toBeUndefined();
  expect(condition(plan.status, 'Ready')).toMatchObject({ status: 'False', reason: 'FetchFailed' });
  expect(condition(plan.status, 'Fetched')?.message).toContain('squall pack install file:///srv/shop');
  const failed = pack({ spec, ...(plan.status && { status: plan.status }) });
  expect(planPack(seen({ self: failed }), later(4000))).toMatchObject({ requeueAfterMs: 600_000 });
  const upgrade = planPack(seen({ self: pack({ spec, status: installed() }), manifest: manifest() }), later(60));
  expect(condition(upgrade.status, 'Ready')).toMatchObject({ status: 'True', reason: 'FetchFailed' });
});

test('an upgrade that fails leaves the installed version ready, and says so', () => {
  const self = pack({ status: installed(), spec: { from: 'shop=2.0.0' } });
  const upgrade = planPack(seen({ self, manifest: manifest() }), later(60));
  expect(kinds(upgrade.after)).toEqual(['create Job']);
  expect(upgrade.status?.installed).toMatchObject({ content: CONTENT });
  const failed = reported(
    {
      step: 'Failed',
      failedStep: 'Validate',
      message: '1 file is not valid',
      findings: [{ file: 'actions/x.yaml', line: 3, message: 'no runner' }],
    },
    upgrade.status,
  );
  expect(condition(failed, 'Ready')).toMatchObject({ status: 'True', reason: 'PackInvalid' });
  expect(condition(failed, 'Ready')?.message).toContain('Version 1.0.0 stays in use');
  expect(condition(failed, 'Stalled')).toMatchObject({ status: 'True' });
  expect(condition(failed, 'Valid')?.message).toBe('1 file is not valid; actions/x.yaml:3: no runner');
  expect(failed).toMatchObject({ version: '1.0.0', installed: { content: CONTENT } });
});

test('while a new version is on its way, or has failed, the installed one is looked after', () => {
  const self = pack({ status: installed(), spec: { from: 'shop=2.0.0' } });
  const status = planPack(seen({ self, manifest: manifest() }), later(60)).status ?? {};
  const upgrading = pack({ status, spec: { from: 'shop=2.0.0' } });
  const running = planPack(seen({ self: upgrading, manifest: manifest(), job: job() }), later(61));
  expect(kinds(running.writes)).toContain('apply Rule');
  const failed = reported({ step: 'Failed', failedStep: 'Validate', message: 'bad' }, status);
  const broken = planPack(
    seen({ self: pack({ status: failed, spec: { from: 'shop=2.0.0' } }), manifest: manifest() }),
    later(70),
  );
  expect(kinds(broken.writes)).toContain('apply Rule');
  expect(condition(broken.status, 'Stalled')).toMatchObject({ status: 'True' });
});

test('what could not be fetched is tried again, later each time; what is not valid is not', () => {
  const fetch = pack({ status: reported({ step: 'Failed', failedStep: 'Fetch', message: 'no such host' }) });
  expect(planPack(seen({ self: fetch }), later(6))).toEqual({ requeueAfterMs: 29_000 });
  const again = planPack(seen({ self: fetch }), later(40));
  expect(again.status?.install).toMatchObject({ attempt: 2, step: 'Fetch' });
  expect(again.status?.install?.job).not.toBe(fetch.status?.install?.job);
  const invalid = pack({ status: reported({ step: 'Failed', failedStep: 'Validate', message: 'bad' }) });
  expect(planPack(seen({ self: invalid }), later(4000)).status).toBeUndefined();
});

test('a Job that died without a report ends the try with its reason', () => {
  const self = pack({ status: begun() });
  const plan = planPack(seen({ self, job: job([BACKOFF]), pods: [podOf(ended(70))] }), later(9));
  expect(plan.status?.install?.step).toBe('Failed');
  expect(condition(plan.status, 'Fetched')).toMatchObject({ status: 'False', reason: 'InstallJobFailed' });
});

test('an image without the installer is told what to make it from', () => {
  const words = "Error: Cannot find module '/app/installer.js'\n    at node:internal";
  const dead = podOf(ended(1, words));
  const plan = planPack(seen({ self: pack({ status: begun() }), job: job([BACKOFF]), pods: [dead] }), later(9));
  expect(condition(plan.status, 'Fetched')?.message).toMatch(
    /\/app\/installer\.js[\s\S]*; make the image .*FROM runner-python$/,
  );
});

const podOf = (status: Partial<Pod['status']>, metadata: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'pod', uid: 'pod', resourceVersion: '1', ...metadata },
  status: { phase: 'Failed', reason: '', message: '', conditions: [], container: undefined, ...status },
});
const ended = (exitCode: number, message = ''): Partial<Pod['status']> => ({
  container: {
    is: 'terminated',
    exitCode,
    signal: 0,
    reason: 'Error',
    message,
    startedAt: NOW.toISOString(),
    endedAt: undefined,
  },
});
const BACKOFF = { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'it failed' };

test.each<[string, readonly Pod[], Job['status']['conditions'], RegExp]>([
  [
    'evicted',
    [podOf({ reason: 'Evicted', message: 'The node was low on resource: memory.' })],
    [BACKOFF],
    /Evicted: .*evicted.*: The node was low/,
  ],
  [
    'drained',
    [
      podOf({
        conditions: [
          {
            type: 'DisruptionTarget',
            status: 'True',
            reason: 'EvictionByEvictionAPI',
            message: 'Eviction API: evicting',
          },
        ],
      }),
    ],
    [BACKOFF],
    /Evicted: .*: Eviction API/,
  ],
  [
    'lost with its node',
    [podOf({ phase: 'Running' }, { deletionTimestamp: NOW.toISOString() })],
    [],
    /NodeLost: the node of its pod is gone/,
  ],
  ['told to stop', [podOf(ended(75))], [BACKOFF], /told to stop before it was done/],
  ['gone', [], [BACKOFF], /its pod is gone \(BackoffLimitExceeded: it failed\)/],
])('an installation whose pod is %s is tried again at once, and the reason is told', (_what, pods, conditions, why) => {
  const plan = planPack(seen({ self: pack({ status: begun() }), job: job(conditions), pods }), later(60));
  expect(plan.status?.install).toMatchObject({ attempt: 2, step: 'Fetch' });
  expect(kinds(plan.after)).toEqual(['create Job']);
  expect(condition(plan.status, 'Ready')).toMatchObject({ status: 'Unknown', reason: 'Installing' });
  for (const type of ['Ready', 'Fetched'])
    expect(condition(plan.status, type)?.message).toMatch(
      new RegExp(`^The pack is being installed. This is try 2 of 4. .*${why.source}`),
    );
  expect(plan.events).toMatchObject([{ type: 'Warning', reason: 'InstallJobFailed' }]);
});

test('the fourth pod that is taken away is the last', () => {
  const status = begun();
  const self = pack({ status: { ...status, ...(status.install && { install: { ...status.install, attempt: 4 } }) } });
  const plan = planPack(seen({ self, job: job([BACKOFF]), pods: [podOf({ reason: 'Evicted' })] }), later(60));
  expect(plan.status?.install).toMatchObject({ attempt: 4, step: 'Failed' });
  expect(condition(plan.status, 'Fetched')).toMatchObject({ status: 'False', reason: 'InstallJobFailed' });
});

test.each<[string, readonly Pod[], Job['status']['conditions']]>([
  ['an installer that ends with an error', [podOf(ended(70))], [BACKOFF]],
  ['one that takes too long', [], [{ ...BACKOFF, reason: 'DeadlineExceeded' }]],
])('%s is tried again after a pause', (_what, pods, conditions) => {
  const plan = planPack(seen({ self: pack({ status: begun() }), job: job(conditions), pods }), later(60));
  expect(plan.status?.install).toMatchObject({ attempt: 1, step: 'Failed' });
  expect(plan.requeueAfterMs).toBe(30_000);
});

test('what an environment was made of is remembered with it', () => {
  const builtFrom = { key: 'k', asked: 'a' };
  const status = reported({ content: CONTENT, builtFrom });
  expect(status.install).toMatchObject({ builtFrom });
  const next = planPack(seen({ self: pack({ status }), manifest: manifest() }), later(6)).status;
  expect(next?.installed).toMatchObject({ builtFrom, content: CONTENT });
  expect(next?.install).not.toHaveProperty('builtFrom');
});

test('a report of another try, and one that comes after the last, do not count', () => {
  const status = begun();
  const { key = '', job: name = '' } = status.install ?? {};
  const late = { key, step: 'Done' as const, content: CONTENT };
  expect(planReport(pack({ status }), 'another-job', late, NOW)).toMatchObject({ accept: false });
  expect(planReport(pack({ status }), name, { ...late, key: 'x' }, NOW)).toMatchObject({ accept: false });
  expect(planReport(pack({ status: reported(late) }), name, late, NOW)).toMatchObject({ accept: false });
});

test('packs that it depends on and that are not here are told', () => {
  const self = pack({ status: installed() });
  const of = manifest();
  const asking = {
    ...of,
    pack: { ...of.pack, dependencies: ['core', 'till=2.0.0', 'https://host/stackstorm-bags.git'] },
  };
  const versions = new Map([
    ['core', ''],
    ['till', '1.0.0'],
  ]);
  const { status } = planPack(seen({ self, manifest: asking, versions }), later(60));
  expect(status?.missing).toEqual(['https://host/stackstorm-bags.git']);
  const conflict = 'pack "shop" needs "till=2.0.0", but version 1.0.0 of "till" is installed';
  expect(status?.warnings).toEqual([conflict]);
  const url = 'https://host/stackstorm-bags.git';
  expect(condition(status, 'DependenciesReady')).toMatchObject({
    status: 'False',
    reason: 'DependenciesMissing',
    message: `It needs ${url}, which is not here: squall pack install ${url}; ${conflict}`,
  });
  const here = new Map([...versions, ['till', '2.0.0'], ['bags', '1.0.0']]);
  const told = pack({ ...(status && { status }) });
  const next = planPack(seen({ self: told, manifest: asking, versions: here }), later(70)).status;
  expect(condition(next, 'DependenciesReady')).toMatchObject({ status: 'True', reason: 'DependenciesPresent' });
  expect(condition(planPack(seen({ self, manifest: of }), later(60)).status, 'DependenciesReady')).toBeUndefined();
  const odd = { ...of, pack: { ...of.pack, dependencies: ['a; sh', 'b'] } };
  expect(condition(planPack(seen({ self, manifest: odd }), later(60)).status, 'DependenciesReady')?.message).toBe(
    'It needs a; sh, b, which are not here: squall pack install b',
  );
});

test('a change of configuration or overrides installs nothing', () => {
  const self = pack({ status: installed(), spec: { config: { values: { host: 'db' } } } });
  const plan = planPack(seen({ self, manifest: manifest() }), later(60));
  expect(plan.status?.install?.step).toBe('Done');
  expect(kinds(plan.after)).toEqual([]);
});

const contentsOf = ({ writes = [] }: Pick<ReturnType<typeof planPack>, 'writes'>) =>
  writes.flatMap((write) => (write.do === 'apply' && write.object.kind === 'Action' ? [write.object.spec] : []));

test('a pack in an image is looked after as any: overrides, configuration, and its image until another is ready', () => {
  const at = (image: string) => ({ from: undefined, source: { image } });
  const { status: begin = {}, after } = planPack(seen({ self: pack({ spec: at('shop:1') }) }), NOW);
  expect(JSON.stringify(after)).not.toMatch(/squall-package-index|squall-git/);
  const self = pack({ spec: at('shop:1'), status: reported({ content: CONTENT }, begin) });
  const first = planPack(seen({ self, manifest: manifest() }), later(6));
  expect(first.status?.installed).toMatchObject({ image: 'shop:1', content: CONTENT });
  expect(contentsOf(first)).toEqual([
    expect.objectContaining({ ref: 'shop.ship_it', content: { image: 'shop:1' } }),
    expect.objectContaining({ ref: 'shop.say', content: { image: 'shop:1' } }),
  ]);
  const status = first.status ?? {};
  const overrides = { actions: { defaults: { enabled: false } } };
  const changed = pack({ spec: { ...at('shop:1'), overrides, config: { values: {} } }, status });
  const strict = manifest({ configSchema: { token: { type: 'string', required: true } } });
  const kept = planPack(seen({ self: changed, manifest: strict }), later(60));
  expect(contentsOf(kept)).toMatchObject([{ enabled: false }, { enabled: false }]);
  expect(condition(kept.status, 'ConfigValid')).toMatchObject({ status: 'False' });
  for (const spec of [at('shop:2'), { from: 'shop=2.0.0' }]) {
    const begun2 = planPack(seen({ self: pack({ spec, status }), manifest: manifest() }), later(70)).status ?? {};
    const upgrading = pack({ spec, status: begun2 });
    expect(contentsOf(planPack(seen({ self: upgrading, manifest: manifest(), job: job() }), later(71)))).toMatchObject([
      { content: { image: 'shop:1' } },
      { content: { image: 'shop:1' } },
    ]);
  }
});

test('a pack whose pods have an image of their own is built in it, and keeps it until another is ready', () => {
  const at = (image: string) => ({ pod: { image, imagePullSecrets: ['mine'] } });
  const begin = planPack(seen({ self: pack({ spec: at('tools:1') }) }), NOW);
  expect(begin.status?.install?.key).not.toBe(begun().install?.key);
  const [made] = (begin.after ?? []).flatMap((write) => (write.do === 'create' ? [write.object] : []));
  expect(made?.['spec']).toMatchObject({
    template: {
      spec: {
        imagePullSecrets: [{ name: 'mine' }],
        containers: [
          {
            image: 'tools:1',
            env: expect.arrayContaining([{ name: 'SQUALL_INSTALL_IMAGE', value: 'tools:1' }]),
          },
        ],
      },
    },
  });
  // Of what the namespace keeps, it gets only what its environment needs.
  expect(JSON.stringify(made)).toContain('squall-package-index');
  expect(JSON.stringify(made)).not.toContain('squall-git');
  const self = pack({ spec: at('tools:1'), status: reported({ content: CONTENT }, begin.status ?? {}) });
  const first = planPack(seen({ self, manifest: manifest() }), later(6));
  expect(first.status?.installed).toMatchObject({ podImage: 'tools:1', content: CONTENT });
  const content = { files: CONTENT.files, environment: CONTENT.environment, image: 'tools:1' };
  expect(contentsOf(first)).toMatchObject([{ content }, { content }]);
  const status = first.status ?? {};
  for (const spec of [at('tools:2'), {}]) {
    const begun2 = planPack(seen({ self: pack({ spec, status }), manifest: manifest() }), later(70)).status ?? {};
    const changing = pack({ spec, status: begun2 });
    expect(contentsOf(planPack(seen({ self: changing, manifest: manifest(), job: job() }), later(71)))).toMatchObject([
      { content },
      { content },
    ]);
  }
});

test('a pack of files stays what it is while an image of it is not ready', () => {
  const spec = { from: undefined, source: { image: 'shop:2' } };
  const begun2 = planPack(seen({ self: pack({ spec, status: installed() }), manifest: manifest() }), later(60)).status;
  const upgrading = pack({ spec, status: begun2 ?? {} });
  const [shipIt] = contentsOf(planPack(seen({ self: upgrading, manifest: manifest(), job: job() }), later(61)));
  expect(shipIt).toMatchObject({ content: { files: CONTENT.files } });
});

test('content that is gone is told with the remedy, and no more when it is there again', () => {
  const self = pack({ status: installed() });
  const plan = planPack(seen({ self, manifest: 'missing' }), later(60));
  expect(condition(plan.status, 'Ready')).toMatchObject({ status: 'False', reason: 'ContentMissing' });
  const back = planPack(seen({ self: pack({ status: plan.status ?? {} }), manifest: manifest() }), later(120));
  expect(condition(back.status, 'Ready')).toMatchObject({ status: 'True', reason: 'Installed' });
  expect(condition(back.status, 'Stalled')).toMatchObject({ status: 'False' });
});

test('a deleted Pack takes its rules at once, and the rest when what ran before has ended', () => {
  const owner = [{ apiVersion: 'v1', kind: 'Pack', name: 'shop', uid: 'pack-uid', controller: true }];
  const there = ['Action', 'Rule'].map((kind) => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: `shop.${kind}`, uid: kind, resourceVersion: '1', ownerReferences: owner },
  }));
  const self = pack({ status: installed(), metadata: { deletionTimestamp: later(10).toISOString() } });
  const running = (at: Date) =>
    ({ metadata: { name: 'x', creationTimestamp: at.toISOString() } }) as unknown as Execution;
  const waiting = planPack(seen({ self, there, live: [running(NOW)] }), later(20));
  expect(kinds(waiting.writes)).toEqual(['delete Rule']);
  expect(condition(waiting.status, 'Ready')).toMatchObject({ status: 'False', reason: 'Removing' });
  const free = planPack(seen({ self, there, live: [running(later(15))] }), later(20));
  expect(kinds(free.writes)).toEqual(['delete Rule', 'delete Action', 'finalizers']);
});

test('content of the pack store that a report names is kept until it is registered', () => {
  const upgraded = reported({ content: { ...CONTENT, files: DIGEST('e') } });
  expect(upgraded.install?.reported).toMatchObject({ files: DIGEST('e') });
});
