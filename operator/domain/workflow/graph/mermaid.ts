// operator/domain/workflow/graph/mermaid.ts — a graph → the text of a Mermaid flowchart.
import type { Graph, GraphNode, NodeKind } from './model.ts';
import { linesOf, LOOKS, shorten } from './signs.ts';

const SHAPES: Readonly<Record<NodeKind, readonly [open: string, close: string]>> = {
  task: ['["', '"]'],
  join: ['{{"', '"}}'],
  command: ['(["', '"])'],
  workflow: ['[["', '"]]'],
};

/** Statuses are classes with a coloured border alone: ground and text stay the theme's. */
export function mermaidOf({ nodes, edges }: Graph): string {
  const ids = new Map(nodes.map(({ id }, i) => [id, `n${i}`]));
  const shown = edges.flatMap(({ from, to, label }) => {
    const [a, b] = [ids.get(from), ids.get(to)];
    if (a === undefined || b === undefined) return [];
    return [`  ${a} -->${label === undefined || label === '' ? '' : `|"${escaped(shorten(oneLine(label)))}"|`} ${b}`];
  });
  const used = new Set(nodes.flatMap(({ status }) => (status === undefined ? [] : [status])));
  const classes = [...used].map((status) => `  classDef ${status} stroke:${LOOKS[status].light},stroke-width:2px`);
  return `${['flowchart TD', ...nodes.map((node, i) => nodeLine(node, i)), ...shown, ...classes].join('\n')}\n`;
}

function nodeLine(node: GraphNode, index: number): string {
  const [open, close] = SHAPES[node.kind];
  const text = linesOf(node).map(escaped).join('<br/>');
  return `  n${index}${open}${text}${close}${node.status === undefined ? '' : `:::${node.status}`}`;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** Every sign that Mermaid could take for its own becomes its number. */
const escaped = (text: string): string =>
  text.replaceAll(/[^\p{L}\p{N}\p{So}\p{Pd} _.,:/…‖×⊘]/gu, (sign) => `#${sign.codePointAt(0)};`);
