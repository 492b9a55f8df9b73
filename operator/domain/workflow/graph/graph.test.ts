// operator/domain/workflow/graph/graph.test.ts
import { describe, expect, test } from 'vitest';
import type { Area } from './labels.ts';
import { layOut } from './layout.ts';
import { rowsOf } from './layers.ts';
import { mermaidOf } from './mermaid.ts';
import { type Graph, type GraphEdge, type GraphNode, nodeStatus, withRun } from './model.ts';
import { svgOf } from './svg.ts';

/** `a>b` are edges, in a text; `a>b:when` one with a label. */
function graph(text: string, nodes: Partial<Record<string, Partial<GraphNode>>> = {}): Graph {
  const edges = text.split(' ').map((part): GraphEdge => {
    const [, from = '', to = '', label] = /^(\w+)>(\w+)(?::(.*))?$/.exec(part) ?? [];
    return label === undefined ? { from, to } : { from, to, label };
  });
  const ids = [...new Set(edges.flatMap(({ from, to }) => [from, to]))];
  return { edges, nodes: ids.map((id) => ({ id, label: id, kind: 'task', ...nodes[id] })) };
}

const rowsIn = (g: Graph) =>
  rowsOf(g).rows.map((row) => row.map(({ node }) => (node === undefined ? '|' : g.nodes[node]?.id)).join(' '));

describe('rows', () => {
  test.each([
    ['a>b b>c', ['a', 'b', 'c']],
    ['a>b a>c b>d c>d', ['a', 'b c', 'd']],
    ['a>b b>c a>c', ['a', 'b |', 'c']],
    ['a>b b>a', ['a', 'b']],
    ['a>b b>c c>b c>d', ['a', 'b', 'c', 'd']],
    ['a>a a>b', ['a', 'b']],
  ])('%s', (edges, rows) => {
    expect(rowsIn(graph(edges))).toEqual(rows);
  });

  test('the edge that closes a loop leads up, one to itself is a loop', () => {
    const { strands, loops } = rowsOf(graph('a>b b>c c>b c>c'));
    expect(strands.map(({ isReversed }) => isReversed)).toEqual([false, false, true]);
    expect(loops).toEqual([{ edge: 3, node: 2 }]);
  });

  test('edges to nowhere are left out', () => {
    expect(rowsOf({ nodes: [{ id: 'a', label: 'a', kind: 'task' }], edges: [{ from: 'a', to: 'z' }] }).strands).toEqual(
      [],
    );
  });
});

describe('layout', () => {
  const g = graph('a>b a>c a>d b>e c>e d>e e>f a>f f>b c>c');

  test('no two boxes touch, and all are in the picture', () => {
    const { boxes, left, width, height } = layOut(g);
    expect(boxes).toHaveLength(6);
    for (const [i, one] of boxes.entries()) {
      expect(one.x - one.width / 2).toBeGreaterThanOrEqual(left);
      expect(one.x + one.width / 2).toBeLessThanOrEqual(left + width);
      expect(one.y + one.height / 2).toBeLessThanOrEqual(height);
      for (const other of boxes.slice(i + 1)) {
        const isApart =
          Math.abs(one.x - other.x) >= (one.width + other.width) / 2 ||
          Math.abs(one.y - other.y) >= (one.height + other.height) / 2;
        expect(isApart).toBe(true);
      }
    }
  });

  test('what leads on stands above, what loops back leads up', () => {
    const { boxes, curves } = layOut(graph('a>b b>c c>a'));
    expect(boxes.map(({ y }) => y)).toEqual(boxes.map(({ y }) => y).toSorted((p, q) => p - q));
    const [first, last] = [curves[2]?.points[0], curves[2]?.points.at(-1)];
    expect(first?.y).toBeGreaterThan(last?.y ?? Number.NaN);
  });

  test('a parent stands over the middle of its children', () => {
    const [a, b, c] = layOut(graph('a>b a>c')).boxes;
    expect(a?.x).toBeCloseTo(((b?.x ?? 0) + (c?.x ?? 0)) / 2);
  });

  test('the same graph gives the same picture', () => {
    expect(svgOf(g)).toBe(svgOf(structuredClone(g)));
  });

  test('nothing is a picture too', () => {
    expect(layOut({ nodes: [], edges: [] })).toMatchObject({ boxes: [], curves: [] });
  });

  test('large graphs, with many long edges', () => {
    const nodes = Array.from({ length: 1500 }, (_, i): GraphNode => ({ id: `t${i}`, label: `t${i}`, kind: 'task' }));
    const edges = nodes.slice(1).flatMap(({ id }, i) => [
      { from: `t${i}`, to: id },
      { from: `t${i}`, to: 't1499' },
    ]);
    expect(layOut({ nodes, edges }).boxes).toHaveLength(1500);
  });
});

