// cli/result.test.ts — how an execution ended → the exit code of the program.
import { expect, test } from 'vitest';
import type { Execution } from '../operator/api/kinds.ts';
import { exitCodeOf } from './result.ts';

const ended = (phase: string): Execution =>
  ({ metadata: { name: 'x' }, spec: { request: { action: 'core.local' } }, status: { phase } }) as unknown as Execution;

test.each<[string, unknown, number]>([
  ['Succeeded', { return_code: 0 }, 0],
  ['Succeeded', undefined, 0],
  ['Failed', { return_code: 42 }, 42],
  ['Failed', { exit_code: 3, message: '' }, 3],
  ['Failed', undefined, 1],
  ['Failed', { return_code: 0 }, 1],
  ['Failed', { return_code: -9 }, 1],
  ['Failed', { return_code: 256 }, 1],
  ['Failed', 'not an object', 1],
  ['TimedOut', { return_code: -9 }, 124],
  ['Abandoned', { return_code: -15 }, 1],
  ['Canceled', undefined, 1],
])('%s with %j exits with %d', (phase, result, expected) => {
  expect(exitCodeOf(ended(phase), result)).toBe(expected);
});
