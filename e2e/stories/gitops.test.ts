// e2e/stories/gitops.test.ts — a folder of manifests is applied and pruned, as GitOps tools do: it converges, and a second pass changes nothing.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { KubeObject } from '../../operator/api/meta.ts';
import { Action, Rule, TriggerType } from '../../operator/api/kinds.ts';
import { eventually, isJudged, kubectl, list, ours, ready } from '../harness.ts';
import { scratchNamespace } from './scratch.ts';

const { name: namespace } = scratchNamespace('gitops');
const folder = mkdtempSync(join(tmpdir(), 'squall-gitops-'));
afterAll(() => rmSync(folder, { recursive: true }));

const manifests: Readonly<Record<string, object>> = {
  'action.yaml': ours('Action', namespace, 'ops.clean', {
    runner: 'local-shell-cmd',
    parameters: { cmd: { default: 'echo {{ host }}', immutable: true }, host: { type: 'string', required: true } },
  }),
  'trigger.yaml': ours('TriggerType', namespace, 'ops.disk', {
    webhook: { url: 'ops/disk', id: { preset: 'alertmanager' } },
  }),
  'rule.yaml': ours('Rule', namespace, 'ops.disk', {
    trigger: { type: 'ops.disk' },
    criteria: { 'trigger.body.status': { type: 'equals', pattern: 'firing' } },
    action: { ref: 'ops.clean', parameters: { host: '{{ trigger.body.host }}' } },
  }),
  'old.yaml': ours('Action', namespace, 'ops.old', { runner: 'local-shell-cmd' }),
};
const label = 'story/folder';
function write(file: string, object: object): void {
  const { metadata, ...rest } = object as KubeObject;
  writeFileSync(join(folder, file), stringify({ ...rest, metadata: { ...metadata, labels: { [label]: 'gitops' } } }));
}

const everything = async (): Promise<readonly KubeObject[]> =>
  (await Promise.all([Action, TriggerType, Rule].map((kind) => list(kind, namespace)))).flat();
const versions = async (): Promise<string[]> =>
  (await everything()).map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.resourceVersion}`).sort();

/** One pass, as Flux does it: server-side apply of the folder, then delete what bears its label and is there no more. */
async function pass(): Promise<void> {
  await kubectl(['-n', namespace, 'apply', '--server-side', '--field-manager=gitops', '-f', folder]);
  const wanted = readdirSync(folder).map((file) => parse(readFileSync(join(folder, file), 'utf8')) as KubeObject);
  const gone = (await everything()).filter(
    (there) =>
      there.metadata.labels?.[label] === 'gitops' &&
      !wanted.some(({ kind, metadata }) => kind === there.kind && metadata.name === there.metadata.name),
  );
  for (const { kind, metadata } of gone) await kubectl(['-n', namespace, 'delete', kind, metadata.name]);
}

test('apply and prune converges, its second pass changes nothing, the operator never writes a spec', async () => {
  for (const [name, object] of Object.entries(manifests)) write(name, object);
  await pass();
  await ready(namespace, 'action/ops.clean', 'triggertype/ops.disk', 'rule/ops.disk', 'action/ops.old');
  const before = await versions();
  await pass();
  expect(await versions()).toEqual(before);
  // Its exit code tells that there is a difference.
  expect(await kubectl(['diff', '--server-side', '--field-manager=gitops', '-f', folder])).toBe('');
  const writers = (await everything()).flatMap(
    ({ metadata }) =>
      (metadata as { managedFields?: { manager: string; subresource?: string; fieldsV1: object }[] }).managedFields ??
      [],
  );
  expect(writers.length).toBeGreaterThan(4);
  expect(writers.filter((w) => w.manager !== 'gitops' && 'f:spec' in w.fieldsV1)).toEqual([]);

  write('action.yaml', {
    ...manifests['action.yaml'],
    spec: { runner: 'local-shell-cmd', description: 'Second version.', parameters: { host: { type: 'string' } } },
  });
  rmSync(join(folder, 'old.yaml'));
  await pass();
  await eventually('the removed Action is pruned', async () =>
    (await list(Action, namespace)).every(({ metadata }) => metadata.name !== 'ops.old'),
  );
  const kept = (await list(Action, namespace)).find(({ metadata }) => metadata.name === 'ops.clean')!;
  expect(kept.spec).toMatchObject({ description: 'Second version.', parameters: { host: { type: 'string' } } });
  expect(Object.keys((kept.spec as { parameters: object }).parameters)).toEqual(['host']);
});

test('health is told the way of kstatus: Ready with the generation that was judged, and False for what cannot work', async () => {
  write(
    'broken.yaml',
    ours('Rule', namespace, 'ops.broken', { trigger: { type: 'ops.missing' }, action: { ref: 'ops.clean' } }),
  );
  await pass();
  const [broken] = await eventually('the broken Rule is judged', async () => {
    const found = (await list(Rule, namespace)).filter(({ metadata }) => metadata.name === 'ops.broken');
    return isJudged(found[0]) ? found : undefined;
  });
  expect(broken?.status).toMatchObject({
    observedGeneration: broken?.metadata.generation,
    conditions: [expect.objectContaining({ type: 'Ready', status: 'False', reason: 'TriggerTypeNotFound' })],
  });
});
