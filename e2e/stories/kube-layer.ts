// e2e/stories/kube-layer.ts — for stories of the kube layer: a namespace and a custom kind of their own, and clients for them.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { Draft, KubeObject } from '../../operator/api/meta.ts';
import { Client } from '../../operator/kube/client.ts';
import { collectionPath, KIND, objectPath } from '../../operator/kube/paths.ts';
import { Store, withoutNoise } from '../../operator/kube/store.ts';
import { loadTransport, type Transport } from '../../operator/kube/transport.ts';

export type ConfigMap = KubeObject & { readonly data?: Readonly<Record<string, string>> };

const CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
};
const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** Made before the stories of a file and deleted after them; `prefix` is that file's alone, as kinds are the whole cluster's. */
export function kubeLayer(prefix: string) {
  const namespace = `squall-${prefix}-${randomBytes(3).toString('hex')}`;
  const kubeconfig = process.env['SQUALL_KUBECONFIG'];
  const group = `${prefix}.squall.dev`;
  const TOY = { apiVersion: `${group}/v1`, kind: 'Toy', plural: 'toys' };
  const toys = {
    apiVersion: CRD.apiVersion,
    kind: CRD.kind,
    metadata: { name: `toys.${group}` },
    spec: {
      group,
      names: { kind: TOY.kind, plural: TOY.plural },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', required: ['spec'], properties: { spec: open, status: open } } },
        },
      ],
    },
  };
  let transport: Transport | undefined;
  const api = (): Transport => {
    if (!transport) throw new Error('the API server is not connected yet');
    return transport;
  };

  beforeAll(async () => {
    transport = await loadTransport({ ...(kubeconfig ? { kubeconfig } : {}), version: 'test' });
    await api().create(collectionPath(KIND.namespace), {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace },
    });
    await api().apply(objectPath(CRD, undefined, toys.metadata.name), toys, { fieldManager: 'story' });
    await within(20, async () => !(await errorOf(api().page(collectionPath(TOY, namespace), {}))));
  });
  afterAll(async () => {
    await transport?.delete(objectPath(CRD, undefined, toys.metadata.name));
    await transport?.delete(objectPath(KIND.namespace, undefined, namespace));
    await transport?.close();
  });

  const map = (name: string, more: Partial<Draft['metadata']> = {}, value = '1'): Draft => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, ...more },
    data: { value },
  });
  function tools() {
    const store = new Store<ConfigMap>({ kind: KIND.configMap, project: withoutNoise });
    const client = new Client({
      transport: api(),
      kinds: [TOY],
      stores: [store],
      fieldManager: 'squall',
      instance: 'story',
    });
    return { store, client };
  }
  return { namespace, TOY, api, map, tools };
}

/** Looks every 50 ms. @throws Error when it is not so within that time */
export async function within(seconds: number, check: () => boolean | Promise<boolean>): Promise<void> {
  const until = Date.now() + seconds * 1000;
  while (!(await check())) {
    if (Date.now() > until) throw new Error(`not within ${seconds} s: ${check}`);
    await new Promise((next) => setTimeout(next, 50));
  }
}

export const errorOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );
