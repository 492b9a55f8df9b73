// operator/domain/expression/python/yaml/construct.ts — words of YAML 1.1 → values: octal and sexagesimal ints, dates, binary.
import { ExpressionFault, undefinedFault } from '../../fault.ts';
import { Bytes } from '../collections.ts';
import { DateTime, PyDate } from '../datetime.ts';
import { float, int } from '../numbers.ts';
import { toFloat, toInt } from '../parse-number.ts';
import { repr } from '../repr.ts';
import type { Value } from '../values.ts';
import { TIMESTAMP } from './resolve.ts';

export const SCALAR_TAGS: ReadonlySet<string> = new Set('str null bool int float timestamp binary merge'.split(' '));

const BOOLS: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['no', false],
  ['true', true],
  ['false', false],
  ['on', true],
  ['off', false],
]);

/** The value of a word or text of that tag. @throws ExpressionFault in Python's words */
export function constructScalar(text: string, tag: string): Value {
  switch (tag) {
    case 'null':
      return null;
    case 'bool': {
      const value = BOOLS.get(text.toLowerCase());
      if (value === undefined) throw undefinedFault('KeyError', repr(text.toLowerCase()));
      return value;
    }
    case 'int':
      return constructInt(text);
    case 'float':
      return constructFloat(text);
    case 'timestamp':
      return constructTime(text);
    case 'binary':
      return constructBinary(text);
    default:
      return text;
  }
}

function constructInt(text: string): Value {
  const plain = text.replaceAll('_', '');
  const sign = plain.startsWith('-') ? -1n : 1n;
  const digits = plain.replace(/^[-+]/, '');
  return int(sign * BigInt(digitsOf(digits)));
}

function digitsOf(digits: string): number | bigint {
  if (digits === '0') return 0;
  if (digits.startsWith('0b')) return toInt(digits.slice(2), 2);
  if (digits.startsWith('0x')) return toInt(digits.slice(2), 16);
  if (digits.startsWith('0')) return toInt(digits, 8);
  if (!digits.includes(':')) return toInt(digits);
  return digits.split(':').reduce((total, part) => total * 60n + BigInt(toInt(part)), 0n);
}

function constructFloat(text: string): Value {
  const plain = text.replaceAll('_', '').toLowerCase();
  const sign = plain.startsWith('-') ? -1 : 1;
  const digits = plain.replace(/^[-+]/, '');
  if (digits === '.inf') return sign * Number.POSITIVE_INFINITY;
  if (digits === '.nan') return Number.NaN;
  const parts = digits.split(':').map((part) => Number(toFloatNumber(part)));
  // Least first, as PyYAML adds them up.
  let [total, base] = [0, 1];
  for (const part of parts.reverse()) {
    total += part * base;
    base *= 60;
  }
  return float(sign * total);
}

function toFloatNumber(text: string): number {
  const value = toFloat(text);
  return typeof value === 'number' ? value : value.value;
}

function constructTime(text: string): Value {
  const parts = TIMESTAMP.exec(text)?.groups;
  if (!parts) throw undefinedFault('AttributeError', "'NoneType' object has no attribute 'groupdict'");
  const number = (name: string) => Number(parts[name] ?? 0);
  const date = { year: number('year'), month: number('month'), day: number('day') };
  if (parts.hour === undefined) return new PyDate(date);
  const clock = { hour: number('hour'), minute: number('minute'), second: number('second') };
  const microsecond = Number((parts.fraction ?? '').slice(0, 6).padEnd(6, '0'));
  if (parts.zone === undefined) return new DateTime({ ...date, ...clock, microsecond });
  const minutes = (number('zoneHour') * 60 + number('zoneMinute')) * (parts.sign === '-' ? -1 : 1);
  return new DateTime({ ...date, ...clock, microsecond, offsetMinutes: minutes });
}

function constructBinary(text: string): Value {
  // As Python's binascii: what is no base64 is passed over.
  const digits = text.replaceAll(/[^A-Za-z0-9+/]/g, '');
  const rest = digits.length % 4;
  if (rest === 1) {
    const message = `number of data characters (${digits.length}) cannot be 1 more than a multiple of 4`;
    throw new ExpressionFault(
      'value',
      'ConstructorError',
      `failed to decode base64 data: Invalid base64-encoded string: ${message}`,
    );
  }
  if (rest > 1 && !text.includes('=')) {
    throw new ExpressionFault('value', 'ConstructorError', 'failed to decode base64 data: Incorrect padding');
  }
  return new Bytes(Uint8Array.from(atob(digits), (c) => c.charCodeAt(0)));
}
