// operator/domain/install/install.setup.ts — for tests: a Pack, its manifest, and what is seen of it.
import type { InstallReport, Manifest } from '../../api/install.ts';
import { API_VERSION } from '../../api/meta.ts';
import type { Pack } from '../../api/kinds.ts';
import { PackSpec, type PackStatus } from '../../api/pack.ts';
import { sha256 } from '../execution/builders.setup.ts';
import type { Job } from '../job/shapes.ts';
import type { ObservedPack } from './observed.ts';
import { planPack } from './plan.ts';
import type { Registered, RegisteredKind } from './register.ts';
import { planReport } from './report.ts';

export const NOW = new Date('2026-03-01T12:00:00Z');
export const DIGEST = (letter: string): string => `sha256:${letter.repeat(64)}`;
export const CONTENT = { files: DIGEST('a'), environment: DIGEST('b'), manifest: DIGEST('c') };

export function pack(changes: { spec?: object; status?: PackStatus; metadata?: object } = {}): Pack {
  return {
    apiVersion: API_VERSION,
    kind: 'Pack',
    metadata: {
      name: 'shop',
      namespace: 'demo',
      uid: 'pack-uid',
      resourceVersion: '7',
      generation: 1,
      finalizers: ['squall.dev/pack'],
      ...changes.metadata,
    },
    spec: PackSpec.parse({ from: 'shop=1.0.0', ...changes.spec }),
    ...(changes.status ? { status: changes.status } : {}),
  };
}

export const manifest = (changes: Partial<Manifest> = {}): Manifest => ({
  version: 1,
  ref: 'shop',
  pack: {
    name: 'Shop',
    description: 'Sells things',
    version: '1.0.0',
    author: 'Ann',
    keywords: [],
    contributors: [],
    dependencies: [],
  },
  resources: [
    {
      kind: 'Rule',
      file: 'rules/paid.yaml',
      spec: { ref: 'shop.paid', trigger: { type: 'shop.order' }, action: { ref: 'shop.ship_it' } },
    },
    {
      kind: 'Action',
      file: 'actions/ship_it.yaml',
      spec: { ref: 'shop.ship_it', runner: 'python-script', entryPoint: 'actions/ship_it.py' },
    },
    { kind: 'TriggerType', file: 'triggers/order.yaml', spec: { ref: 'shop.order' } },
    { kind: 'Action', file: 'actions/say.yaml', spec: { ref: 'shop.say', runner: 'local-shell-cmd' } },
  ],
  waiting: [{ kind: 'Sensor', name: 'Till', file: 'sensors/till.yaml', content: {} }],
  counts: { actions: 2, rules: 1, triggers: 1, sensors: 1 },
  warnings: [],
  files: [],
  ...changes,
});

/** What is registered, as a cache has it. */
export function seen(changes: Partial<ObservedPack> & { readonly there?: readonly Registered[] } = {}): ObservedPack {
  const { there = [], ...rest } = changes;
  return {
    self: pack(),
    job: undefined,
    pods: [],
    manifest: undefined,
    owned: there.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === 'pack-uid')),
    find: (kind: RegisteredKind, name: string) =>
      there.find((object) => object.kind === kind && object.metadata.name === name),
    refusals: [],
    live: [],
    settings: {
      serviceUrl: 'https://squall',
      ca: 'PEM',
      runnerNodeImage: 'node',
      runnerPythonImage: 'python',
      imagePullPolicy: 'IfNotPresent',
      imagePullSecrets: [],
      podResources: { requests: {}, limits: {} },
      extraPodEnvironment: {},
      deliverySeconds: 60,
      sha256,
    },
    ...rest,
  };
}

export const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
export const condition = (status: PackStatus | undefined, type: string) =>
  status?.conditions?.find((one) => one.type === type);
export const kinds = (writes: readonly { readonly do: string; readonly object?: { readonly kind: string } }[] = []) =>
  writes.map((write) => `${write.do} ${write.object?.kind ?? ''}`.trim());

/** Its first try is on. */
export const begun = (): PackStatus => planPack(seen(), NOW).status ?? {};
/** A pod has told how it went. Throws Error where that does not count. */
export function reported(report: Partial<InstallReport>, status = begun()): PackStatus {
  const { key = '', job = '' } = status.install ?? {};
  const plan = planReport(pack({ status }), job, { key, step: 'Done', ...report }, later(5));
  if (!plan.accept) throw new Error(plan.message);
  return plan.status;
}
export const installed = (): PackStatus => {
  const self = pack({ status: reported({ content: CONTENT, commit: 'abc' }) });
  return planPack(seen({ self, manifest: manifest() }), later(6)).status ?? {};
};
export const job = (conditions: Job['status']['conditions'] = []): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: begun().install?.job ?? '', uid: 'job', resourceVersion: '1' },
  hasSecrets: false,
  status: { conditions, failed: 0 },
});
