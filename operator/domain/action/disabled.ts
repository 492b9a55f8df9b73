// operator/domain/action/disabled.ts — a disabled Action or Workflow → why nothing of it runs, and what changes that.
import type { Action, Workflow } from '../../api/kinds.ts';

/** What a Pack has registered is enabled by its overrides: edited by hand, it would differ from its files for ever. */
export function disabledText(ref: string, { kind, metadata }: Pick<Action | Workflow, 'kind' | 'metadata'>): string {
  const pack = metadata.ownerReferences?.find((owner) => owner.kind === 'Pack' && owner.controller === true);
  const remedy = pack
    ? `Enable it in spec.overrides of Pack ${pack.name}, or in the ConfigMap that overrides it`
    : `Set spec.enabled of ${kind} ${metadata.name} to true`;
  return `Unable to execute. ${kind} "${ref}" is disabled. ${remedy}`;
}
