// operator/domain/install/register.test.ts — what is applied, deleted, left alone.
import { expect, test } from 'vitest';
import type { Draft } from '../../api/meta.ts';
import { sha256 } from '../execution/builders.setup.ts';
import { CONTENT, manifest, pack, seen } from './install.setup.ts';
import { planRegistration, type Registered } from './register.ts';

const plan = (
  there: readonly Registered[] = [],
  { content = CONTENT, of = manifest() }: { content?: typeof CONTENT; of?: ReturnType<typeof manifest> } = {},
) => {
  const { find, owned } = seen({ there });
  return planRegistration({ pack: pack(), manifest: of, content: { blobs: content }, find, owned, sha256 });
};
const asStored = (drafts: readonly Draft[]): Registered[] =>
  drafts.map((draft) => ({
    ...draft,
    metadata: { ...draft.metadata, uid: `uid-${draft.metadata.name}`, resourceVersion: '1' },
  }));
const names = (objects: readonly Pick<Draft, 'kind' | 'metadata'>[]) =>
  objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

test('all is applied at first: what others refer to before them, owned by the pack, files only where something runs', () => {
  const { apply } = plan();
  expect(names(apply)).toEqual(['TriggerType shop.order', 'Action shop.ship-it', 'Action shop.say', 'Rule shop.paid']);
  expect(apply.map(({ spec }) => (spec as { content?: unknown }).content)).toEqual([
    undefined,
    { files: CONTENT.files, environment: CONTENT.environment },
    { files: CONTENT.files, environment: CONTENT.environment },
    undefined,
  ]);
  for (const { metadata } of apply) {
    expect(metadata.ownerReferences).toMatchObject([{ kind: 'Pack', uid: 'pack-uid', controller: true }]);
    expect(metadata.labels).toEqual({ 'squall.dev/pack': 'shop' });
  }
});

test('settings of pods that the Pack has reach its actions, and nothing else', () => {
  const { find, owned } = seen();
  const of = { ...pack(), spec: { ...pack().spec, pod: { serviceAccountName: 'robot' } } };
  const { apply } = planRegistration({ pack: of, manifest: manifest(), content: {}, find, owned, sha256 });
  const pods = apply.map((draft) => [draft.kind, (draft.spec as { pod?: unknown }).pod]);
  expect(pods).toEqual([
    ['TriggerType', undefined],
    ['Action', of.spec.pod],
    ['Action', of.spec.pod],
    ['Rule', undefined],
  ]);
});

test('the image that the Pack names goes with the files; scripts for other machines keep the key of the namespace', () => {
  const { find, owned } = seen();
  const of = { ...pack(), spec: { ...pack().spec, pod: { image: 'me/tools:1', runAsUser: 7 } } };
  const remote = { ref: 'shop.far', runner: 'remote-shell-script', entryPoint: 'actions/far.sh' };
  const resources = [
    ...manifest().resources,
    { kind: 'Action', file: 'actions/far.yaml', spec: remote } as const,
    { kind: 'Action', file: 'actions/ask.yaml', spec: { ref: 'shop.ask', runner: 'http-request' } } as const,
  ];
  const content = { blobs: { ...CONTENT, unpackedBytes: 9216 }, podImage: 'me/tools:1' };
  const { apply } = planRegistration({ pack: of, manifest: manifest({ resources }), content, find, owned, sha256 });
  const files = { files: CONTENT.files, environment: CONTENT.environment, unpackedBytes: 9216 };
  const actions = apply.filter(({ kind }) => kind === 'Action').map(({ spec }) => spec);
  expect(actions).toEqual([
    expect.objectContaining({ ref: 'shop.ship_it', content: { ...files, image: 'me/tools:1' }, pod: { runAsUser: 7 } }),
    expect.objectContaining({ ref: 'shop.say', content: { ...files, image: 'me/tools:1' }, pod: { runAsUser: 7 } }),
    { ...remote, content: files, pod: { runAsUser: 7 } },
    { ref: 'shop.ask', runner: 'http-request', pod: { runAsUser: 7 } },
  ]);
});

test('what is registered already is not written again', () => {
  expect(plan(asStored(plan().apply))).toEqual({ apply: [], remove: [], drift: [], taken: [] });
});

test('new content reaches only those that run in a pod; what the pack has no more is deleted', () => {
  const of = manifest();
  const nothing = { kind: 'Action', file: 'actions/rest.yaml', spec: { ref: 'shop.rest', runner: 'noop' } } as const;
  const stored = asStored(plan([], { of: { ...of, resources: [...of.resources, nothing] } }).apply);
  const fewer = { ...of, resources: [...of.resources.filter(({ kind }) => kind !== 'Rule'), nothing] };
  const { apply, remove } = plan(stored, { content: { ...CONTENT, files: `sha256:${'d'.repeat(64)}` }, of: fewer });
  expect(names(apply)).toEqual(['Action shop.ship-it', 'Action shop.say']);
  expect(names(remove)).toEqual(['Rule shop.paid']);
});

test('what was edited by hand is left as it is and told, also when the pack has a new version of it', () => {
  const stored = asStored(plan().apply).map((object) =>
    object.kind === 'Rule' ? { ...object, editedBy: ['kubectl-edit'] } : object,
  );
  const of = manifest();
  const changed = of.resources.map((one) =>
    one.kind === 'Rule' ? { ...one, spec: { ...one.spec, enabled: false } } : one,
  );
  const { apply, drift } = plan(stored, { of: { ...of, resources: changed } });
  expect(names(apply)).toEqual([]);
  expect(names(drift)).toEqual(['Rule shop.paid']);
});

test('an object of somebody else is never overwritten', () => {
  const [order] = asStored(plan().apply);
  if (!order) throw new Error('nothing was planned');
  const { ownerReferences: _, ...metadata } = order.metadata;
  const { apply, taken } = plan([{ ...order, metadata }]);
  expect(names(taken)).toEqual(['TriggerType shop.order']);
  expect(names(apply)).not.toContain('TriggerType shop.order');
});
