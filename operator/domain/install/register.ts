// operator/domain/install/register.ts — manifest of a pack and what is registered → what to apply, what to delete, what was edited by hand.
import type { Manifest } from '../../api/install.ts';
import { Action, type Pack, Rule, TriggerType, Workflow } from '../../api/kinds.ts';
import { ANNOTATION, type Draft, type KubeObject, LABEL, labelValue, nameOfRef } from '../../api/meta.ts';
import type { PackContent } from '../../api/pack.ts';
import { isOwnedBy } from '../job/names.ts';
import { sorted } from './key.ts';

const KINDS = { Action, Workflow, TriggerType, Rule } as const;
export type RegisteredKind = keyof typeof KINDS;
/** What others refer to comes first, and goes last. */
const ORDER: readonly RegisteredKind[] = ['TriggerType', 'Action', 'Workflow', 'Rule'];

/** An object that is there. */
export type Registered = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata' | 'spec' | 'editedBy'>;

export interface RegistrationInput {
  readonly pack: Pack;
  readonly manifest: Manifest;
  /** Where its files are: an image, or blobs of the pack store, and then the image of the pods that get them. */
  readonly content: {
    readonly image?: string | undefined;
    readonly blobs?: PackContent | undefined;
    readonly podImage?: string | undefined;
  };
  /** The object of a kind and name in the pack's namespace, whoever owns it. */
  readonly find: (kind: RegisteredKind, name: string) => Registered | undefined;
  /** All objects whose controller is the pack. */
  readonly owned: readonly Registered[];
  readonly sha256: (text: string) => string;
}

export interface Registration {
  /** New and changed ones, in an order in which each finds what it refers to. */
  readonly apply: readonly Draft[];
  /** Those that the pack no longer has. */
  readonly remove: readonly Registered[];
  /** Edited by hand since they were registered; left as they are. */
  readonly drift: readonly Registered[];
  /** Objects of others that have a name which the pack needs. */
  readonly taken: readonly Registered[];
}

/** In place: an object keeps its uid for as long as the pack has it. */
export function planRegistration(input: RegistrationInput): Registration {
  const { pack, owned, find } = input;
  const drafts = draftsOf(input);
  const wanted = new Set(drafts.map(idOf));
  const apply: Draft[] = [];
  const drift: Registered[] = [];
  const taken: Registered[] = [];
  for (const draft of drafts) {
    const there = find(draft.kind as RegisteredKind, draft.metadata.name);
    if (!there) apply.push(draft);
    else if (!isOwnedBy(there, pack.metadata.uid)) taken.push(there);
    else if (there.editedBy !== undefined) drift.push(there);
    else if (registeredHash(there) !== registeredHash(draft)) apply.push(draft);
  }
  const remove = owned.filter((object) => !wanted.has(idOf(object))).reverse();
  return { apply, remove, drift, taken };
}

const remembered = new WeakMap<Manifest, { readonly key: string; readonly drafts: readonly Draft[] }>();

/** Remembered, since a pack of thousands is looked at often and changes seldom. */
function draftsOf(input: RegistrationInput): readonly Draft[] {
  const { pack, manifest, content } = input;
  const key = JSON.stringify([pack.metadata.uid, pack.metadata.name, content, sorted(pack.spec.pod)]);
  const known = remembered.get(manifest);
  if (known?.key === key) return known.drafts;
  const drafts = manifest.resources
    .map((resource) => draftOf(resource, input))
    .sort((a, b) => ORDER.indexOf(a.kind as RegisteredKind) - ORDER.indexOf(b.kind as RegisteredKind));
  remembered.set(manifest, { key, drafts });
  return drafts;
}

const idOf = ({ kind, metadata }: Pick<Draft, 'kind' | 'metadata'>): string => `${kind}/${metadata.name}`;

const registeredHash = ({ metadata }: Pick<Draft, 'metadata'>): string | undefined =>
  metadata.annotations?.[ANNOTATION.registered];

function draftOf({ kind, spec }: Manifest['resources'][number], input: RegistrationInput): Draft {
  const { pack, manifest, sha256 } = input;
  const { apiVersion } = KINDS[kind];
  const whole = { ...spec, ...contentOf(spec, input), ...podOf(kind, spec, pack) };
  const ref = String(spec['ref']);
  return {
    apiVersion,
    kind,
    metadata: {
      name: nameOfRef(ref),
      namespace: pack.metadata.namespace ?? '',
      labels: { [LABEL.pack]: labelValue(manifest.ref) },
      annotations: { [ANNOTATION.registered]: sha256(JSON.stringify(sorted(whole))).slice(0, 32) },
      ownerReferences: [ownerOf(pack)],
    },
    spec: whole,
  };
}

/** What runs in a pod finds the pack's files there, a command too: it may name them. Others do not change with them. */
function contentOf(
  spec: Readonly<Record<string, unknown>>,
  { content: { image, blobs, podImage } }: RegistrationInput,
) {
  if (spec['entryPoint'] === undefined && spec['runner'] !== 'local-shell-cmd') return {};
  if (image !== undefined) return { content: { image } };
  if (!blobs) return {};
  const { files, environment, unpackedBytes } = blobs;
  // Its program is on another machine, and an image of the pack's own does not get the key of the namespace.
  const own = podImage === undefined || spec['runner'] === 'remote-shell-script' ? {} : { image: podImage };
  return {
    content: {
      files,
      ...(environment === undefined ? {} : { environment }),
      ...(unpackedBytes === undefined ? {} : { unpackedBytes }),
      ...own,
    },
  };
}

/** What the Pack says of pods, for each action that has one; files of packs say nothing of it. The image goes with the files. */
function podOf(kind: RegisteredKind, { runner }: Readonly<Record<string, unknown>>, { spec }: Pack) {
  const { image: _, ...pod } = spec.pod ?? {};
  return kind === 'Action' && runner !== 'noop' && Object.keys(pod).length > 0 ? { pod } : {};
}

/** Index of the stores of what is registered: uid of the controller. */
export const BY_OWNER = {
  owner: ({ metadata }: Pick<KubeObject, 'metadata'>): readonly string[] =>
    (metadata.ownerReferences ?? []).filter(({ controller }) => controller === true).map(({ uid }) => uid),
};

export const ownerOf = (pack: Pack) => ({
  apiVersion: pack.apiVersion,
  kind: pack.kind,
  name: pack.metadata.name,
  uid: pack.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});
