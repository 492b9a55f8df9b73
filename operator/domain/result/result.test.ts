// operator/domain/result/result.test.ts
import { expect, test } from 'vitest';
import { INLINE_RESULT_MAX_BYTES, RESULT_MAX_BYTES } from '../../api/execution.ts';
import { parseExact } from './exact-json.ts';
import {
  bytesOf,
  containerResult,
  inlineResult,
  LOG_TAIL_BYTES,
  placeOf,
  tailOf,
  WITHHELD,
  withheldResult,
} from './result.ts';

test('the result of a container', () => {
  expect(containerResult(0, '{"a": [1]}', 'log')).toEqual({
    exit_code: 0,
    message: { a: [1] },
    log: 'log',
    succeeded: true,
    failed: false,
  });
  expect(containerResult(2, 'not json', '')).toMatchObject({
    exit_code: 2,
    message: 'not json',
    succeeded: false,
    failed: true,
  });
  expect(containerResult(0, '', '').message).toBe('');
  expect(containerResult(0, '', `x${'y'.repeat(LOG_TAIL_BYTES)}`).log).toHaveLength(LOG_TAIL_BYTES);
});

test('the result of a container with a secret has the exit code and says where to look', () => {
  const said = { message: WITHHELD, log: WITHHELD };
  expect(withheldResult(0)).toEqual({ exit_code: 0, ...said, succeeded: true, failed: false });
  expect(withheldResult(3)).toEqual({ exit_code: 3, ...said, succeeded: false, failed: true });
  expect(WITHHELD).toMatch(/Secret.*kubectl logs/);
});

test.each([
  ['abc', 2, 'bc'],
  ['abc', 9, 'abc'],
  ['a€', 3, '€'],
  ['a€', 2, ''],
  ['😀😀', 5, '😀'],
  ['', 5, ''],
])('the end of %s in %i bytes', (text, bytes, end) => {
  expect(tailOf(text, bytes)).toBe(end);
});

test.each(['x', '\n', '\u0000', '€', '😀'])('a log of %j is cut until it fits into a status', (c) => {
  const cut = inlineResult(containerResult(1, 'm', c.repeat(60_000)));
  expect(bytesOf(JSON.stringify(cut))).toBeLessThanOrEqual(INLINE_RESULT_MAX_BYTES);
  expect(cut.log.length).toBeGreaterThan(1000);
  expect(cut.message).toBe('m');
});

test('a message that is too long is left out', () => {
  expect(inlineResult(containerResult(1, '\u0001'.repeat(4096), 'log')).message).toMatch(/left out/);
});

test('where results go', () => {
  expect(
    [INLINE_RESULT_MAX_BYTES, INLINE_RESULT_MAX_BYTES + 1, RESULT_MAX_BYTES, RESULT_MAX_BYTES + 1].map(placeOf),
  ).toEqual(['status', 'store', 'store', 'nowhere']);
});

test('an integer that the API server would round goes to the store, where it keeps its digits', () => {
  const placeOfJson = (json: string) => placeOf(bytesOf(json), parseExact(json));
  expect(placeOfJson('{"a":[9223372036854775807,-9223372036854775808,1e40,0.12345678901234567890]}')).toBe('status');
  expect(placeOfJson('{"a":[{"b":9223372036854775808}]}')).toBe('store');
  expect(placeOfJson('-9223372036854775809')).toBe('store');
});

test('the numbers in the message of a container keep their digits', () => {
  expect(JSON.stringify(containerResult(0, '[12345678901234567890,1.0]', '').message)).toBe(
    '[12345678901234567890,1.0]',
  );
});
