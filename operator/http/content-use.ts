// operator/http/content-use.ts — which content of packs may still be asked for.
import type { KubeObject } from '../api/meta.ts';
import { contentOf } from '../domain/job/names.ts';
import type { Sources } from './sources.ts';

/** Digests that a Pack, an Action or a Job refers to; of one namespace, or of all. */
export function contentInUse(
  { packs, actions, jobs }: Pick<Sources, 'packs' | 'actions' | 'jobs'>,
  namespace?: string,
): ReadonlySet<string> {
  const used = new Set<string>();
  const add = (digest: string | undefined) => digest !== undefined && used.add(digest);
  const isMeant = ({ metadata }: KubeObject) => namespace === undefined || metadata.namespace === namespace;
  for (const { spec, status } of [...packs.values()].filter(isMeant)) {
    for (const content of [status?.installed?.content, status?.install?.reported])
      for (const digest of [content?.files, content?.environment, content?.manifest]) add(digest);
    add(spec.source?.archive);
  }
  for (const { spec } of [...actions.values()].filter(isMeant)) {
    add(spec.content?.files);
    add(spec.content?.environment);
  }
  for (const job of [...jobs.values()].filter(isMeant)) for (const digest of contentOf(job)) add(digest);
  return used;
}
