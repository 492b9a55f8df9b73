// operator/domain/expression/python/date-parser.test.ts — notations of dates, what they leave out, and texts that are none.
import { describe, expect, test } from 'vitest';
import { ExpressionFault } from '../fault.ts';
import { type ParsedDate, parseDate } from './date-parser.ts';

/** A Sunday. */
const NOW = Date.UTC(2026, 10, 22, 8, 30);

/** `2024-01-20T10:11:12.000013+3600`, without what is zero. */
function show(date: ParsedDate): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.year}-${two(date.month)}-${two(date.day)}`;
  const time = `${two(date.hour)}:${two(date.minute)}:${two(date.second)}`;
  const fraction = date.microsecond === 0 ? '' : `.${String(date.microsecond).padStart(6, '0')}`;
  return `${day}T${time}${fraction}${date.offsetSeconds === undefined ? '' : `@${date.offsetSeconds}`}`;
}

describe('notations', () => {
  test.each([
    ['2024-01-20T10:11:12Z', '2024-01-20T10:11:12@0'],
    ['20240120T101112', '2024-01-20T10:11:12'],
    ['20240120T1030', '2024-01-20T10:30:00'],
    ['202401201030', '2024-01-20T10:30:00'],
    ['2024-01-20 10:11:12.000013', '2024-01-20T10:11:12.000013'],
    ['2024-01-20 10:11:12,5', '2024-01-20T10:11:12.500000'],
    ['2024-01-20T10:11:12+05:30', '2024-01-20T10:11:12@19800'],
    ['2024-01-20T10:11:12 -0300 (BRST)', '2024-01-20T10:11:12@-10800'],
    ['Jan 20 2024 5PM', '2024-01-20T17:00:00'],
    ['20th of January 2024 at 5:15 a.m.', '2024-01-20T05:15:00'],
    ['12am 2024-01-20', '2024-01-20T00:00:00'],
    ['1/2/2024', '2024-01-02T00:00:00'],
    ['13/2/2024', '2024-02-13T00:00:00'],
    ['20-Jan-24', '2024-01-20T00:00:00'],
    ['Jan of 77', '1977-01-22T00:00:00'],
    ['10h36m28.5s', '2026-11-22T10:36:28.500000'],
    ['2024-01-20 ٠٩:٣٠', '2024-01-20T09:30:00'],
  ])('%s', (text, date) => expect(show(parseDate(text, NOW))).toBe(date));
});

describe('what a text leaves out', () => {
  test.each([
    ['the rest is that of today', '10:30', '2026-11-22T10:30:00'],
    ['the day gives way to a short month', 'Feb 2027', '2027-02-22T00:00:00'],
    ['a weekday is the next one', 'Friday', '2026-11-27T00:00:00'],
    ['today is the next one of its own weekday', 'sun 9pm', '2026-11-22T21:00:00'],
    ['two digits of a year are the nearest year, ahead', '1/2/75', '2075-01-02T00:00:00'],
    ['two digits of a year are the nearest year, behind', '1/2/76', '1976-01-02T00:00:00'],
    ['a zone of unknown offset is no zone', '10:30 EST', '2026-11-22T10:30:00'],
    ['a sign after UTC says what to add to be there', '10:30 UTC+3', '2026-11-22T10:30:00@-10800'],
  ])('%s', (_, text, date) => expect(show(parseDate(text, NOW))).toBe(date));

  test('the last day of a month becomes the last one of a shorter month', () =>
    expect(show(parseDate('Feb', Date.UTC(2024, 0, 31)))).toBe('2024-02-29T00:00:00'));
});

describe('texts that are no dates', () => {
  test.each([
    ['', 'ParserError', 'String does not contain a date: '],
    [' . ', 'ParserError', 'String does not contain a date:  . '],
    ['garbage', 'ParserError', 'Unknown string format: garbage'],
    ['NAN', 'ParserError', 'Unknown string format: NAN'],
    ['1 2 3 4', 'ParserError', 'Unknown string format: 1 2 3 4'],
    ['13 pm', undefined, undefined],
    ['13:30 pm', 'ParserError', 'Unknown string format: 13:30 pm'],
    ['2024-02-30', 'ParserError', 'day is out of range for month: 2024-02-30'],
    ['2024-13-13', 'ParserError', 'month must be in 1..12: 2024-13-13'],
    ['2024-00', 'ParserError', 'bad month number 0; must be 1-12: 2024-00'],
    ['0000-01-01', 'ParserError', 'year 0 is out of range: 0000-01-01'],
    ['25:00', 'ParserError', 'hour must be in 0..23: 25:00'],
    ['1705315200', 'ParserError', 'year 1705315200 is out of range: 1705315200'],
    ['9705315200', 'OverflowError', 'signed integer is greater than maximum'],
  ])('%j', (text, type, message) => {
    let fault: unknown;
    try {
      parseDate(text, NOW);
    } catch (error) {
      fault = error;
    }
    if (type === undefined) expect(fault).toBeUndefined();
    else {
      expect(fault).toBeInstanceOf(ExpressionFault);
      expect(fault).toMatchObject({ kind: 'value', type, message });
    }
  });

  test('a long text is read in one pass', () => {
    expect(() => parseDate('1'.repeat(1_000_000), NOW)).toThrow('too large');
    expect(() => parseDate('1.a'.repeat(100_000), NOW)).toThrow('Unknown string format');
    expect(() => parseDate('- '.repeat(500_000), NOW)).toThrow('does not contain a date');
  });
});
