// operator/domain/workflow/graph/signs.ts — how a status looks: a sign for everybody, and a colour on light and on dark ground.
import type { GraphNode, NodeStatus } from './model.ts';

interface Look {
  readonly sign: string;
  readonly light: string;
  readonly dark: string;
}

export const LOOKS: Readonly<Record<NodeStatus, Look>> = {
  waiting: { sign: '○', light: '#818b98', dark: '#7d8590' },
  running: { sign: '▶', light: '#0969da', dark: '#4493f8' },
  paused: { sign: '‖', light: '#9a6700', dark: '#d29922' },
  succeeded: { sign: '✓', light: '#1a7f37', dark: '#3fb950' },
  failed: { sign: '✗', light: '#cf222e', dark: '#f85149' },
  canceled: { sign: '⊘', light: '#bc4c00', dark: '#db6d28' },
  skipped: { sign: '–', light: '#818b98', dark: '#7d8590' },
};

/** Characters of a line that are shown. */
const SHOWN_MAX = 48;

export function shorten(text: string): string {
  const signs = [...text];
  return signs.length > SHOWN_MAX ? `${signs.slice(0, SHOWN_MAX - 1).join('')}…` : text;
}

/** The lines that stand in a node, its status first. */
export function linesOf({ label, status }: GraphNode): readonly string[] {
  const lines = label.split('\n').map(shorten);
  return status === undefined ? lines : [`${LOOKS[status].sign} ${lines[0]}`, ...lines.slice(1)];
}
