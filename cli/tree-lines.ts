// cli/tree-lines.ts — a tree of Executions → the lines that are printed of it.
import { countsText, isFinalPhase, phaseTogether, signOf, statusOfPhase } from './phases.ts';
import { faint, phaseColoured } from './print.ts';
import { isFinal, phaseOf } from './result.ts';
import { groupsOf, type Group } from './tree-groups.ts';
import { edgeOf, type TreeNode } from './tree-model.ts';
import { actionOf, durationOf, head, lineOf, pathText, spanText, type TextOptions } from './tree-text.ts';
import { whyOf } from './tree-why.ts';

export interface LineOptions extends TextOptions {
  /** Lists the items of large groups, too. */
  readonly all: boolean;
}

export interface Line {
  readonly text: string;
  /** Whether it, or something below it, has not ended. */
  readonly isLive: boolean;
}

/** A group with more members shows only some of them. */
const GROUP_MAX = 8;
/** Of those: how many that failed, and how many that are at work. */
const SHOWN_MAX = 3;
/** What runs and waits now, that is listed below the tree. */
const EDGE_MAX = 10;

export function linesOf(root: TreeNode, options: LineOptions): readonly Line[] {
  const lines: Line[] = [];
  write({ name: root.execution.metadata.name, node: root }, { lead: '', stem: '' }, { lines, options });
  return isFinal(root.execution) ? lines : [...lines, ...edgeLines(root, options)];
}

interface Named {
  readonly name: string;
  readonly node: TreeNode;
}
interface Sheet {
  readonly lines: Line[];
  readonly options: LineOptions;
}
/** What stands before a line, and before those below it. */
interface Margin {
  readonly lead: string;
  readonly stem: string;
}

function write({ name, node }: Named, { lead, stem }: Margin, sheet: Sheet): void {
  const { lines, options } = sheet;
  lines.push({ text: `${lead}${lineOf(name, node.execution, options)}`, isLive: !isFinal(node.execution) });
  const rows: ((margin: Margin) => void)[] = groupsOf(node.children).map((group) => (margin) => {
    const [only] = group.members;
    if (group.isSingle && only) write(only, margin, sheet);
    else writeGroup(group, margin, sheet);
  });
  if (node.unmade > 0) {
    const isOver = isFinal(node.execution);
    const phase = isOver ? 'Canceled' : 'Delayed';
    const what = isOver ? 'asked for, never started: the workflow had ended' : 'asked for, waiting for their time';
    const text = `${phaseColoured(options.screen, phase, signOf(phase))} ${node.unmade} more ${what}`;
    rows.push((margin) => lines.push({ text: margin.lead + text, isLive: !isOver }));
  }
  writeRows(rows, stem);
}

function writeRows(rows: readonly ((margin: Margin) => void)[], stem: string): void {
  for (const [i, row] of rows.entries()) {
    const isLast = i === rows.length - 1;
    row({ lead: `${stem}${isLast ? '└─ ' : '├─ '}`, stem: `${stem}${isLast ? '   ' : '│  '}` });
  }
}

function writeGroup(group: Group, { lead, stem }: Margin, sheet: Sheet): void {
  const { lines, options } = sheet;
  const phases = group.members.map(({ node }) => phaseOf(node.execution));
  const phase = phaseTogether(phases);
  const action = group.members[0]?.node.execution;
  const parts = [
    head(options.screen, phase, `${group.name}: ${countsText(phases)}`),
    action ? actionOf(action) : '',
    spanText(group, options.now),
  ];
  lines.push({ text: lead + parts.filter(Boolean).join('  '), isLive: !isFinalPhase(phase) });
  const shown = options.all || group.members.length <= GROUP_MAX ? group.members : notable(group);
  const left = group.members.length - shown.length;
  const rows: ((margin: Margin) => void)[] = shown.map((member) => (margin) => write(member, margin, sheet));
  if (left > 0 && shown.length > 0) {
    const text = faint(options.screen, `… ${left} others, which --all lists`);
    rows.push((margin) => lines.push({ text: margin.lead + text, isLive: false }));
  }
  writeRows(rows, stem);
}

/** The first that failed, and the first that are at work. */
function notable({ members }: Group): Group['members'] {
  const bad = members.filter(({ node }) => statusOfPhase(phaseOf(node.execution)) === 'failed').slice(0, SHOWN_MAX);
  const live = members.filter(({ node }) => !isFinal(node.execution)).slice(0, SHOWN_MAX);
  const shown = new Set([...bad, ...live]);
  return members.filter((member) => shown.has(member));
}

function edgeLines(root: TreeNode, { screen, now }: LineOptions): readonly Line[] {
  const edge = edgeOf(root).filter((path) => path.length > 0);
  if (edge.length === 0) return [];
  const phases = edge.map((path) => phaseOf((path.at(-1) as TreeNode).execution));
  const shown = edge.slice(0, EDGE_MAX).map((path) => {
    const { execution } = path.at(-1) as TreeNode;
    const phase = phaseOf(execution);
    const parts = [phaseColoured(screen, phase, phase), durationOf(execution, now), whyOf(execution)];
    return `  ${head(screen, phase, pathText(path))}  ${parts.filter(Boolean).join('  ')}`;
  });
  const more = edge.length > EDGE_MAX ? [`  ${faint(screen, `… and ${edge.length - EDGE_MAX} more`)}`] : [];
  return ['', `Now: ${countsText(phases)}`, ...shown, ...more].map((text) => ({ text, isLive: true }));
}
