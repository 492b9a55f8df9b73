// e2e/stories/crds.test.ts — the API server takes what fits, refuses what does not, explains every field and shows what matters.
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { KINDS } from '../../operator/api/kinds.ts';
import { kubectl, kubectlRefusal, ours } from '../harness.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('crds');

const shell = { runner: 'local-shell-cmd' };
const rule = { trigger: { type: 'core.st2.webhook' }, action: { ref: 'core.local' } };
const hook = (webhook: object): object => ({ webhook: { url: 'a/b', ...webhook } });
const request = (more: object = {}): object => ({ request: { action: 'core.local', ...more } });
const dry = ['create', '--dry-run=server', '-f', '-'];

test.each<[string, string, object]>([
  ['the smallest Action', 'Action', shell],
  ['a script', 'Action', { runner: 'local-shell-script', script: '#!/bin/sh\ndate\n' }],
  ['a container', 'Action', { runner: 'container', container: { image: 'busybox', env: { A: '{{ a }}' } } }],
  [
    'parameters with words of their own',
    'Action',
    { ...shell, parameters: { a: { type: 'string', format: 'uri', default: [1] } } },
  ],
  [
    'a Workflow, whatever its definition says',
    'Workflow',
    { engine: 'orquesta', definition: { version: 1, tasks: { t: { next: [{ do: [null] }] } } } },
  ],
  ['a workbook', 'Workflow', { engine: 'mistral', definition: {}, workflow: 'main' }],
  ['the smallest TriggerType', 'TriggerType', {}],
  [
    'a signed webhook',
    'TriggerType',
    hook({ authentication: 'hmac', hmac: { secretKey: 'k' }, id: { preset: 'github' } }),
  ],
  ['a Rule with criteria', 'Rule', { ...rule, criteria: { 'trigger.body.x': { type: 'equals', pattern: 1 } } }],
  [
    'a Rule with groups in groups',
    'Rule',
    {
      ...rule,
      match: { any: [{ all: [{ not: { key: 'trigger.x', type: 'in', pattern: [1] } }] }, { cel: 'trigger.x > 1' }] },
    },
  ],
  [
    'an Action that says whom to tell',
    'Action',
    { ...shell, notify: { 'on-failure': { message: '{{ action_results }}', data: { a: [1] }, routes: ['ops'] } } },
  ],
  ['an Execution', 'Execution', request({ parameters: { cmd: 'date', deep: { list: [1, { a: null }] } } })],
])('%s is taken', async (_name, kind, spec) => {
  expect(await kubectl(dry, stringify(ours(kind, namespace, 'x', spec)))).toContain('created');
});

const long = (length: number): string => 'x'.repeat(length);
test.each<[string, string, object, RegExp]>([
  [
    'a container without image',
    'Action',
    { runner: 'container' },
    /spec\.container: give it with runner "container", and only then/,
  ],
  [
    'an image without its runner',
    'Action',
    { ...shell, container: { image: 'x' } },
    /spec\.container: give it with runner/,
  ],
  ['a script without text', 'Action', { runner: 'local-shell-script' }, /need exactly one of script, entryPoint/],
  [
    'an action with a text and a file',
    'Action',
    { runner: 'node-script', script: 'x', entryPoint: 'actions/x.ts', content: {} },
    /need exactly one of script, entryPoint/,
  ],
  ['a text for a command', 'Action', { ...shell, script: 'x' }, /spec\.script: give it with runner/],
  ['an unknown runner', 'Action', { runner: 'ftp' }, /spec\.runner: Unsupported value: "ftp"/],
  ['an unknown engine', 'Workflow', { engine: 'cloudslang', definition: {} }, /spec\.engine: Unsupported value/],
  ['a Workflow without definition', 'Workflow', { engine: 'orquesta' }, /spec\.definition: Required value/],
  [
    'a workflow of what is no workbook',
    'Workflow',
    { engine: 'orquesta', definition: {}, workflow: 'x' },
    /spec\.workflow: give it with engine "mistral" only/,
  ],
  ['a reference without pack', 'Action', { ...shell, ref: 'nodot' }, /spec\.ref: Invalid value/],
  ['a timeout of 0 s', 'Action', { ...shell, timeoutSeconds: 0 }, /spec\.timeoutSeconds: Invalid value: 0/],
  [
    'a script of 64 KiB and a byte',
    'Action',
    { runner: 'local-shell-script', script: long(65537) },
    /spec\.script: Too long/,
  ],
  ['the user root', 'Action', { ...shell, pod: { runAsUser: 0 } }, /spec\.pod\.runAsUser: Invalid value: 0/],
  [
    'too many parameters',
    'Action',
    { ...shell, parameters: Object.fromEntries(Array.from({ length: 513 }, (_, i) => [`p${i}`, {}])) },
    /spec\.parameters: Too many/,
  ],
  [
    'two sources of an id',
    'TriggerType',
    hook({ id: { header: 'X-Id', preset: 'github' } }),
    /exactly one of header, expression, bodyHash, preset/,
  ],
  ['no source of an id', 'TriggerType', hook({ id: {} }), /exactly one of header, expression, bodyHash, preset/],
  [
    'a signature without its key',
    'TriggerType',
    hook({ authentication: 'hmac' }),
    /spec\.webhook\.hmac: give it with authentication "hmac"/,
  ],
  [
    'a signature of something else',
    'TriggerType',
    hook({ authentication: 'hmac', hmac: { secretKey: 'k', signedText: 'x' } }),
    /signedText: it must contain \{body\}/,
  ],
  ['a webhook with a slash in front', 'TriggerType', hook({ url: '/a' }), /spec\.webhook\.url: no slash at either end/],
  ['the generic webhook', 'TriggerType', hook({ url: 'st2' }), /not "st2", which is the generic webhook/],
  ['an unknown operator', 'Rule', { ...rule, criteria: { a: { type: 'smells' } } }, /Unsupported value: "smells"/],
  ['a Rule without action', 'Rule', { trigger: rule.trigger }, /spec\.action: Required value/],
  ['an Execution without action', 'Execution', { request: {} }, /spec\.request\.action: Required value/],
  ['an unknown wish', 'Execution', { ...request(), control: 'fly' }, /spec\.control: Unsupported value/],
  ['a spec that is missing', 'Execution', {}, /spec\.request: Required value/],
])('%s is refused, with field and remedy', async (_name, kind, spec, message) => {
  expect(await kubectlRefusal(dry, stringify(ours(kind, namespace, 'x', spec)))).toMatch(message);
});

