// operator/domain/rule/reference.ts — reference → the object that it means, when it is in another namespace or two claim it.
import type { KubeObject } from '../../api/meta.ts';

/** Where a reference is looked up: pack `core` is the operator's own and everybody sees it, others are in the object's namespace. */
export const namespaceOfRef = (ref: string, namespace: string, systemNamespace: string): string =>
  ref.startsWith('core.') ? systemNamespace : namespace;

/** The object that has a reference when several claim it: the oldest, then the first by name. */
export function winnerOf<T extends Pick<KubeObject, 'metadata'>>(claimants: readonly T[]): T | undefined {
  return claimants.length < 2 ? claimants[0] : [...claimants].sort(byAge)[0];
}

function byAge({ metadata: a }: Pick<KubeObject, 'metadata'>, { metadata: b }: Pick<KubeObject, 'metadata'>): number {
  const age = (a.creationTimestamp ?? '').localeCompare(b.creationTimestamp ?? '');
  return age !== 0 ? age : a.name.localeCompare(b.name);
}
