// cli/kube-config.ts — client-node's reader of kubeconfigs, without the 800 files of its generated clients.
import { registerHooks } from 'node:module';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';

/** What makes clients of a kubeconfig, which nobody does here: reading it takes longer than most commands. */
const GENERATED = /\/@kubernetes\/client-node\/dist\/gen\/index\.js$/;
const NOTHING = 'export const createConfiguration = undefined, ServerConfiguration = undefined;';

export async function newKubeConfig(): Promise<KubeConfig> {
  const hooks = registerHooks({
    load: (url, context, next) =>
      GENERATED.test(url) ? { format: 'module', source: NOTHING, shortCircuit: true } : next(url, context),
  });
  const { KubeConfig: Reader } = await import('@kubernetes/client-node/dist/config.js');
  hooks.deregister();
  return new Reader();
}
