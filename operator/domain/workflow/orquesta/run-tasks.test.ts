// operator/domain/workflow/orquesta/run-tasks.test.ts — what a run shows of its tasks: to expressions, and to people.
import { describe, expect, test } from 'vitest';
import type { Child } from '../engine.ts';
import { ended, outside, RETRY, runOf, START } from './run.setup.ts';

describe('task(x)', () => {
  const definition = `
version: 1.0
tasks:
  each: {with: '<% [1, 2] %>', action: core.noop, next: [{do: after}]}
  after: {action: core.noop, next: [{do: last}]}
  last: {action: core.echo, input: {each: <% task(each) %>, after: <% task(after) %>}}
`;

  test('shows what StackStorm records of a task', () => {
    const run = runOf(definition, {}, { st2: { workflow_execution_id: 'w7' } });
    run.advance(START, outside);
    run.advance(ended('each/0/0/0', 'succeeded', 'x'), outside);
    run.advance(ended('each/0/0/1', 'succeeded', 'y'), { ...outside, nowMs: outside.nowMs + 1500 });
    const { children } = run.advance(
      { is: 'child', key: 'after/0/0', status: 'succeeded', result: { n: 2 }, endedAtMs: outside.nowMs + 2000 },
      outside,
    );
    expect((children[0] as Child).input).toEqual({
      each: {
        task_execution_id: 'each/0/0',
        workflow_execution_id: 'w7',
        task_name: 'each',
        task_id: 'each',
        route: 0,
        result: {
          items: [
            { status: 'succeeded', result: 'x' },
            { status: 'succeeded', result: 'y' },
          ],
        },
        status: 'succeeded',
        start_timestamp: '2024-01-01 00:00:00+00:00',
        end_timestamp: '2024-01-01 00:00:01.500000+00:00',
      },
      after: expect.objectContaining({
        result: { n: 2 },
        start_timestamp: '2024-01-01 00:00:01.500000+00:00',
        end_timestamp: '2024-01-01 00:00:02+00:00',
      }),
    });
  });
});

test('people are shown each task with its children', () => {
  const run = runOf(RETRY);
  for (const entry of [START, ended('t/0/0', 'failed'), ended('t/0/1')]) run.advance(entry, outside);
  expect(run.tasks()).toEqual([{ task: 't', children: ['t/0/0', 't/0/1'], status: 'succeeded' }]);
});
