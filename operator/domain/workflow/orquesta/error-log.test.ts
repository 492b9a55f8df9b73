// operator/domain/workflow/orquesta/error-log.test.ts — each thing that went wrong is told once.
import { expect, test } from 'vitest';
import type { Value } from '../../expression/python/values.ts';
import { ErrorLog } from './error-log.ts';

test.each<[Value, Value, number]>([
  [{ a: 1, b: [2] }, { b: [2], a: 1 }, 1],
  [{ a: 1 }, { a: true }, 1], // as Python compares
  [{ a: 1 }, { a: '1' }, 2],
  [[1, 2], [2, 1], 2],
  [{}, [], 2],
  ['x', 'x', 1],
])('results %o and %o make %i entries', (one, other, count) => {
  const log = new ErrorLog();
  for (const result of [one, other]) log.add('failed', { task_id: 't' }, result);
  expect(log.entries).toHaveLength(count);
  expect(log.entries[0]).toEqual({ type: 'error', message: 'failed', task_id: 't', result: one });
});

test('the nearest name does not make another error of it', () => {
  const log = new ErrorLog();
  log.addFault({ type: 'E', message: 'no "x". Did you mean "y"?' });
  log.addFault({ type: 'E', message: 'no "x".' });
  expect(log.entries).toEqual([{ type: 'error', message: 'E: no "x". Did you mean "y"?' }]);
});

test('what is told of a task can be forgotten', () => {
  const log = new ErrorLog();
  log.add('one', { task_id: 'a' });
  log.add('two', { task_id: 'b', route: 1 });
  log.forget('a');
  expect(log.entries).toEqual([{ type: 'error', message: 'two', task_id: 'b', route: 1 }]);
});
