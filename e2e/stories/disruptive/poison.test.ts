// e2e/stories/disruptive/poison.test.ts — objects that no schema would let in are there all the same; the others go on.
import { afterAll, expect, test } from 'vitest';
import { KINDS } from '../../../operator/api/kinds.ts';
import { API_VERSION, GROUP } from '../../../operator/api/meta.ts';
import { isAlreadyExists } from '../../../operator/kube/errors.ts';
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
  stage,
} from '../../harness.ts';
import { scratchNamespace } from '../scratch.ts';

const { name: namespace } = scratchNamespace('poison');
const crds = { apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions' };

const bindings = { apiVersion: 'admissionregistration.k8s.io/v1', plural: 'validatingadmissionpolicybindings' };

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

/** Lets in what schemas and policies would refuse, for the length of `work`. */
async function withoutSchemas(work: () => Promise<void>): Promise<void> {
  const api = await kubernetes();
  const open = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const kept = new Map<string, object>();
  for (const { plural } of KINDS) {
    const path = objectPath(crds, undefined, `${plural}.${GROUP}`);
    const { versions } = ((await api.get(path)) as unknown as Crd).spec;
    kept.set(path, { spec: { versions } });
    await api.mergePatch(path, { spec: { versions: versions.map((version) => ({ ...version, schema: open })) } });
  }
  const labelSelector = `app.kubernetes.io/instance=${stage.release}`;
  const { items } = await api.page(collectionPath(bindings), { labelSelector });
  for (const { metadata, spec } of items) {
    const path = objectPath(bindings, undefined, metadata.name);
    kept.set(path, { spec });
    await api.mergePatch(path, { spec: { validationActions: ['Warn'] } });
  }
  try {
    await work();
  } finally {
    for (const [path, patch] of kept) await api.mergePatch(path, patch);
  }
}

afterAll(async () => {
  await kubectl([
    '-n',
    namespace,
    'delete',
    'actions,workflows,rules,triggertypes,executions',
    '--all',
    '--wait=false',
  ]);
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
              (error: unknown) => {
                if (isAlreadyExists(error)) return true;
                throw error;
              },
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
