// operator/domain/install/plan.test.ts — a Pack that is installed, look by look, and what is told of one that is there.
import { expect, test } from 'vitest';
import {
  begun,
  condition,
  CONTENT,
  DIGEST,
  installed,
  job,
  kinds,
  later,
  manifest,
  NOW,
  pack,
  reported,
  seen,
} from './install.setup.ts';
import { planPack } from './plan.ts';

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

test('what an environment was made of is remembered with it', () => {
  const builtFrom = { key: 'k', asked: 'a' };
  const status = reported({ content: CONTENT, builtFrom });
  expect(status.install).toMatchObject({ builtFrom });
  const next = planPack(seen({ self: pack({ status }), manifest: manifest() }), later(6)).status;
  expect(next?.installed).toMatchObject({ builtFrom, content: CONTENT });
  expect(next?.install).not.toHaveProperty('builtFrom');
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

test('content that is gone is told with the remedy, and no more when it is there again', () => {
  const self = pack({ status: installed() });
  const plan = planPack(seen({ self, manifest: 'missing' }), later(60));
  expect(condition(plan.status, 'Ready')).toMatchObject({ status: 'False', reason: 'ContentMissing' });
  const back = planPack(seen({ self: pack({ status: plan.status ?? {} }), manifest: manifest() }), later(120));
  expect(condition(back.status, 'Ready')).toMatchObject({ status: 'True', reason: 'Installed' });
  expect(condition(back.status, 'Stalled')).toMatchObject({ status: 'False' });
});

test('content of the pack store that a report names is kept until it is registered', () => {
  const upgraded = reported({ content: { ...CONTENT, files: DIGEST('e') } });
  expect(upgraded.install?.reported).toMatchObject({ files: DIGEST('e') });
});
