// operator/domain/notify/handed-on.test.ts — which tasks of a workflow its notify is handed on to, by engine.
import { expect, test } from 'vitest';
import { notifyFault, notifyOfTask, parseTaskNotify } from './handed-on.ts';

const notify = { 'on-complete': { routes: ['r'] } };

test('orquesta tells of the tasks that its parameter names', () => {
  const told = { engine: 'orquesta', parameters: { notify: ['a'] }, notify } as const;
  expect(notifyOfTask(told, 'a')).toBe(notify);
  expect(notifyOfTask(told, 'b')).toBeUndefined();
  expect(notifyOfTask({ ...told, parameters: {} }, 'a')).toBeUndefined();
  expect(notifyOfTask({ ...told, notify: undefined }, 'a')).toBeUndefined();
});

test('mistral tells of all but those that are skipped; chains do it themselves', () => {
  const told = { engine: 'mistral', parameters: { skip_notify: ['a'] }, notify } as const;
  expect(notifyOfTask(told, 'a')).toBeUndefined();
  expect(notifyOfTask(told, 'b')).toBe(notify);
  expect(notifyOfTask({ ...told, engine: 'action-chain' }, 'b')).toBeUndefined();
});

test('an orquesta workflow has the tasks that it is to tell of', () => {
  const definition = { tasks: { a: {}, b: {} } };
  expect(notifyFault('orquesta', { notify: ['a', 'b'] }, definition)).toBeUndefined();
  expect(notifyFault('orquesta', { notify: ['c', 'a', 'toString'] }, definition)).toBe(
    'The following tasks in the notify parameter do not exist in the workflow definition: c, toString.',
  );
  expect(notifyFault('action-chain', { notify: ['c'] }, definition)).toBeUndefined();
});

test("a task's notify that does not fit is a fault, and none is none", () => {
  expect(parseTaskNotify(undefined)).toEqual({ notify: undefined });
  expect(parseTaskNotify(notify)).toEqual({ notify });
  expect(parseTaskNotify({ 'on-complete': { routes: 'r' } })).toEqual({ fault: expect.stringContaining('routes') });
});
