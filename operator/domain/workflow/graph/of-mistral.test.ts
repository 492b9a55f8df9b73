// operator/domain/workflow/graph/of-mistral.test.ts — what of a workflow of Mistral is drawn.
import { expect, test } from 'vitest';
import { parseMistral } from '../mistral/parse.ts';
import { mistralGraph } from './of-mistral.ts';

function drawn(text: string) {
  const { definition, findings } = parseMistral(text);
  const [workflow] = definition?.workflows.values() ?? [];
  if (!workflow) throw new Error(findings[0]?.message);
  return mistralGraph(workflow);
}

test('a direct workflow: tasks, joins, workflows, commands, and the ways by how a task ended', () => {
  const text = `
version: '2.0'
w:
  tasks:
    a:
      action: core.noop
      with-items: x in <% [1] %>
      on-success: [b, {c: <% $.x > 1 %>}]
      on-error: [fail]
      on-complete: [j]
    b: {on-success: j}
    c: {workflow: p.sub, retry: {count: 1, delay: 1}, on-success: j}
    j: {join: all, action: core.noop}
`;
  expect(drawn(text)).toEqual({
    nodes: [
      { id: 'a', label: 'a\ncore.noop\nwith x in <% [1] %>', kind: 'task' },
      { id: 'b', label: 'b', kind: 'task' },
      { id: 'c', label: 'c\np.sub\nretry', kind: 'workflow' },
      { id: 'j', label: 'j\ncore.noop\njoin all', kind: 'join' },
      { id: 'fail', label: 'fail', kind: 'command' },
    ],
    edges: [
      { from: 'a', to: 'b', label: 'on-success' },
      { from: 'a', to: 'c', label: 'on-success: $.x > 1' },
      { from: 'a', to: 'j', label: 'on-complete' },
      { from: 'a', to: 'fail', label: 'on-error' },
      { from: 'b', to: 'j', label: 'on-success' },
      { from: 'c', to: 'j', label: 'on-success' },
    ],
  });
});

test('a reverse workflow: the ways lead from what is required', () => {
  const text = "version: '2.0'\nw: {type: reverse, tasks: {a: {requires: [b]}, b: {action: core.noop}}}\n";
  expect(drawn(text).edges).toEqual([{ from: 'b', to: 'a', label: 'required' }]);
});
