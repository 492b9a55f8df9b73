// operator/domain/install/overridden.test.ts — what is enabled of an installed pack: its files, the ConfigMap of overrides, its Pack.
import { expect, test } from 'vitest';
import type { Manifest } from '../../api/install.ts';
import type { Draft } from '../../api/meta.ts';
import type { PackStatus } from '../../api/pack.ts';
import type { ConfigMap } from './config.ts';
import { CONTENT, manifest, NOW, pack, seen } from './install.setup.ts';
import { planPack } from './plan.ts';
import type { Registered } from './register.ts';
import { installKey } from './key.ts';

const of = manifest();
/** As it is read from files: each says whether it is enabled. */
const BROUGHT = manifest({
  resources: of.resources.map((one) =>
    one.kind === 'TriggerType' ? one : { ...one, spec: { ...one.spec, enabled: true } },
  ),
});
const configMap = (data: Readonly<Record<string, string>>): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'squall-overrides', namespace: 'demo', uid: 'o', resourceVersion: '1' },
  data,
});
const status: PackStatus = {
  ref: 'shop',
  installed: { key: 'k', content: CONTENT, at: NOW.toISOString() },
  install: {
    key: installKey(pack().spec, 'python', seen().settings.sha256),
    attempt: 1,
    job: 'j',
    step: 'Done',
    startedAt: NOW.toISOString(),
  },
};

interface Scene {
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: object;
  readonly there?: readonly Registered[];
  readonly brought?: Manifest;
}
function look({ data, spec = {}, there = [], brought = BROUGHT }: Scene = {}) {
  const self = pack({ status, spec });
  const plan = planPack(seen({ self, manifest: brought, there, overrides: data && configMap(data) }), NOW);
  const applied = (plan.writes ?? []).flatMap((write) => (write.do === 'apply' ? [write.object] : []));
  const enabled = applied.map((one) => [String((one.spec as Spec).ref), (one.spec as Spec).enabled] as const);
  return { applied, enabled: Object.fromEntries(enabled), warnings: plan.status?.warnings, after: plan.after };
}
interface Spec {
  readonly ref: string;
  readonly enabled?: boolean;
}
const asStored = (drafts: readonly Draft[], old: readonly Registered[] = []): readonly Registered[] => [
  ...old.filter(({ metadata }) => drafts.every((draft) => draft.metadata.name !== metadata.name)),
  ...drafts.map((draft) => ({ ...draft, metadata: { ...draft.metadata, uid: 'u', resourceVersion: '1' } })),
];

const OFF = 'defaults: {enabled: false}';

test('_global.yaml, the file of the pack, then the Pack itself: the last one counts most', () => {
  const data = {
    '_global.yaml': `actions: {${OFF}}\nrules: {${OFF}}\n`,
    'shop.yaml': 'actions: {exceptions: {say: {enabled: true}}}\n',
    'bags.yaml': 'rules: {defaults: {enabled: true}}\n',
  };
  expect(look().enabled).toEqual({
    'shop.order': undefined,
    'shop.ship_it': true,
    'shop.say': true,
    'shop.paid': true,
  });
  const off = { 'shop.order': undefined, 'shop.ship_it': false, 'shop.say': true, 'shop.paid': false };
  expect(look({ data })).toMatchObject({ enabled: off, warnings: [] });
  const overrides = { rules: { exceptions: { paid: { enabled: true } } }, actions: { defaults: { enabled: false } } };
  expect(look({ data, spec: { overrides } }).enabled).toEqual({ ...off, 'shop.say': false, 'shop.paid': true });
});

test('what changes is applied in place, once, and comes back when the ConfigMap goes; nothing is installed for it', () => {
  const there = asStored(look().applied);
  const data = { 'shop.yaml': `rules: {${OFF}}\n` };
  const off = look({ data, there });
  expect(off).toMatchObject({ enabled: { 'shop.paid': false }, after: [] });
  expect(off.applied).toHaveLength(1);
  const then = asStored(off.applied, there);
  expect(look({ data, there: then }).applied).toEqual([]);
  expect(look({ data: { ...data, 'bags.yaml': 'other: 1' }, there: then }).applied).toEqual([]);
  expect(look({ there: then })).toMatchObject({ enabled: { 'shop.paid': true } });
});

test('a file that cannot be read leaves all as it is, also in a new version; what it does not concern is applied', () => {
  const data = { 'shop.yaml': `rules: {${OFF}}\n` };
  const there = asStored(look({ data }).applied);
  const bad = { 'shop.yaml': 'rules: {defaults: {enabled: fasle}}\n' };
  const told = look({ data: bad, there });
  expect(told.applied).toEqual([]);
  expect(told.warnings).toEqual([
    'ConfigMap squall-overrides, shop.yaml:1:20: rules.defaults.enabled: it must be true or false',
    'ConfigMap squall-overrides, shop.yaml: until that is corrected, it stays enabled or disabled as it is',
  ]);
  const next = manifest({
    resources: BROUGHT.resources.map((one) => ({ ...one, spec: { ...one.spec, description: 'of the next version' } })),
  });
  expect(look({ data: bad, there, brought: next }).enabled).toMatchObject({ 'shop.say': true, 'shop.paid': false });
  const overrides = { rules: { exceptions: { paid: { enabled: true } } } };
  expect(look({ data: bad, there, spec: { overrides } }).enabled).toEqual({ 'shop.paid': true });
  expect(look({ data: { 'shop.yaml': 'rules: [' }, there }).applied).toEqual([]);
  expect(look({ data: { 'shop.yaml': 'rules:' }, there }).enabled).toEqual({ 'shop.paid': true });
});

test('what was edited by hand stays as it is, and is drift; an exception that names nothing is a warning', () => {
  const there = asStored(look().applied).map((one) => (one.kind === 'Rule' ? { ...one, editedBy: ['me'] } : one));
  const data = { 'shop.yaml': `rules: {${OFF}}\nactions: {exceptions: {sy: {enabled: false}}}\n` };
  expect(look({ data, there })).toMatchObject({
    applied: [],
    warnings: [
      'ConfigMap squall-overrides, shop.yaml: actions.exceptions.sy: the pack has none of that name. Did you mean "say"?',
    ],
  });
});
