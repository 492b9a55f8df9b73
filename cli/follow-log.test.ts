// cli/follow-log.test.ts — every line of a log once, though it is read again from a whole second.
import { expect, test } from 'vitest';
import { LogCursor } from './follow-log.ts';

const read = (cursor: LogCursor, ...log: string[]) =>
  log.map((line) => cursor.take(line)).filter((text) => text !== undefined);

test('lines lose their timestamps and keep everything else', () => {
  expect(read(new LogCursor(), '2026-01-31T12:00:00.1Z a b', '2026-01-31T12:00:01Z ', '2026-01-31T12:00:02Z')).toEqual([
    'a b',
    '',
    '',
  ]);
});

test('after a break the same second is read again, and nothing is shown twice', () => {
  const cursor = new LogCursor();
  const log = ['2026-01-31T12:00:00.1Z a', '2026-01-31T12:00:00.25Z b', '2026-01-31T12:00:00.25Z b'];
  expect(read(cursor, ...log)).toEqual(['a', 'b', 'b']);
  expect(cursor.sinceTime).toBe('2026-01-31T12:00:00Z');
  cursor.reopen();
  expect(read(cursor, ...log, '2026-01-31T12:00:00.25Z b', '2026-01-31T12:00:00.3Z c')).toEqual(['b', 'c']);
});

test('fractions of different length are compared as numbers', () => {
  const cursor = new LogCursor();
  expect(read(cursor, '2026-01-31T12:00:00.12Z a')).toEqual(['a']);
  cursor.reopen();
  expect(
    read(cursor, '2026-01-31T12:00:00.119999999Z old', '2026-01-31T12:00:00.12Z a', '2026-01-31T12:00:00.120000001Z b'),
  ).toEqual(['b']);
});

test('two breaks in the same instant skip it twice', () => {
  const cursor = new LogCursor();
  const first = '2026-01-31T12:00:00.5Z a';
  expect(read(cursor, first)).toEqual(['a']);
  cursor.reopen();
  expect(read(cursor, first, '2026-01-31T12:00:00.5Z b')).toEqual(['b']);
  cursor.reopen();
  expect(read(cursor, first, '2026-01-31T12:00:00.5Z b', '2026-01-31T12:00:00.5Z c')).toEqual(['c']);
});

test('a zone other than UTC counts', () => {
  const cursor = new LogCursor();
  expect(read(cursor, '2026-01-31T12:00:00.5+02:00 a', '2026-01-31T10:00:00.6Z b')).toEqual(['a', 'b']);
  expect(cursor.sinceTime).toBe('2026-01-31T10:00:00Z');
});

test('an empty log has no time to go on from', () => {
  expect(new LogCursor().sinceTime).toBeUndefined();
});

test('text that has no timestamp is passed on', () => {
  expect(read(new LogCursor(), 'failed to watch file: too many open files')).toEqual([
    'failed to watch file: too many open files',
  ]);
});
