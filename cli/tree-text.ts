// cli/tree-text.ts — an Execution of a tree → what its line says of it.
import type { Phase } from '../operator/api/execution.ts';
import type { Execution } from '../operator/api/kinds.ts';
import { isFinalPhase, signOf } from './phases.ts';
import { age, bold, clean, faint, phaseColoured, type Screen } from './print.ts';
import { isFinal, phaseOf } from './result.ts';
import type { Group } from './tree-groups.ts';
import type { TreeNode } from './tree-model.ts';
import { whyOf } from './tree-why.ts';

export interface TextOptions {
  readonly screen: Screen;
  readonly now: Date;
}

/** A sign and a name; what goes on stands out. */
export function head(screen: Screen, phase: Phase, name: string): string {
  const shown = clean(name);
  return `${phaseColoured(screen, phase, signOf(phase))} ${isFinalPhase(phase) ? shown : bold(screen, shown)}`;
}

/** All about one Execution. */
export function lineOf(name: string, execution: Execution, { screen, now }: TextOptions): string {
  const phase = phaseOf(execution);
  const { attempt = 1 } = execution.status ?? {};
  const { rerunOf } = execution.spec.request.cause ?? {};
  const parts = [
    head(screen, phase, name),
    actionOf(execution),
    phaseColoured(screen, phase, phase),
    attempt > 1 ? `attempt ${attempt}` : '',
    durationOf(execution, now),
    rerunOf === undefined ? '' : faint(screen, `re-run of ${clean(rerunOf)}`),
    whyOf(execution),
  ];
  return parts.filter(Boolean).join('  ');
}

/** With the workflow of a workbook that it is. */
export function actionOf({ spec: { request } }: Execution): string {
  return clean(request.workflow === undefined ? request.action : `${request.action} (${request.workflow})`);
}

/** How long it took or has been at it. */
export function durationOf(execution: Execution, now: Date): string {
  const { status, metadata } = execution;
  if (isFinal(execution)) return status?.duration ?? '';
  return age((phaseOf(execution) === 'Requested' ? undefined : status?.startedAt) ?? metadata.creationTimestamp, now);
}

/** From the first that was made to the last that ended. */
export function spanText({ members }: Group, now: Date): string {
  const made = members.map(({ node }) => node.execution.metadata.creationTimestamp ?? '').toSorted()[0];
  const hasEnded = members.every(({ node }) => isFinal(node.execution));
  const ended = members.map(({ node }) => node.execution.status?.endedAt ?? '').toSorted();
  return age(made || undefined, hasEnded ? new Date(ended.at(-1) || now) : now);
}

/** A long way is told by its ends. */
export function pathText(path: readonly TreeNode[]): string {
  const names = path.map(({ place, execution }) => {
    if (!place) return execution.metadata.name;
    const item = place.item === undefined ? '' : `[${place.item}]`;
    return `${place.task}${item}${place.visit > 0 ? ` (visit ${place.visit + 1})` : ''}`;
  });
  const shown = names.length > 6 ? [...names.slice(0, 2), `… ${names.length - 5} …`, ...names.slice(-3)] : names;
  return shown.join(' › ');
}
