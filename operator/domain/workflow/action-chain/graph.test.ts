// operator/domain/workflow/action-chain/graph.test.ts
import { expect, test } from 'vitest';
import { withRun } from '../graph/model.ts';
import { chainGraph } from './graph.ts';
import { Play } from './play.setup.ts';
import { readChain } from './read.ts';

const TEXT = `
chain:
  - {name: a, ref: x.a, on-success: b, on-failure: c}
  - {name: b, ref: x.b, on-success: '{{ nowhere }}'}
  - {name: c, ref: x.c, on-success: a}
  - {name: b, ref: x.other}
`;

test('a chain is drawn with its ways, and a run with how its tasks stand', () => {
  const { chain } = readChain({ definition: TEXT, file: 'f', name: 'c' });
  if (!chain) throw new Error('the chain cannot be read');
  const graph = chainGraph(chain);
  expect(graph.edges).toEqual([
    { from: 'a', to: 'b', label: 'on-success' },
    { from: 'a', to: 'c', label: 'on-failure' },
    { from: 'c', to: 'a', label: 'on-success' },
  ]);
  const play = new Play(TEXT).start().ends('a/1', 'failed').ends('c/1').ends('a/2', 'running');
  expect(withRun(graph, play.run.tasks()).nodes).toEqual([
    { id: 'a', label: 'a\nx.a\n×2', kind: 'task', status: 'running' },
    { id: 'b', label: 'b\nx.b', kind: 'task', status: 'waiting' },
    { id: 'c', label: 'c\nx.c', kind: 'task', status: 'succeeded' },
  ]);
});
