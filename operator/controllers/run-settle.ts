// operator/controllers/run-settle.ts — a run that ended with children under way → what they have come to since, before another goes on from it.
import type { Execution } from '../api/kinds.ts';
import { isFinal } from '../domain/execution/parse.ts';
import type { Value } from '../domain/expression/python/values.ts';
import { parentOf } from '../domain/workflow/children.ts';
import { type LiveRun, type Owner, rerunsIn } from '../domain/workflow/live.ts';
import { childNews } from '../domain/workflow/news.ts';
import { invalid, nowOf, type OpenOptions, type RefusedRun } from './run-live.ts';

/** Records what children of `last`, whose run it is, and of those that it went on from have come to since it ended: all that is
 * open then was never made. @returns why it cannot be gone on with yet */
export async function settle(
  live: LiveRun,
  last: Execution,
  options: Pick<OpenOptions, 'store' | 'now'>,
): Promise<RefusedRun | undefined> {
  const { metadata, status } = last;
  const { namespace = '' } = metadata;
  const owners: readonly Owner[] = [...rerunsIn(status?.workflow?.journal ?? []).map(({ owner }) => owner), metadata];
  const isOurs = (child: Execution) => owners.some(({ uid }) => parentOf(child)?.uid === uid);
  const open = [...live.open];
  const found = await Promise.all(open.map(({ name }) => options.store.execution(`${namespace}/${name}`)));
  const children = new Map(found.flatMap((one) => (one && isOurs(one) ? [[one.metadata.name, one]] : [])));
  for (const { name, child } of open) {
    const there = children.get(name);
    if (there && !isFinal(there.status?.phase ?? 'Requested'))
      return invalid(
        `spec.request.cause.rerunOf: task "${child.task}" of Execution "${metadata.name}" is still under way. Wait until Execution "${name}" has ended, or cancel it: squall execution cancel ${name}`,
      );
  }
  const results = await options.store.results(namespace, [...children.keys()]);
  const now = nowOf(options);
  const atMs = Math.max(live.lastAtMs, now.getTime() - live.startedAtMs);
  for (const { child, entry, hasResult } of childNews(live, { children, gone: new Set() }, now)) {
    if (!hasResult || entry.is !== 'child') continue;
    const result = results.get(child.name) as Value | undefined;
    live.record({ atMs, entry: result === undefined ? entry : { ...entry, result } }, metadata);
  }
  return undefined;
}
