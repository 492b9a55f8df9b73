// operator/domain/expression/python/float-text.ts — floats as text with a number of digits: Python's e, f, g and % types, without the sign.
import { allowCharacters } from '../evaluation.ts';
import { exactDecimal, fixedDecimal, roundFigures } from './numbers.ts';
import { floatRepr } from './values.ts';

interface FloatStyle {
  /** As in a format specification; `r` is repr(), and `g` that keeps one decimal when a precision is given. */
  readonly type: 'e' | 'f' | 'g' | 'r' | '%';
  readonly precision: number | undefined;
  /** The `#` flag: the point stays, and so do the zeros of `g`. */
  readonly alternate: boolean;
}

/** The digits of a magnitude: `value` is at least 0, or NaN. @throws ExpressionFault when they are too many */
export function floatText(value: number, { type, precision, alternate }: FloatStyle): string {
  if (!Number.isFinite(value)) return (Number.isNaN(value) ? 'nan' : 'inf') + (type === '%' ? '%' : '');
  const digits = precision ?? 6;
  allowCharacters(digits + 350);
  switch (type) {
    case 'f':
      return pointed(fixed(value, digits), alternate);
    case '%': {
      const hundredfold = value * 100;
      return Number.isFinite(hundredfold) ? `${pointed(fixed(hundredfold, digits), alternate)}%` : 'inf%';
    }
    case 'e': {
      const { figures, exponent } = significant(value, digits + 1);
      return scientific(figures, exponent, alternate);
    }
    case 'g':
      return general(value, digits, alternate, 0);
    case 'r':
      return precision === undefined ? withPoint(floatRepr(value), alternate) : general(value, precision, alternate, 1);
  }
}

/** The `#` flag of repr(): 1e+16 has no point of its own. */
const withPoint = (text: string, alternate: boolean) =>
  alternate && !text.includes('.') ? text.replace('e', '.e') : text;

const pointed = (text: string, alternate: boolean) => (alternate && !text.includes('.') ? `${text}.` : text);

/** Decimals beyond what a float can have are zeros. */
function fixed(value: number, digits: number): string {
  if (digits <= 1100) return fixedDecimal(value, digits);
  return fixedDecimal(value, 1100) + '0'.repeat(digits - 1100);
}

/** The first `count` significant figures, half to even, and the power of ten of the first. */
function significant(value: number, count: number): { readonly figures: string; readonly exponent: number } {
  if (value === 0) return { figures: '0'.repeat(count), exponent: 0 };
  const [whole = '0', fraction = ''] = exactDecimal(value).split('.');
  const all = whole === '0' ? fraction.replace(/^0+/, '') : whole + fraction;
  const exponent = whole === '0' ? all.length - fraction.length - 1 : whole.length - 1;
  if (count >= all.length) return { figures: all.padEnd(count, '0'), exponent };
  const rounded = roundFigures(all, count);
  return { figures: rounded.slice(0, count), exponent: exponent + rounded.length - count };
}

function scientific(figures: string, exponent: number, alternate: boolean): string {
  const size = String(Math.abs(exponent)).padStart(2, '0');
  const point = figures.length > 1 || alternate ? '.' : '';
  return `${figures.charAt(0)}${point}${figures.slice(1)}e${exponent < 0 ? '-' : '+'}${size}`;
}

/** The shorter of the two notations; `decimals` are kept although they are zeros. */
function general(value: number, precision: number, alternate: boolean, decimals: 0 | 1): string {
  const count = Math.max(1, precision);
  const { figures, exponent } = significant(value, count);
  const kept = alternate ? figures : figures.replace(/0+$/, '') || '0';
  if (exponent < -4 || exponent >= count - decimals) return scientific(kept, exponent, alternate);
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${kept}`;
  const whole = kept.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = kept.slice(exponent + 1);
  if (fraction !== '') return `${whole}.${fraction}`;
  return decimals === 1 ? `${whole}.0` : alternate ? `${whole}.` : whole;
}
