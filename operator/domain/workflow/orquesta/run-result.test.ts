// operator/domain/workflow/orquesta/run-result.test.ts — the result of a run: its output, what failed, and the moment that counts.
import { describe, expect, test } from 'vitest';
import { ask, ended, ITEMS, now, PARALLEL, resultOf, RETRY, SEQUENCE } from './run.setup.ts';

const FAIL_AND_GO = `
version: 1.0
vars: [{said: 1}]
tasks:
  a: {action: core.local, next: [{do: fail}, {publish: [{said: 2}], do: b}]}
  b: {action: core.local}
output: [{said: <% ctx(said) %>}]
`;

describe('the result', () => {
  test('is the output', () => {
    expect(resultOf(SEQUENCE, { who: 'me' }, ended('first/0/0'), ended('second/0/0'))).toEqual({ output: { said: 1 } });
  });

  test('has no output yet while it runs, and none when there is nothing to say', () => {
    expect(resultOf(SEQUENCE, { who: 'me' })).toEqual({ output: null });
    expect(resultOf(RETRY, {}, ended('t/0/0'))).toEqual({ output: null });
  });

  test('has the results of items in their order', () => {
    const entries = [
      ended('each/0/0/1', 'succeeded', 'two'),
      ended('each/0/0/0', 'succeeded', 'one'),
      ended('done/0/0'),
    ];
    expect(resultOf(ITEMS, { xs: [1, 2] }, ...entries)).toEqual({ output: { all: ['one', 'two'] } });
  });

  test('tells what failed, and what of the output could be rendered', () => {
    expect(resultOf(PARALLEL, {}, ended('a/0/0', 'failed', { stderr: 'no' }))).toEqual({
      output: null,
      errors: [
        {
          type: 'error',
          message: 'Execution failed. See result for details.',
          task_id: 'a',
          result: { stderr: 'no' },
        },
      ],
    });
  });

  test.each([
    ['no such action', 'ActionExecutionException: no such action'],
    ['ParamException: "x" is unknown', 'ParamException: "x" is unknown'],
  ])('tells why a child could not be made: %s', (error, message) => {
    expect(resultOf(PARALLEL, {}, { is: 'refused', key: 'b/0/0', error })).toEqual({
      output: null,
      errors: [{ type: 'error', message, task_id: 'b', route: 0 }],
    });
  });

  test.each([
    ['action: <% ctx().x %>', 'InvalidActionReferencedException: Unable to find action "5".'],
    ['{action: core.noop, input: <% ctx().x %>}', 'TypeError: The input of task "t" is not an object.'],
    [
      '{action: core.noop, retry: {count: <% ctx().y %>}}',
      'ValueError: The retry count for task "t" is not an integer.',
    ],
  ])('tells what is wrong with a task: %s', (task, message) => {
    const body = task.startsWith('{') ? task : `{${task}}`;
    const definition = `version: 1.0\nvars: [{x: 5}, {y: many}]\ntasks:\n  t: ${body}\n`;
    expect(resultOf(definition, {})).toEqual({
      output: null,
      errors: [{ type: 'error', message, task_id: 't', route: 0 }],
    });
  });

  test('is that of the moment at which the workflow failed', () => {
    expect(resultOf(FAIL_AND_GO, {}, ended('a/0/0'), ended('b/0/0'))).toEqual({
      output: { said: 1 },
      errors: [{ type: 'error', message: 'Execution failed. See result for details.', task_id: 'fail' }],
    });
  });

  test('tells of nothing but what failed when a child goes on too late', () => {
    const entries = [now('a/0/0', 'paused'), ended('b/0/0', 'failed', null), now('a/0/0', 'running'), ended('a/0/0')];
    expect(resultOf(PARALLEL, {}, ...entries)['errors']).toHaveLength(1);
  });

  test('of a start that failed stays as it is, whatever is asked of it', () => {
    const definition = 'version: 1.0\nvars: [{x: <% 1/0 %>}]\ntasks: {t: {action: core.noop}}\noutput: [{o: 1}]\n';
    expect(resultOf(definition, {}, ask('cancel'))).toEqual(resultOf(definition, {}));
  });

  test('of expressions that fail at the start has nothing else', () => {
    const definition = 'version: 1.0\nvars: [{x: <% 1/0 %>}]\ntasks: {t: {action: core.noop}}\noutput: [{o: 1}]\n';
    const { output, errors } = resultOf(definition, {}) as unknown as {
      output: unknown;
      errors: { message: string }[];
    };
    expect(output).toBe(null);
    expect(errors[0]?.message).toContain('ZeroDivisionError');
  });
});
