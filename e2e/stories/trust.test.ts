// e2e/stories/trust.test.ts — nobody becomes more than he is by way of an Action, a Rule or an Execution.
import { beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { API_VERSION } from '../../operator/api/meta.ts';
import { createExecution, ended, eventually, kubectl, kubectlRefusal, ours } from '../harness.ts';
import { scratchNamespace } from './scratch.ts';
import { grant, isRefused, tries } from './people.ts';

const { name: namespace } = scratchNamespace('trust');
const { name: elsewhere } = scratchNamespace('trust-else');

const group = ['squall.dev'];
const kinds = ['actions', 'workflows', 'triggertypes', 'rules', 'executions'];
const request = (more: object = {}): object => ({ request: { action: 'core.local', ...more } });
const rule = (parameters: object = {}): object => ({
  trigger: { type: 'core.st2.webhook', parameters: { url: 'x' } },
  action: { ref: 'core.local', parameters },
});
const secret = (name: string): object => ({ valueFrom: { secretKeyRef: { name, key: 'k' } } });
const withAccount = (name: string, more: object = {}): object => ({
  runner: 'local-shell-cmd',
  pod: { serviceAccountName: name },
  ...more,
});

beforeAll(async () => {
  const write = { groups: group, resources: kinds, verbs: ['create', 'update', 'patch', 'get', 'delete'] };
  const status = { groups: group, resources: kinds.map((kind) => `${kind}/status`), verbs: ['get', 'update', 'patch'] };
  // ann writes all kinds, tom also may use one account and read two Secrets, rita writes Rules only.
  await grant(namespace, 'ann', [write, status]);
  await grant(namespace, 'tom', [
    write,
    { groups: [''], resources: ['serviceaccounts'], verbs: ['use'], names: ['deployer'] },
    { groups: [''], resources: ['secrets'], verbs: ['get'], names: ['one', 'two'] },
  ]);
  await grant(namespace, 'rita', [{ groups: group, resources: ['rules'], verbs: ['create', 'get', 'patch'] }]);
  await eventually(
    'rights are known',
    async () => (await tries('ann', namespace, 'Action', { runner: 'local-shell-cmd' })) !== '',
  );
});

test('what anybody may ask for is taken', async () => {
  await tries('ann', namespace, 'Execution', request({ parameters: { cmd: 'date', odd: { valueFrom: 'text' } } }));
  await tries(
    'ann',
    namespace,
    'Execution',
    request({ context: { user: 'ann', trace: { id: 't-1' } }, cause: { rerunOf: 'x' } }),
  );
  await tries('ann', namespace, 'Rule', rule({ cmd: 'echo {{ trigger.body.x }}' }));
});

const trigger = {
  type: 'core.st2.webhook',
  event: 'e',
  source: 's',
  receivedAt: '2026-01-01T00:00:00Z',
  rule: { name: 'r', uid: 'u' },
};
test.each<[string, object, object, string]>([
  [
    "another's name",
    { context: { user: 'bob' } },
    {},
    'spec.request.context.user: you are "ann"; leave it out or give that name',
  ],
  ['a trigger', { context: { trigger } }, {}, 'spec.request.context.trigger: only the operator sets it; leave it out'],
  [
    'a parent',
    { context: { parent: { name: 'p', uid: 'u' } } },
    {},
    'spec.request.context.parent: only the operator sets it; leave it out',
  ],
  [
    'a user of a chat',
    { context: { apiUser: 'bob' } },
    {},
    'spec.request.context.apiUser: only the operator sets it; leave it out',
  ],
  [
    'a chat',
    { context: { sourceChannel: 'ops' } },
    {},
    'spec.request.context.sourceChannel: only the operator sets it; leave it out',
  ],
  ['a depth', { cause: { depth: 1 } }, {}, 'spec.request.cause.depth: only the operator sets it above 0'],
  ['a cause', { cause: { execution: 'x' } }, {}, 'spec.request.cause.execution: only the operator sets it'],
  ['a root label', {}, { labels: { 'squall.dev/root': 'x' } }, 'metadata.labels: only the operator sets'],
  ['a parent label', {}, { labels: { 'squall.dev/parent': 'x' } }, 'metadata.labels: only the operator sets'],
  ['an event label', {}, { labels: { 'squall.dev/event': 'x' } }, 'metadata.labels: only the operator sets'],
  ['a rule label', {}, { labels: { 'squall.dev/rule': 'x' } }, 'metadata.labels: only the operator sets'],
])('an Execution cannot pretend: %s', async (_name, more, metadata, message) => {
  expect(await isRefused('ann', namespace, 'Execution', request(more), metadata)).toContain(message);
});

test('not even an administrator is exempt from the shape', async () => {
  expect(
    await kubectlRefusal(
      ['create', '--dry-run=server', '-f', '-'],
      stringify(ours('Execution', namespace, 'x', request({ cause: { depth: 2 } }))),
    ),
  ).toContain('only the operator sets it above 0');
});

test('labels cannot be put on, taken off or changed later, others can', async () => {
  await kubectl(
    ['--as=ann', 'create', '-f', '-'],
    stringify(ours('Execution', namespace, 'labelled', { request: { action: 'nobody.knows' } })),
  );
  const label = ['--as=ann', '-n', namespace, 'label', 'execution', 'labelled', '--overwrite'];
  expect(await kubectlRefusal([...label, 'squall.dev/root=x'])).toContain('metadata.labels: only the operator sets');
  expect(await kubectl([...label, 'team=blue'])).toContain('labelled');
});

test('a status is written by the operator alone', async () => {
  await kubectl(['apply', '-f', '-'], stringify(ours('Action', namespace, 'judged', { runner: 'local-shell-cmd' })));
  const patch = [
    '-n',
    namespace,
    'patch',
    'action',
    'judged',
    '--subresource=status',
    '--type=merge',
    '-p',
    '{"status":{"observedGeneration":7}}',
  ];
  for (const args of [patch, ['--as=ann', ...patch]])
    expect(await kubectlRefusal(args)).toContain('status: only the operator writes it');
});

test('a service account needs the verb use, also when somebody changes the rest of the Action', async () => {
  const message = 'spec.pod.serviceAccountName: you may not use the service account "deployer" in namespace';
  expect(await isRefused('ann', namespace, 'Action', withAccount('deployer'))).toContain(message);
  expect(await isRefused('tom', namespace, 'Action', withAccount('other'))).toContain('service account "other"');
  await kubectl(
    ['--as=tom', 'create', '-f', '-'],
    stringify(ours('Action', namespace, 'deploys', withAccount('deployer'))),
  );
  const patch = ['-n', namespace, 'patch', 'action', 'deploys', '--type=merge', '-p'];
  expect(await kubectlRefusal(['--as=ann', ...patch, '{"spec":{"parameters":{"cmd":{"default":"id"}}}}'])).toContain(
    message,
  );
  await kubectl(['--as=ann', ...patch, '{"metadata":{"labels":{"team":"blue"}}}']);
  await kubectl(['--as=ann', ...patch, '{"spec":{"pod":{"serviceAccountName":null},"description":"harmless now"}}']);
});

const places: [string, string, (name: string) => object][] = [
  ['a parameter of an Execution', 'Execution', (name) => request({ parameters: { p: secret(name) } })],
  ['a parameter of a Rule', 'Rule', (name) => rule({ p: secret(name) })],
  [
    'a default of an Action',
    'Action',
    (name) => ({ runner: 'local-shell-cmd', parameters: { p: { secret: true, default: secret(name) } } }),
  ],
  [
    'a pull secret',
    'Action',
    (name) => ({ runner: 'container', container: { image: 'x' }, pod: { imagePullSecrets: [name] } }),
  ],
];
test.each(places)('a Secret may be named by who may read it: %s', async (_name, kind, spec) => {
  expect(await isRefused('ann', namespace, kind, spec('one'))).toContain(
    'you may not read the Secret "one" in namespace',
  );
  expect(await isRefused('tom', namespace, kind, spec('three'))).toContain('you may not read the Secret "three"');
  await tries('tom', namespace, kind, spec('one'));
});

test('each of many Secrets is checked, and too many are refused with a remedy', async () => {
  const many = (names: readonly string[]): object =>
    request({ parameters: Object.fromEntries(names.map((name, i) => [`p${i}`, secret(name)])) });
  const fine = Array.from({ length: 23 }, (_, i) => (i % 2 ? 'one' : 'two'));
  await tries('tom', namespace, 'Execution', many([...fine, 'one']));
  expect(await isRefused('tom', namespace, 'Execution', many([...fine, 'three']))).toContain(
    'you may not read every one of the Secrets',
  );
  expect(await isRefused('tom', namespace, 'Execution', many([...fine, 'one', 'two']))).toContain(
    'it refers to Secrets more than 24 times',
  );
});

test('a name that a template makes counts as it stands', async () => {
  expect(await isRefused('tom', namespace, 'Rule', rule({ p: secret('{{ trigger.body.x }}') }))).toContain(
    'you may not read the Secret "{{ trigger.body.x }}"',
  );
});

test('a Rule needs an author who may create Executions', async () => {
  const words = await isRefused('rita', namespace, 'Rule', rule());
  expect(words).toContain('spec.action: you may not create Executions in namespace');
  expect(words).toContain('ask for the verb "create" on executions.squall.dev');
  await kubectl(['--as=ann', 'create', '-f', '-'], stringify(ours('Rule', namespace, 'of-ann', rule())));
  const patch = ['--as=rita', '-n', namespace, 'patch', 'rule', 'of-ann', '--type=merge', '-p'];
  expect(await kubectlRefusal([...patch, '{"spec":{"action":{"ref":"core.remote"}}}'])).toContain(
    'you may not create Executions',
  );
  await kubectl([...patch, '{"metadata":{"labels":{"team":"blue"}}}']);
});

test('rights end at the namespace', async () => {
  expect(await isRefused('tom', elsewhere, 'Execution', request())).toContain('forbidden');
});

test('nobody but the operator makes a Job that belongs to an Execution', async () => {
  const name = await createExecution(namespace, 'core.local', {}, { control: 'cancel' });
  const { metadata } = await ended(namespace, name);
  const forged = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      namespace,
      name: `${name}-1`,
      ownerReferences: [{ apiVersion: API_VERSION, kind: 'Execution', name, uid: metadata.uid, controller: true }],
    },
    spec: {
      suspend: true,
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'x', image: 'none' }] } },
    },
  };
  const refusal = await kubectlRefusal(['create', '-f', '-'], stringify(forged));
  expect(refusal).toContain('metadata.ownerReferences: only the operator makes Jobs of an Execution');
});
