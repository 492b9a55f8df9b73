// e2e/stories/pack-upgrade.test.ts — a pack that is in use: upgrades that go well and that fail, its removal, its configuration over a reinstallation.
import { expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { apply, createExecution, ended, eventually, kubectl, ours } from '../harness.ts';
import { conditionOf, type Files, HELLO, inALoop, packsIn, shop } from './pack-shop.ts';
import { grant, isRefused, tries } from './people.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('pack-upgrade');
const { packNamed, settled, result } = packsIn(namespace);

const SLOW: Files = {
  'actions/slow.yaml': 'name: slow\nrunner_type: local-shell-script\nentry_point: slow.sh\n',
  'actions/slow.sh': '#!/bin/bash\nsleep 8; cat "$(dirname "$0")/data.txt"\n',
};
const TOKEN = 'token-of-the-till';
/** Tells that it has the secret without saying it. */
const HAS_TOKEN = `from st2common.runners.base_action import Action


class Hello(Action):
    def run(self, name, count):
        token = self.config['token'] or ''
        return {'said': '%s %s!' % (self.config['greeting'], name), 'length': len(token), 'token': token}
`;

const install = (files: Files, more: object = {}) =>
  apply(ours('Pack', namespace, 'shop', { source: { inline: files }, ...more }));
const there = async (kinds: string): Promise<readonly string[]> =>
  (await kubectl(['-n', namespace, 'get', kinds, '-l', 'squall.dev/pack=shop', '-o', 'name'])).trim().split('\n');
const hello = async () => (await result('shop.hello_all', { name: 'Eve' })).result?.['result'];

test('upgraded, and badly upgraded, under executions that never fail', { timeout: 300_000 }, async () => {
  await install(shop('1.0.0', SLOW));
  expect(conditionOf(await settled('shop'), 'Ready')).toMatchObject({ status: 'True' });
  const loops = [0, 1].map(() => inALoop(() => result('shop.hello_all', { name: 'Eve' })));
  onTestFinished(() => Promise.allSettled(loops.map((loop) => loop.stop())).then(() => undefined));

  const second = shop('2.0.0', { ...SLOW, 'actions/hello.py': HELLO.replace('%s!', '%s?') });
  await install(second);
  const upgraded = await settled('shop', ({ status }) => status?.version === '2.0.0');
  expect(conditionOf(upgraded, 'Stalled')).toMatchObject({ status: 'False' });
  expect(await hello()).toEqual({ said: 'Hello Eve?' });

  await install({
    ...second,
    'actions/hello.yaml': 'name: hello_all\nrunner_type: pyhton-script\nentry_point: hello.py\n',
  });
  const invalid = await settled('shop', ({ status }) => status?.install?.step === 'Failed');
  expect(conditionOf(invalid, 'Valid')).toMatchObject({
    status: 'False',
    reason: 'PackInvalid',
    message: expect.stringMatching(/actions\/hello\.yaml:2: .*pyhton-script/),
  });
  expect(conditionOf(invalid, 'Ready')).toMatchObject({
    status: 'True',
    message: expect.stringMatching(/^Version 2\.0\.0 stays in use: /),
  });
  expect(conditionOf(invalid, 'Stalled')).toMatchObject({ status: 'True', reason: 'PackInvalid' });
  expect(await hello()).toEqual({ said: 'Hello Eve?' });

  const wheel = 'file:///nowhere/broken-1.0-py3-none-any.whl';
  await install({ ...second, 'requirements.txt': `broken @ ${wheel}\n` });
  const unbuilt = await settled('shop', (pack) => conditionOf(pack, 'EnvironmentReady')?.status === 'False');
  expect(conditionOf(unbuilt, 'EnvironmentReady')).toMatchObject({
    reason: 'EnvironmentFailed',
    message: expect.stringContaining(wheel),
  });
  expect(conditionOf(unbuilt, 'Valid')).toMatchObject({ status: 'True' });
  expect(conditionOf(unbuilt, 'Ready')).toMatchObject({ status: 'True' });
  expect(unbuilt.status).toMatchObject({ version: '2.0.0' });
  expect(await hello()).toEqual({ said: 'Hello Eve?' });

  await install(second);
  const well = await settled('shop', (pack) => conditionOf(pack, 'Stalled')?.status === 'False');
  expect(conditionOf(well, 'Ready')).toMatchObject({ status: 'True', reason: 'Installed' });

  const ends = (await Promise.all(loops.map((loop) => loop.stop()))).flat();
  expect(ends.length).toBeGreaterThan(4);
  expect(ends.filter((phase) => phase !== 'Succeeded')).toEqual([]);
});

test('what runs ends with its files before the pack goes; its rules go at once', async () => {
  const running = await createExecution(namespace, 'shop.slow');
  await eventually('it runs', async () => {
    const text = await kubectl(['-n', namespace, 'get', 'execution', running, '-o', 'jsonpath={.status.phase}']);
    return text === 'Running';
  });
  await kubectl(['-n', namespace, 'delete', 'pack', 'shop', '--wait=false']);
  const going = await eventually('the Pack says what it waits for', async () => {
    const pack = await packNamed('shop');
    return conditionOf(pack, 'Ready')?.reason === 'Removing' ? pack : undefined;
  });
  expect(conditionOf(going, 'Ready')?.message).toContain(running);
  await eventually('its rules are gone', async () => (await there('rules')).join() === '');
  expect(await there('actions')).toContain('action.squall.dev/shop.slow');
  expect((await ended(namespace, running)).status).toMatchObject({
    phase: 'Succeeded',
    result: { stdout: 'from the pack' },
  });
  await kubectl(['-n', namespace, 'wait', '--for=delete', 'pack/shop', '--timeout=60s']);
  expect(await there('actions,workflows,rules,triggertypes')).toEqual(['']);
});

test('its configuration in a ConfigMap and a Secret is there before it, and when it comes again', async () => {
  const named = (kind: string, name: string, data: object) =>
    apply({ apiVersion: 'v1', kind, metadata: { namespace, name }, ...data });
  await named('ConfigMap', 'squall-configs', { data: { 'shop.yaml': stringify({ greeting: 'Good day' }) } });
  await named('Secret', 'till', { stringData: { token: TOKEN } });
  const config = { valuesFrom: [{ path: 'token', secretKeyRef: { name: 'till', key: 'token' } }] };
  for (const round of ['first', 'again']) {
    await install(shop('1.0.0', { 'actions/hello.py': HAS_TOKEN }), { config });
    expect([round, conditionOf(await settled('shop'), 'ConfigValid')]).toMatchObject([round, { status: 'True' }]);
    const outcome = await result('shop.hello_all', { name: 'Eve' });
    expect([round, outcome]).toMatchObject([
      round,
      { result: { result: { said: 'Good day Eve!', length: TOKEN.length } } },
    ]);
    expect(JSON.stringify(outcome)).not.toContain(TOKEN);
    expect(await kubectl(['-n', namespace, 'get', 'packs,actions,executions', '-o', 'json'])).not.toContain(TOKEN);
    await kubectl(['-n', namespace, 'delete', 'pack', 'shop', '--wait=true']);
  }
});

test('a key of the ConfigMap that packs share, for those who may read it', async () => {
  const kinds = ['packs', 'actions', 'workflows', 'rules', 'executions'];
  const rights = [{ groups: ['squall.dev'], resources: kinds, verbs: ['create'] }];
  const from = (...valuesFrom: readonly object[]) => ({ source: { inline: shop('1.0.0') }, config: { valuesFrom } });
  const reference = (name: string) => ({ path: 'greeting', configMapKeyRef: { name, key: 'greeting' } });
  const shared = from(reference('squall-configs'));
  await grant(namespace, 'ann', rights);
  await eventually('she may create Packs', () => tries('ann', namespace, 'Pack', from()));
  expect(await isRefused('ann', namespace, 'Pack', shared)).toContain('the verb "get" on the ConfigMap squall-configs');
  const reading = { groups: [''], resources: ['configmaps'], verbs: ['get'], names: ['squall-configs'] };
  await grant(namespace, 'ann', [...rights, reading]);
  await eventually('she may refer to the ConfigMap', () => tries('ann', namespace, 'Pack', shared));
  expect(await isRefused('ann', namespace, 'Pack', from(reference('other')))).toContain('supported values');
  const both = { ...reference('squall-configs'), secretKeyRef: { name: 'till', key: 'token' } };
  expect(await isRefused('ann', namespace, 'Pack', from(both))).toContain('give exactly one of');
});
