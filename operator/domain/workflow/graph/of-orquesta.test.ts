// operator/domain/workflow/graph/of-orquesta.test.ts — what of a definition of Orquesta is drawn.
import { expect, test } from 'vitest';
import { inspect } from '../orquesta/inspect.ts';
import { orquestaGraph } from './of-orquesta.ts';

const TEXT = `
tasks:
  a:
    with: x in <% [1] %>
    action: core.noop
    next:
      - when: <% succeeded() and "%" != "" %>
        do: [b, c]
      - when: "{{ failed() }}"
        do: [fail, retry]
      - publish: x=1
  b: {next: [{do: j}]}
  c: {action: core.noop, retry: {count: 3}, next: [{do: [j, noop]}, {when: '<% failed() %> x <% 1 %>', do: j}]}
  j: {join: all, action: core.noop, next: [{do: continue}]}
`;

test('tasks with what they do, joins, commands, and the ways with their conditions', () => {
  const { workflow } = inspect(TEXT);
  if (!workflow) throw new Error('the definition is refused');
  expect(orquestaGraph(workflow)).toEqual({
    nodes: [
      { id: 'a', label: 'a\ncore.noop\nwith x in <% [1] %>', kind: 'task' },
      { id: 'b', label: 'b', kind: 'task' },
      { id: 'c', label: 'c\ncore.noop\nretry 3', kind: 'task' },
      { id: 'j', label: 'j\ncore.noop\njoin all', kind: 'join' },
      { id: 'fail', label: 'fail', kind: 'command' },
      { id: 'noop', label: 'noop', kind: 'command' },
    ],
    edges: [
      { from: 'a', to: 'b', label: 'succeeded() and "%" != ""' },
      { from: 'a', to: 'c', label: 'succeeded() and "%" != ""' },
      { from: 'a', to: 'fail', label: 'failed()' },
      { from: 'a', to: 'a', label: 'retry: failed()' },
      { from: 'b', to: 'j' },
      { from: 'c', to: 'j' },
      { from: 'c', to: 'noop' },
      { from: 'c', to: 'j', label: '<% failed() %> x <% 1 %>' },
    ],
  });
});