const shown = graph('a>b:on-success a>c a>z', {
  a: { label: 'a\ncore.local', status: 'succeeded' },
  b: { label: 'say "hi" <b> & [x];%%', status: 'failed', kind: 'join' },
  c: { label: 'fail', kind: 'command' },
  z: { kind: 'workflow', status: 'running' },
});

describe('Mermaid', () => {
  test('nodes, edges and the colours of what is there', () => {
    expect(mermaidOf(shown)).toBe(`flowchart TD
  n0["✓ a<br/>core.local"]:::succeeded
  n1{{"✗ say #34;hi#34; #60;b#62; #38; #91;x#93;#59;#37;#37;"}}:::failed
  n2(["fail"])
  n3[["▶ z"]]:::running
  n0 -->|"on-success"| n1
  n0 --> n2
  n0 --> n3
  classDef succeeded stroke:#1a7f37,stroke-width:2px
  classDef failed stroke:#cf222e,stroke-width:2px
  classDef running stroke:#0969da,stroke-width:2px
`);
  });

  test('long conditions are cut, line breaks in them are blanks', () => {
    const text = mermaidOf(graph(`a>b:${'x'.repeat(60)}`));
    expect(text).toContain(`|"${'x'.repeat(47)}…"|`);
    expect(mermaidOf({ ...graph('a>b'), edges: [{ from: 'a', to: 'b', label: 'p\n q' }] })).toContain('|"p q"|');
  });
});

describe('SVG', () => {
  const svg = svgOf(shown, 'p.flow <1>');

  test('every node has its name, its sign and its status as a class', () => {
    expect(svg).toContain('<g class="node task succeeded"><title>a\ncore.local: succeeded</title>');
    expect(svg).toContain('<tspan class="sign">✓</tspan> a</text>');
    expect(svg).toContain('<g class="node command"><title>fail</title>');
    expect(svg.match(/<path class="edge"/g)).toHaveLength(3);
    expect(svg).toContain('>on-success</text>');
  });

  test('no text is taken for markup', () => {
    expect(svg).toContain('aria-label="p.flow &lt;1&gt;"');
    expect(svg).toContain('say &quot;hi&quot; &lt;b&gt; &amp; [x];%%');
    expect(svgOf(graph('a>b', { a: { label: 'x\u0001\ud800' } }))).toContain('x?\ufffd');
  });

  test('conditions of edges side by side stand one above the other', () => {
    const long = 'x'.repeat(28);
    const { curves, boxes } = layOut(graph(`a>b:${long} a>c:${long} a>d:${long} a>a:${long}`));
    const labels = curves.flatMap(({ label }) => (label ? [{ ...label.at, width: 180, height: 12 }] : []));
    expect(labels).toHaveLength(4);
    const isApart = (one: Area, other: Area): boolean =>
      one === other ||
      Math.abs(one.x - other.x) >= (one.width + other.width) / 2 ||
      Math.abs(one.y - other.y) >= (one.height + other.height) / 2;
    for (const one of labels) expect([...labels, ...boxes].every((other) => isApart(one, other))).toBe(true);
  });

  test('both grounds have their colours', () => {
    expect(svg).toMatch(/@media\(prefers-color-scheme:dark\)/);
  });
});

describe('a run', () => {
  test.each([
    ['timeout', 'failed'],
    ['timedOut', 'failed'],
    ['abandoned', 'failed'],
    ['pending', 'paused'],
    ['retrying', 'running'],
    ['SUCCESS', 'succeeded'],
    ['ERROR', 'failed'],
    ['constructor', 'waiting'],
  ])('%s is %s', (status, expected) => {
    expect(nodeStatus(status)).toBe(expected);
  });

  test('nodes have the status of their task and how often it ran; others wait', () => {
    const { nodes } = withRun(graph('a>b b>c'), [
      { task: 'a', status: 'succeeded', children: ['a/1', 'a/2'] },
      { task: 'b', status: 'timeout', children: ['b/1'] },
    ]);
    expect(nodes.map(({ label, status }) => [label, status])).toEqual([
      ['a\n×2', 'succeeded'],
      ['b', 'failed'],
      ['c', 'waiting'],
    ]);
  });
});
