// operator/domain/workflow/orquesta/compose.test.ts — the graph of a definition: splits, joins, retries, edges.
import { expect, test } from 'vitest';
import { compose } from './compose.ts';
import { inspect } from './inspect.ts';
import type { Graph } from './model.ts';

function graphOf(definition: string): Graph {
  const { workflow } = inspect(definition);
  if (!workflow) throw new Error('the definition is refused');
  return compose(workflow);
}

const edges = (graph: Graph) =>
  [...graph.nodes.values()].flatMap(({ out }) => out.map((e) => `${e.source} -${e.key}/${e.ref}-> ${e.target}`));

test('edges are told apart by condition and place; the same one twice is one', () => {
  const graph = graphOf(`
tasks:
  a:
    next:
      - when: <% succeeded() %>
        do: "b, b"
      - when: <% failed() %>
        do: [b, noop]
  b: {action: core.noop}
`);
  expect(edges(graph)).toEqual(['a -0/0-> b', 'a -1/1-> b', 'a -0/1-> noop']);
  expect(graph.nodes.get('b')?.in.map(({ key }) => key)).toEqual([0, 1]);
  expect(graph.nodes.get('b')).toMatchObject({ isSplit: true, splits: ['b'], inCycle: false });
  expect(graph.roots).toEqual(['a']);
});

test('splits are listed from the outermost in, and end at no join', () => {
  const graph = graphOf(`
tasks:
  a: {next: [{do: [b, c]}]}
  b: {next: [{do: s}]}
  c: {next: [{do: s}]}
  s: {next: [{do: [d, e]}]}
  d: {next: [{do: j}]}
  e: {next: [{do: j}]}
  j: {join: all, next: [{do: k}]}
  k: {join: 2}
`);
  const splits = [...graph.nodes.values()].map(({ id, splits: s, barrier }) => [id, s, barrier]);
  expect(splits.slice(0, 3)).toEqual([
    ['a', undefined, undefined],
    ['b', undefined, undefined],
    ['c', undefined, undefined],
  ]);
  expect(splits.slice(3)).toEqual([
    ['s', ['s'], undefined],
    ['d', ['s'], undefined],
    ['e', ['s'], undefined],
    ['j', ['s'], '*'],
    ['k', ['s'], 2],
  ]);
});

test('a task of a cycle is no split; engine commands are nodes', () => {
  const graph = graphOf(`
tasks:
  a: {next: [{do: b}]}
  b: {next: [{when: <% failed() %>, do: b}, {do: c}]}
  c: {next: [{do: b}, {publish: x=1}]}
`);
  expect([...graph.nodes.keys()]).toEqual(['a', 'b', 'c', 'continue']);
  expect([...graph.nodes.values()].map(({ inCycle }) => inCycle)).toEqual([false, true, true, false]);
  expect(graph.nodes.get('b')).toMatchObject({ isSplit: true, splits: undefined });
});

test.each([
  ['do: retry', { when: '<% completed() %>', count: 3, delay: undefined }],
  ['{when: <% failed() %>, do: "noop, retry"}', { when: '<% failed() %>', count: 3, delay: undefined }],
  ['do: noop', { when: undefined, count: '<% ctx().n %>', delay: 1 }],
])('retry with %s', (transition, expected) => {
  const next = transition.startsWith('{') ? transition : `{${transition}}`;
  const graph = graphOf(`tasks: {a: {retry: {count: <% ctx().n %>, delay: 1}, next: [${next}]}}`);
  expect(graph.nodes.get('a')?.retry).toEqual(expected);
  expect(graph.nodes.has('retry')).toBe(false);
});

/** Each rung leads to both ends of the next: the ways double with every rung, and the work must not. */
const ladder = (rungs: number, join: string) =>
  `tasks:\n${Array.from(
    { length: rungs },
    (_, i) =>
      `  x${i}: {${join}next: [{do: [x${i + 1}, y${i + 1}]}]}\n  y${i}: {${join}next: [{do: [x${i + 1}, y${i + 1}]}]}\n`,
  ).join('')}  x${rungs}: {action: a.b}\n  y${rungs}: {action: a.b}\n`;

test.each([
  ['splits', ''],
  ['joins', 'join: all, '],
])('a ladder of %s is composed', (_, join) => {
  const graph = graphOf(ladder(60, join));
  expect(graph.nodes.size).toBe(122);
  expect(graph.nodes.get('x60')?.in).toHaveLength(2);
});
