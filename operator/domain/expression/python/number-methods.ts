// operator/domain/expression/python/number-methods.ts — the methods and attributes of Python's int, bool and float.
import { ExpressionFault, typeFault, valueFault } from '../fault.ts';
import type { Call } from '../functions/call.ts';
import { Bytes, Tuple } from './collections.ts';
import { numeric } from './compare.ts';
import { integer, type Method, type Methods, named, noArguments } from './method.ts';
import { allowBits, asNumber, float, int, isFloat, isInt } from './numbers.ts';
import { truthy, typeName, type Value } from './values.ts';

const overflow = (message: string) => new ExpressionFault('value', 'OverflowError', message);

/** Python's value.real, imag, numerator and denominator; undefined for other names and for what is no number. */
export function numberAttribute(value: Value, name: string): Value | undefined {
  const number = numeric(value);
  if (number === undefined) return undefined;
  if (name === 'real') return number;
  if (name === 'imag') return isFloat(number) ? float(0) : 0;
  if (isFloat(number)) return undefined;
  return name === 'numerator' ? number : name === 'denominator' ? 1 : undefined;
}

/** The value of `self`, of which the table has said that it is an int or a bool. */
function bigOf(self: Value): bigint {
  const number = numeric(self);
  if (number === undefined || !isInt(number)) throw typeFault(`an int is needed, not ${typeName(self)}`);
  return BigInt(number);
}

const plain = (type: 'int' | 'float', name: string, method: (self: Value) => Value): [string, Method] => [
  name,
  (self, call) => {
    noArguments(`${type}.${name}`, call);
    return method(self);
  },
];

const magnitude = (value: bigint) => (value < 0n ? -value : value);

/** By name; `self` is an int or a bool. */
export const INT_METHODS: Methods = new Map<string, Method>([
  plain('int', 'bit_length', (self) => (bigOf(self) === 0n ? 0 : magnitude(bigOf(self)).toString(2).length)),
  plain('int', 'bit_count', (self) => magnitude(bigOf(self)).toString(2).replaceAll('0', '').length),
  plain('int', 'conjugate', (self) => int(bigOf(self))),
  plain('int', 'as_integer_ratio', (self) => new Tuple([int(bigOf(self)), 1])),
  ['to_bytes', toBytes],
  ['from_bytes', fromBytes],
]);

function toBytes(self: Value, call: Call): Value {
  const [length = 1, order = 'big', signed = false] = named('to_bytes', call, ['length', 'byteorder', 'signed']);
  const size = integer(length);
  if (order !== 'big' && order !== 'little') throw valueFault("byteorder must be either 'little' or 'big'");
  if (size < 0) throw valueFault('length argument must be non-negative');
  allowBits(size * 8);
  const value = bigOf(self);
  if (value < 0n && !truthy(signed)) throw overflow("can't convert negative int to unsigned");
  const bits = BigInt(size) * 8n;
  const most = truthy(signed) && bits > 0n ? bits - 1n : bits;
  if (value >= 1n << most || value < -(1n << most)) throw overflow('int too big to convert');
  const hex =
    size === 0
      ? ''
      : BigInt.asUintN(Number(bits), value)
          .toString(16)
          .padStart(size * 2, '0');
  const bytes = Array.from({ length: size }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16));
  return new Bytes(Uint8Array.from(order === 'big' ? bytes : bytes.reverse()));
}

function fromBytes(_: Value, call: Call): Value {
  const [bytes = null, order = 'big', signed = false] = named('from_bytes', call, ['bytes', 'byteorder', 'signed']);
  if (order !== 'big' && order !== 'little') throw valueFault("byteorder must be either 'little' or 'big'");
  if (!(bytes instanceof Bytes)) throw typeFault(`cannot convert '${typeName(bytes)}' object to bytes`);
  allowBits(bytes.bytes.length * 8);
  const list = order === 'big' ? [...bytes.bytes] : [...bytes.bytes].reverse();
  const value = BigInt(`0x0${list.map((b) => b.toString(16).padStart(2, '0')).join('')}`);
  return int(truthy(signed) ? BigInt.asIntN(list.length * 8, value) : value);
}

const valueOf = (self: Value): number => {
  const number = numeric(self);
  if (number === undefined) throw typeFault(`a float is needed, not ${typeName(self)}`);
  return asNumber(number);
};

/** By name; `self` is a float. */
export const FLOAT_METHODS: Methods = new Map<string, Method>([
  plain('float', 'is_integer', (self) => Number.isInteger(valueOf(self))),
  plain('float', 'conjugate', (self) => self),
  plain('float', 'hex', (self) => hexOf(valueOf(self))),
  plain('float', 'as_integer_ratio', (self) => ratioOf(valueOf(self))),
]);

/** The exact fraction that a float is. */
function ratioOf(value: number): Value {
  if (Number.isNaN(value)) throw valueFault('cannot convert NaN to integer ratio');
  if (!Number.isFinite(value)) throw overflow('cannot convert Infinity to integer ratio');
  let [scaled, power] = [value, 0];
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    power++;
  }
  return new Tuple([int(BigInt(scaled)), int(1n << BigInt(power))]);
}

/** `0x1.8000000000000p+1`. */
function hexOf(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (!Number.isFinite(value)) return `${sign}inf`;
  if (value === 0) return `${sign}0x0.0p+0`;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const fraction = (bits & 0xfffffffffffffn).toString(16).padStart(13, '0');
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const shown = exponent === 0 ? -1022 : exponent - 1023;
  return `${sign}0x${exponent === 0 ? 0 : 1}.${fraction}p${shown < 0 ? '-' : '+'}${Math.abs(shown)}`;
}
