// operator/domain/workflow/action-chain/failure.test.ts
import { describe, expect, test } from 'vitest';
import { Play, type Scene } from './play.setup.ts';

describe('what goes wrong', () => {
  const failing = (text: string, scene: Scene = {}) => new Play(text, scene).start();

  test('variables that cannot be rendered', () => {
    const play = failing("vars: {v: '{{ nope }}'}\nchain: [{name: a, ref: x.y}]");
    expect(play.last).toEqual({ status: 'failed', children: [], tell: [] });
    expect(play.result).toEqual({
      tasks: [],
      published: {},
      error: "Failed initializing ``vars`` in chain.. 'nope' is undefined",
      traceback:
        'Traceback (most recent call last):\n  File "chains/c.yaml", line 1, in vars.v\nUndefinedError: \'nope\' is undefined\n',
    });
  });

  test('parameters that cannot be rendered end the chain, whatever on-failure says', () => {
    const play = failing(
      "chain: [{name: a, ref: x.y, params: {k: 1, p: '{{ nope }}'}, on-failure: b}, {name: b, ref: x.y}]",
    );
    expect([play.last.status, play.last.children]).toEqual(['failed', []]);
    expect(play.result).toMatchObject({
      tasks: [],
      error: `Failed to run task "a". Parameter rendering failed.. Failed rendering value for action parameter "p" in task "a" (template string={{ nope }}): 'nope' is undefined`,
    });
  });

  test('publishing that goes wrong leaves nothing but the error', () => {
    const play = failing("chain: [{name: a, ref: x.y, publish: {p: '{{ nope }}'}}]").ends('a/1');
    expect(play.last.status).toBe('failed');
    expect(Object.keys(play.result)).toEqual(['error', 'traceback']);
  });

  test('an action that is not there ends the chain, whatever on-failure says', () => {
    const play = failing('chain: [{name: a, ref: x.y, on-failure: b}, {name: b, ref: x.y}]');
    play.tell({ is: 'refused', key: 'a/1', reason: 'unknown', error: 'Unable to find action "x.y".' });
    expect(play.last).toEqual({ status: 'failed', children: [], tell: [] });
    expect(play.result).toMatchObject({
      tasks: [],
      error: `Failed to run task "a". Action with reference "x.y" doesn't exist.. Task :: a - Action with ref x.y not registered.`,
    });
    expect(play.run.tasks()).toMatchObject([{ task: 'a', status: 'failed' }]);
  });

  test('a parameter that cannot be cast breaks the chain off, whatever on-failure says', () => {
    const play = failing('chain: [{name: a, ref: x.y, params: {n: x}, on-failure: b}, {name: b, ref: x.y}]');
    play.tell({ is: 'refused', key: 'a/1', reason: 'uncast', error: 'parameters.n: Failed to cast value' });
    expect(play.last).toEqual({ status: 'failed', children: [], tell: [] });
    expect(play.result).toEqual({
      error: 'parameters.n: Failed to cast value',
      traceback: expect.stringContaining('in chain[0].params') as string,
    });
  });

  test('the result names the Executions', () => {
    const settings = { executionOf: (key: string, task: string) => `w-${task}-${key.length}` };
    const play = failing('chain: [{name: a, ref: x.y}]', { settings }).ends('a/1');
    expect(play.result['tasks']).toMatchObject([{ execution_id: 'w-a-3', liveaction_id: 'w-a-3' }]);
  });

  test('a task without an action', () => {
    const play = failing('chain: [{name: a, ref: x.y, on-success: b}, {name: b}]').ends('a/1');
    expect(play.result['error']).toMatch('Action with reference "None" doesn\'t exist.');
    expect(play.states).toEqual(['a: succeeded']);
  });

  test.each([
    [
      'a reference that is a list',
      '{name: b, ref: [x, y]}',
      "Failed to run task \"b\". Action with reference \"['x', 'y']\" doesn't exist.",
    ],
    [
      'parameters that are a list',
      '{name: b, ref: x.y, params: [1]}',
      "(template string=None): 'list' object has no attribute 'items'",
    ],
    [
      'a publish that is a text',
      '{name: b, ref: x.y, publish: t}',
      "(template string=None): 'str' object has no attribute 'items'",
    ],
  ])('%s', (_, second, message) => {
    const play = failing(`chain: [{name: a, ref: x.y, on-success: b}, ${second}]`).ends('a/1').ends('b/1');
    expect([play.last.status, play.result['error']]).toEqual(['failed', expect.stringContaining(message)]);
  });

  test('a child that nobody can make is a task that failed', () => {
    const play = failing(
      'chain: [{name: a, ref: x.y, on-failure: b}, {name: b, ref: x.y, params: {p: "{{ a.error }}"}}]',
    );
    play.tell({ is: 'refused', key: 'a/1', error: "'q' is a required property" });
    expect(play.child?.input).toEqual({ p: `Failed running task "a".. 'q' is a required property` });
    expect(play.result['tasks']).toMatchObject([{ state: 'failed', execution_id: null, liveaction_id: null }]);
  });

  test('a way that is a template leads nowhere', () => {
    const play = failing("chain: [{name: a, ref: x.y, on-success: '{{ b }}', publish: {v: 1}}]").ends('a/1');
    expect(play.last.status).toBe('failed');
    expect(play.result).toMatchObject({
      error: 'Failed to get next node "a".. Unable to find node with name "{{ b }}".',
      published: { v: 1 },
    });
    expect(play.states).toEqual(['a: succeeded']);
  });

  test('a definition with faults ends at its start with the first of them', () => {
    const play = failing('chain: []');
    expect(play.last.status).toBe('failed');
    expect(play.result['error']).toBe('Failed to find default node in c.');
  });

  test('a template that takes too much', () => {
    const play = failing(
      "chain: [{name: a, ref: x.y, params: {p: '{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}'}}]",
    );
    expect(play.result['error']).toMatch('more than 250000 steps');
  });
});
