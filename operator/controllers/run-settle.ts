// operator/controllers/run-settle.ts — a run that ended with children under way → what they have come to since, before another goes on from it.
import type { Execution } from '../api/kinds.ts';
import { isFinal } from '../domain/execution/parse.ts';
import type { Value } from '../domain/expression/python/values.ts';
import { parentOf } from '../domain/workflow/children.ts';
import { type LiveRun, type Owner, rerunsIn } from '../domain/workflow/live.ts';
import { childNews } from '../domain/workflow/news.ts';
import { type AwaitingRun, engineFault, nowOf, type OpenOptions, type RefusedRun } from './run-live.ts';

/** Records what children of `last`, whose run it is, and of those that it went on from have come to since it ended: all that is
 * open then was never made. @returns what has to end first, nothing being recorded then, or why the run cannot go on */
export async function settle(
  live: LiveRun,
  last: Execution,
  options: Pick<OpenOptions, 'store' | 'now'>,
): Promise<AwaitingRun | RefusedRun | undefined> {
  const { metadata, status } = last;
  const { namespace = '' } = metadata;
  const owners: readonly Owner[] = [...rerunsIn(status?.workflow?.journal ?? []).map(({ owner }) => owner), metadata];
  const isOurs = (child: Execution) => owners.some(({ uid }) => parentOf(child)?.uid === uid);
  const open = [...live.open];
  const found = await Promise.all(open.map(({ name }) => options.store.execution(`${namespace}/${name}`)));
  const children = new Map(found.flatMap((one) => (one && isOurs(one) ? [[one.metadata.name, one]] : [])));
  const underWay = open.filter(({ name }) => {
    const there = children.get(name);
    return there && !isFinal(there.status?.phase ?? 'Requested');
  });
  const [first, ...more] = underWay;
  if (first) {
    const others = more.length === 0 ? '' : ` and ${more.length} others`;
    const message = `it goes on when Execution "${first.name}"${others} has ended: task "${first.child.task}" of Execution "${metadata.name}" is still under way. Wait, or cancel it: squall execution cancel ${first.name}`;
    return { awaits: underWay.map(({ name }) => name), message };
  }
  const results = await options.store.results(namespace, [...children.keys()]);
  const now = nowOf(options);
  const atMs = Math.max(live.lastAtMs, now.getTime() - live.startedAtMs);
  try {
    for (const { child, entry, hasResult } of childNews(live, { children, gone: new Set() }, now)) {
      if (!hasResult || entry.is !== 'child') continue;
      const result = results.get(child.name) as Value | undefined;
      live.record({ atMs, entry: result === undefined ? entry : { ...entry, result } }, metadata);
    }
  } catch (error) {
    return engineFault(error);
  }
  return undefined;
}
