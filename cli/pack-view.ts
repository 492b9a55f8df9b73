// cli/pack-view.ts — a Pack → what people want to know of it.
import type { Pack } from '../operator/api/kinds.ts';
import { withoutPassword } from './print.ts';

/** One page of it, in the order in which it is read; what it does not have is undefined. */
export function viewOfPack({ metadata, spec, status }: Pack): Readonly<Record<string, unknown>> {
  return {
    ref: status?.ref ?? metadata.name,
    description: status?.description,
    version: status?.version,
    author: status?.author,
    source: sourceOf(spec),
    commit: status?.commit,
    content: status?.content,
    conditions: Object.fromEntries(
      (status?.conditions ?? []).map(({ type, status: holds, message }) => [type, `${holds}: ${message}`]),
    ),
    findings: status?.findings?.map(({ file, line, message }) => `${file}${line ? `:${line}` : ''}: ${message}`),
    waiting: status?.waiting?.map(({ kind, name, file }) => `${kind} ${name} (${file})`),
    'depends on, and not here': status?.missing,
    drift: status?.drift?.map(({ kind, name }) => `${kind} ${name}`),
    warnings: status?.warnings,
  };
}

function sourceOf({ from, source }: Pack['spec']): unknown {
  if (from !== undefined) return withoutPassword(from);
  return source?.git ? { ...source, git: { ...source.git, url: withoutPassword(source.git.url) } } : source;
}
