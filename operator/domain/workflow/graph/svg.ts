// operator/domain/workflow/graph/svg.ts — a graph → an SVG that stands alone, on light ground and on dark.
import { type Box, type Curve, type Layout, layOut, LINE_HEIGHT, LOOP_WIDTH } from './layout.ts';
import type { Graph, NodeKind } from './model.ts';
import { LOOKS } from './signs.ts';

/** Radius of corners; that of a command is half of its height. */
const CORNERS: Readonly<Record<NodeKind, number>> = { task: 6, join: 0, command: 100, workflow: 6 };

const inks = (ground: 'light' | 'dark'): string =>
  Object.entries(LOOKS)
    .map(([status, look]) => `.${status}{--ink:${look[ground]}}`)
    .join('');

const STYLE = `svg{--ground:#fff;--box:#f6f8fa;--text:#1f2328;--line:#818b98;--ink:#818b98}${inks('light')}
@media(prefers-color-scheme:dark){svg{--ground:#0d1117;--box:#161b22;--text:#e6edf3;--line:#7d8590;--ink:#7d8590}${inks('dark')}}
.ground{fill:var(--ground)}.box{fill:var(--box);stroke:var(--ink);stroke-width:1.5}.waiting .box,.skipped .box{stroke-dasharray:4 3}
text{font:13px ui-sans-serif,system-ui,sans-serif;fill:var(--text);text-anchor:middle}.name{font-weight:600}.more{font-size:11px;opacity:.75}
.sign{fill:var(--ink)}.edge{fill:none;stroke:var(--line);stroke-width:1.3}.tip{fill:var(--line)}
.label{font-size:11px;paint-order:stroke;stroke:var(--ground);stroke-width:4px;stroke-linejoin:round}`;

export function svgOf(graph: Graph, title = 'workflow'): string {
  const layout = layOut(graph);
  const [left, width, height] = [Math.floor(layout.left), Math.ceil(layout.width), Math.ceil(layout.height)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${left} 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>',
    `<rect class="ground" x="${left}" width="${width}" height="${height}" rx="8"/>`,
    ...drawn(layout),
    '</svg>\n',
  ].join('\n');
}

/** Labels come last, so that no line goes through them. */
const drawn = ({ boxes, curves }: Layout): string[] => [
  ...curves.map((curve) => `<path class="edge" marker-end="url(#tip)" d="${pathOf(curve)}"/>`),
  ...boxes.map(boxText),
  ...curves.flatMap(({ label }) =>
    label ? [`<text class="label" x="${n(label.at.x)}" y="${n(label.at.y + 4)}">${escaped(label.text)}</text>`] : [],
  ),
];

/** Curves leave and reach straight down, or straight up. */
function pathOf({ points, isLoop }: Curve): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let path = `M${n(first.x)} ${n(first.y)}`;
  let from = first;
  for (const to of rest) {
    const middle = (from.y + to.y) / 2;
    const bend = from.x + LOOP_WIDTH;
    path += isLoop
      ? `C${n(bend)} ${n(from.y - 14)} ${n(bend)} ${n(to.y + 14)} ${n(to.x)} ${n(to.y)}`
      : `C${n(from.x)} ${n(middle)} ${n(to.x)} ${n(middle)} ${n(to.x)} ${n(to.y)}`;
    from = to;
  }
  return path;
}

function boxText({ x, y, width, height, lines, node }: Box): string {
  const status = node.status === undefined ? '' : `: ${node.status}`;
  const top = y - ((lines.length - 1) * LINE_HEIGHT) / 2 + 4.5;
  const texts = lines.map((line, i) => {
    const text = i === 0 && node.status !== undefined ? withSign(line) : escaped(line);
    return `<text class="${i === 0 ? 'name' : 'more'}" x="${n(x)}" y="${n(top + i * LINE_HEIGHT)}">${text}</text>`;
  });
  const title = `<title>${escaped(`${node.label}${status}`)}</title>`;
  return `<g class="node ${node.kind}${node.status === undefined ? '' : ` ${node.status}`}">${title}${shapeOf({ x, y, width, height }, node.kind)}${texts.join('')}</g>`;
}

/** The sign before the name has the colour of the status. */
function withSign(line: string): string {
  const at = line.indexOf(' ');
  return `<tspan class="sign">${escaped(line.slice(0, at))}</tspan>${escaped(line.slice(at))}`;
}

function shapeOf({ x, y, width, height }: Pick<Box, 'x' | 'y' | 'width' | 'height'>, kind: NodeKind): string {
  const [left, top] = [x - width / 2, y - height / 2];
  if (kind === 'join') {
    const cut = 9;
    const points = [
      [left + cut, top],
      [left + width - cut, top],
      [left + width, y],
      [left + width - cut, top + height],
      [left + cut, top + height],
      [left, y],
    ];
    return `<polygon class="box" points="${points.map(([a = 0, b = 0]) => `${n(a)},${n(b)}`).join(' ')}"/>`;
  }
  const rect = (inset: number) =>
    `<rect class="box" x="${n(left + inset)}" y="${n(top)}" width="${n(width - 2 * inset)}" height="${n(height)}" rx="${Math.min(CORNERS[kind], height / 2)}"/>`;
  return kind === 'workflow' ? rect(0) + rect(5) : rect(0);
}

const n = (value: number): string => String(Math.round(value * 10) / 10);

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text of XML; what XML does not have at all becomes a question mark. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex -- XML forbids them
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '?')
    .replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
