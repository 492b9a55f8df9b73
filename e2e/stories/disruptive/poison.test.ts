// e2e/stories/disruptive/poison.test.ts — objects that no schema would let in are there all the same; the others go on.
import { afterAll, expect, test } from 'vitest';
import { KINDS } from '../../../operator/api/kinds.ts';
import { API_VERSION, GROUP } from '../../../operator/api/meta.ts';
import { collectionPath, objectPath } from '../../../operator/kube/paths.ts';
import {
  createExecution,
  ended,
  eventually,
  executionsOf,
  kubernetes,
  openWebhook,
  apply,
  post,
  ready,
  kubectl,
} from '../../harness.ts';
import { scratchNamespace } from '../scratch.ts';

const { name: namespace } = scratchNamespace('poison');
const crds = { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' };

const poisons: readonly [string, unknown][] = [
  ['null-spec', null],
  ['text-spec', 'spec'],
  ['list-spec', [1, 2]],
  ['numbers', { request: 7, trigger: 7, action: 7, runner: 7, webhook: 7, parameters: 7, criteria: 7 }],
  [
    'nulls',
    { request: { action: null }, trigger: { type: null }, action: { ref: null }, runner: null, webhook: { url: null } },
  ],
  [
    'deep',
    {
      request: { action: { ref: { ref: {} } } },
      criteria: { a: { b: { c: 1 } } },
      parameters: { p: { type: ['x', 1] } },
    },
  ],
  ['huge', { description: 'x'.repeat(300_000), request: { action: '\u202Ertl\u0000.nul', parameters: { n: 1e308 } } }],
];

interface Crd {
  readonly spec: { readonly versions: readonly { readonly schema: unknown; readonly name: string }[] };
}

async function withoutSchemas(work: () => Promise<void>): Promise<void> {
  const api = await kubernetes();
  const open = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const kept = new Map<string, unknown>();
  for (const { plural } of KINDS) {
    const path = objectPath(crds, undefined, `${plural}.${GROUP}`);
    const crd = (await api.get(path)) as unknown as Crd;
    kept.set(path, crd.spec.versions);
    await api.mergePatch(path, {
      spec: { versions: crd.spec.versions.map((version) => ({ ...version, schema: open })) },
    });
  }
  try {
    await work();
  } finally {
    for (const [path, versions] of kept) await api.mergePatch(path, { spec: { versions } });
  }
}

afterAll(async () => {
  await kubectl(['-n', namespace, 'delete', 'actions,rules,triggertypes,executions', '--all', '--wait=false']);
});

test('poisoned objects of every kind are in error; rules, executions and the door beside them work', async () => {
  const api = await kubernetes();
  await apply(...openWebhook(namespace, 'healthy', { ref: 'core.echo', parameters: { message: 'well' } }));
  await ready(namespace, 'rule/hooks.healthy');
  await withoutSchemas(async () => {
    for (const { kind, plural } of KINDS) {
      for (const [name, spec] of poisons) {
        await eventually(`store ${kind} ${name}`, async () =>
          api
            .create(collectionPath({ apiVersion: API_VERSION, plural }, namespace), {
              apiVersion: API_VERSION,
              kind,
              metadata: { namespace, name: `poison-${name}`, annotations: { weird: 'ünïcödé 💥' } },
              spec,
              status: { phase: 42, conditions: 'none' },
            })
            .then(
              () => true,
              (error: unknown) => /already exists/.test(String(error)),
            ),
        );
      }
    }
  });
  const answer = await eventually('the door takes events', async () => {
    const got = await post(`/ns/${namespace}/api/v1/webhooks/healthy`, {});
    return got.code === 202 ? got : undefined;
  });
  expect((await ended(namespace, executionsOf(answer)[0]!)).status.result).toMatchObject({ stdout: 'well' });
  const own = await ended(namespace, await createExecution(namespace, 'core.echo', { message: 'too' }));
  expect(own.status.result).toMatchObject({ stdout: 'too' });
}, 180_000);
