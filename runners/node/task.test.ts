// runners/node/task.test.ts — the check by hand refuses what the schema refuses, and the copied constants are the operator's.
import { expect, test } from 'vitest';
import { secretMark, Task } from '../../operator/api/envelope.ts';
import { RESULT_MAX_BYTES } from '../../operator/api/execution.ts';
import * as limits from './limits.ts';
import { readTask, UnreadableTask } from './task.ts';

const task: Task = {
  version: 1,
  execution: { namespace: 'default', name: 'e-1', uid: 'u-1' },
  attempt: 2,
  action: 'core.local',
  runner: 'local-shell-cmd',
  command: 'date',
  arguments: [],
  environment: { A: 'b' },
  sudo: false,
  secrets: [],
  timeoutSeconds: 60,
  deliverySeconds: 1800,
};

const read = (value: unknown): Task => readTask({ SQUALL_TASK: JSON.stringify(value) });

test('a task of the schema is read as it is', () => {
  expect(read(task)).toEqual(Task.parse(task));
});

test.each(Object.keys(Task.shape))('a task whose field %s has another type is refused by both', (field) => {
  const broken = { ...task, [field]: { no: 1 } };
  expect(Task.safeParse(broken).success).toBe(false);
  expect(() => read(broken)).toThrow(UnreadableTask);
});

const python = {
  ...task,
  runner: 'python-script',
  entryPoint: 'actions/x.py',
  content: { pack: 'p', files: `sha256:${'0'.repeat(64)}`, config: { a: [1] } },
  python: { parameters: { a: null }, types: { a: 'number' }, user: 'ann', logLevel: 'DEBUG' },
} as const satisfies Task;

test('a task of the Python runner is read as it is', () => {
  expect(read(python)).toEqual(Task.parse(python));
});

test.each([
  ['a digest', { content: { ...python.content, files: 'sha256:0' } }],
  ['a configuration', { content: { pack: 'p', config: [] } }],
  ['a type', { python: { ...python.python, types: { a: 'float' } } }],
  ['a log level', { python: { ...python.python, logLevel: 'LOUD' } }],
])('%s that is none is refused by both', (_, change) => {
  expect(Task.safeParse({ ...python, ...change }).success).toBe(false);
  expect(() => read({ ...python, ...change })).toThrow(UnreadableTask);
});

test.each(['content', 'python'])('the Python runner needs %s', (field) => {
  expect(() => read({ ...python, [field]: undefined })).toThrow(`task.${field} is missing`);
});

test.each([
  ['python-script', 'python'],
  ['node-script', 'node'],
])('the runner %s needs a file or a script, and what its function is called with', (runner, field) => {
  const { python: call, entryPoint: _, ...rest } = python;
  const inline = { ...rest, runner, script: 'x', [field]: call };
  expect(read(inline)).toEqual(Task.parse(inline));
  expect(() => read({ ...inline, script: undefined })).toThrow('task.script is missing');
  expect(() => read({ ...inline, [field]: undefined })).toThrow(`task.${field} is missing`);
});

test('numbers of parameters keep their digits', () => {
  const text = JSON.stringify(python).replace(
    '"parameters":{"a":null}',
    '"parameters":{"a":[12345678901234567890,1.0]}',
  );
  const read = readTask({ SQUALL_TASK: text });
  expect(JSON.stringify(read.python?.parameters)).toBe('{"a":[12345678901234567890,1.0]}');
});

test.each(['command', 'script', 'directory'])('%s is optional in both', (field) => {
  const runner = field === 'command' ? 'local-shell-script' : 'local-shell-cmd';
  const without = { ...task, runner, script: 'date', [field]: undefined };
  expect(Task.safeParse(without).success).toBe(true);
  expect(read(without).runner).toBe(runner);
});

test.each([
  ['no variable', {}, 'SQUALL_TASK is not set', undefined],
  ['a lost piece', { SQUALL_TASK: '{"version":1,' }, 'SQUALL_TASK_<n>', undefined],
  ['a newer version', { SQUALL_TASK: '{"version":2,"attempt":3}' }, "image of the operator's release", 3],
  ['no command', { SQUALL_TASK: JSON.stringify({ ...task, command: undefined }) }, 'task.command', 2],
])('%s is said in words, with the attempt when it is known', (_, env, words, attempt) => {
  const error = (() => {
    try {
      return readTask(env);
    } catch (thrown) {
      return thrown as UnreadableTask;
    }
  })();
  expect(error).toMatchObject({ message: expect.stringContaining(words), attempt });
});

test('the copied constants are those of the operator', () => {
  expect(limits.RESULT_MAX_BYTES).toBe(RESULT_MAX_BYTES);
  expect(`x${secretMark('p.1')}y`.replace(limits.SECRET_MARK, '<$1>')).toBe('x<p.1>y');
});