test.each([
  ['hostPath', { pod: { volumes: [{ name: 'h', hostPath: { path: '/' } }] } }, 'spec.pod.volumes'],
  ['privileged', { pod: { securityContext: { privileged: true } } }, 'spec.pod.securityContext'],
  ['the network of the host', { pod: { hostNetwork: true } }, 'spec.pod.hostNetwork'],
  ['a pod template', { podTemplate: { spec: {} } }, 'spec.podTemplate'],
])('%s has no place in an Action: the strict API refuses it, the lenient one drops it', async (_name, more, field) => {
  const text = stringify(ours('Action', namespace, 'escape', { ...shell, ...more }));
  expect(await kubectlRefusal([...dry, '--validate=strict'], text)).toContain(`unknown field "${field}"`);
  const kept = await kubectl([...dry, '--validate=ignore', '-o', 'json'], text);
  expect(kept).not.toMatch(/hostPath|privileged|hostNetwork|podTemplate/);
});

describe('an Execution that exists', () => {
  const deep = (value: unknown): object => request({ parameters: { cmd: 'true', a: { b: [1, { c: value }] } } });
  const put = (spec: object): string => stringify(ours('Execution', namespace, 'asked', spec));

  test('is Requested from its first moment, and its request cannot change, however deep', async () => {
    // Refused later by its action, which does not exist; here only its spec counts.
    const spec = { request: { ...(deep('old') as { request: object }).request, action: 'nobody.knows' } };
    const created = JSON.parse(await kubectl(['create', '-f', '-', '-o', 'json'], put(spec))) as { status?: unknown };
    expect(created.status).toMatchObject({ phase: 'Requested', attempt: 1 });
    const changed = JSON.stringify({ spec: { request: { parameters: { a: { b: [1, { c: 'new' }] } } } } });
    const patch = ['-n', namespace, 'patch', 'execution', 'asked', '--type=merge', '-p'];
    expect(await kubectlRefusal([...patch, changed])).toMatch(
      /spec\.request: it cannot be changed; create another Execution/,
    );
    expect(await kubectlRefusal([...patch, '{"spec":{"request":{"action":"core.remote"}}}'])).toMatch(
      /spec\.request: it cannot be changed/,
    );
    expect(await kubectlRefusal([...patch, '{"spec":{"request":{"parameters":{"more":1}}}}'])).toMatch(
      /spec\.request: it cannot be changed/,
    );
    await kubectl([...patch, '{"spec":{"control":"cancel"}}']);
    expect(await kubectlRefusal([...patch, '{"spec":{"control":"run"}}'])).toMatch(
      /spec\.control: a cancel cannot be taken back; re-run it instead/,
    );
  });
});

test.each(KINDS.map((kind) => [kind.kind, kind] as const))(
  '%s: kubectl explains every field of the spec',
  async (_name, kind) => {
    const text = await kubectl(['explain', `${kind.plural}.spec`, '--recursive=false']);
    expect(text).not.toContain('<no description>');
    const deepest = {
      Action: 'retry.onNodeLoss',
      Workflow: 'ttlSecondsAfterFinished',
      TriggerType: 'webhook.id.bodyHash.windowSeconds',
      Rule: 'criteria.pattern',
      Execution: 'request.cause.depth',
      Pack: 'source.git.ref',
      KeyValue: 'expiresAt',
    }[kind.kind]!;
    expect(await kubectl(['explain', `${kind.plural}.spec.${deepest}`])).toContain('Default:');
  },
);

test('each kind has its columns and its short name, and all belong to the category squall', async () => {
  await kubectl(
    ['create', '-f', '-'],
    [
      ours('Action', namespace, 'listed', shell),
      ours('Rule', namespace, 'listed', rule),
      ours('TriggerType', namespace, 'listed', {}),
      ours('KeyValue', namespace, 'listed', { key: 'listed', value: 'x' }),
      ours('Pack', namespace, 'listed', { source: { inline: { 'README.md': 'no pack' } } }),
      ours('Workflow', namespace, 'listed-too', { engine: 'orquesta', definition: { version: 1 } }),
    ]
      .map((o) => stringify(o))
      .join('---\n'),
  );
  const all = await kubectl(['-n', namespace, 'get', 'squall', '-o', 'name']);
  expect(all).toContain('workflow.squall.dev/listed-too');
  for (const kind of ['action', 'rule', 'triggertype', 'keyvalue', 'pack'])
    expect(all).toContain(`${kind}.squall.dev/listed`);
  for (const kind of KINDS) {
    const head =
      (await kubectl(['-n', namespace, 'get', `${kind.shortNames[0]}`, '-o', 'wide', '--ignore-not-found'])).split(
        '\n',
      )[0] ?? '';
    if (kind.kind !== 'Execution')
      expect(head.split(/\s{2,}/).filter(Boolean)).toEqual(['NAME', ...kind.columns.map((c) => c.name.toUpperCase())]);
  }
});
