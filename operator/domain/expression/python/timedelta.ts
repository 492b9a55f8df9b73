// operator/domain/expression/python/timedelta.ts — Python's timedelta: exact to the microsecond.
import { ExpressionFault } from '../fault.ts';
import { asNumber, float, floorDivide, int, isInt, isNumeric, modulo, type Numeric } from './numbers.ts';
import { timedeltaAttribute } from './time-attributes.ts';
import { type Operator, PyObject, type Value } from './values.ts';

const DAY_SECONDS = 86_400;
const MILLION = 1_000_000;
const two = (n: number) => String(n).padStart(2, '0');

/** A span of time, normalised as Python does: only `days` may be negative; 0 <= seconds < 86400, 0 <= microseconds < 10^6. */
export class Timedelta extends PyObject {
  readonly typeName = 'timedelta';
  readonly days: number;
  readonly seconds: number;
  readonly microseconds: number;
  /** Parts may be fractions and of any size. @throws ExpressionFault OverflowError beyond 999999999 days */
  constructor(parts: { readonly days?: number; readonly seconds?: number; readonly microseconds?: number }) {
    super();
    const days = Math.trunc(parts.days ?? 0);
    const givenSeconds = (parts.seconds ?? 0) + ((parts.days ?? 0) - days) * DAY_SECONDS;
    const wholeSeconds = Math.trunc(givenSeconds);
    const micros = Math.round((parts.microseconds ?? 0) + (givenSeconds - wholeSeconds) * MILLION);
    const seconds = wholeSeconds + Math.floor(micros / MILLION);
    this.microseconds = micros - Math.floor(micros / MILLION) * MILLION;
    this.seconds = seconds - Math.floor(seconds / DAY_SECONDS) * DAY_SECONDS;
    this.days = days + Math.floor(seconds / DAY_SECONDS) + 0;
    if (!(Math.abs(this.days) <= 999_999_999)) throw overflow(`days=${this.days}; must have magnitude <= 999999999`);
  }
  /** @throws ExpressionFault OverflowError */
  static ofMicroseconds(total: bigint): Timedelta {
    const rest = ((total % 86_400_000_000n) + 86_400_000_000n) % 86_400_000_000n;
    return new Timedelta({ days: Number((total - rest) / 86_400_000_000n), microseconds: Number(rest) });
  }
  get totalMicroseconds(): bigint {
    return (BigInt(this.days) * 86_400n + BigInt(this.seconds)) * 1_000_000n + BigInt(this.microseconds);
  }
  get totalSeconds(): number {
    const whole = this.days * DAY_SECONDS + this.seconds;
    return (whole * MILLION + this.microseconds) / MILLION;
  }
  override truthy(): boolean {
    return this.days !== 0 || this.seconds !== 0 || this.microseconds !== 0;
  }
  repr(): string {
    const parts = (['days', 'seconds', 'microseconds'] as const).flatMap((p) =>
      this[p] === 0 ? [] : [`${p}=${this[p]}`],
    );
    return `datetime.timedelta(${parts.length === 0 ? '0' : parts.join(', ')})`;
  }
  override text(): string {
    const minutes = Math.floor(this.seconds / 60);
    const clock = `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(this.seconds % 60)}`;
    const fraction = this.microseconds === 0 ? '' : `.${String(this.microseconds).padStart(6, '0')}`;
    const days = this.days === 0 ? '' : `${this.days} day${Math.abs(this.days) === 1 ? '' : 's'}, `;
    return `${days}${clock}${fraction}`;
  }
  override equals(other: Value): boolean {
    return other instanceof Timedelta && this.compareTo(other) === 0;
  }
  override compareTo(other: Value): number | undefined {
    if (!(other instanceof Timedelta)) return undefined;
    return this.days - other.days || this.seconds - other.seconds || this.microseconds - other.microseconds;
  }
  override hashKey(): string {
    return `td:${this.days},${this.seconds},${this.microseconds}`;
  }
  override attribute(name: string): Value | undefined {
    return timedeltaAttribute(this, name);
  }
  override operate(sign: Operator, other: Value, mirrored: boolean): Value | undefined {
    if (other instanceof Timedelta) return mirrored ? undefined : this.#withSpan(sign, other);
    if (!isNumeric(other)) return undefined;
    if (sign === '*') return this.times(other);
    if (sign === '/' && !mirrored) return this.dividedBy(other);
    if (sign !== '//' || mirrored || !isInt(other)) return undefined;
    return Timedelta.ofMicroseconds(BigInt(floorDivide(int(this.totalMicroseconds), other) as number | bigint));
  }
  #withSpan(sign: Operator, other: Timedelta): Value | undefined {
    const [mine, theirs] = [this.totalMicroseconds, other.totalMicroseconds];
    switch (sign) {
      case '+':
        return Timedelta.ofMicroseconds(mine + theirs);
      case '-':
        return Timedelta.ofMicroseconds(mine - theirs);
      case '/':
        if (theirs === 0n) throw zeroDivision('division by zero');
        return float(Number(mine) / Number(theirs));
      case '//':
        return floorDivide(int(mine), int(theirs));
      case '%':
        return Timedelta.ofMicroseconds(BigInt(modulo(int(mine), int(theirs)) as number | bigint));
      default:
        return undefined;
    }
  }
  override unary(sign: '-' | '+' | 'abs'): Timedelta {
    const isTurned = sign === '-' || (sign === 'abs' && this.days < 0);
    return isTurned ? Timedelta.ofMicroseconds(-this.totalMicroseconds) : this;
  }
  /** Half a microsecond goes to the even one. @throws ExpressionFault OverflowError */
  times(factor: Numeric): Timedelta {
    if (isInt(factor)) return Timedelta.ofMicroseconds(this.totalMicroseconds * BigInt(factor));
    const [numerator, denominator] = ratioOf(asNumber(factor));
    return Timedelta.ofMicroseconds(divideEven(this.totalMicroseconds * numerator, denominator));
  }
  /** @throws ExpressionFault ZeroDivisionError */
  dividedBy(divisor: Numeric): Timedelta {
    if (asNumber(divisor) === 0) throw zeroDivision('division by zero');
    if (isInt(divisor)) return Timedelta.ofMicroseconds(divideEven(this.totalMicroseconds, BigInt(divisor)));
    const [numerator, denominator] = ratioOf(asNumber(divisor));
    return Timedelta.ofMicroseconds(divideEven(this.totalMicroseconds * denominator, numerator));
  }
}

const overflow = (message: string) => new ExpressionFault('value', 'OverflowError', message);
const zeroDivision = (message: string) => new ExpressionFault('arithmetic', 'ZeroDivisionError', message);

/** A float as the fraction that it exactly is. */
function ratioOf(value: number): readonly [bigint, bigint] {
  if (!Number.isFinite(value)) {
    const what = Number.isNaN(value) ? 'NaN' : 'Infinity';
    const type = Number.isNaN(value) ? 'ValueError' : 'OverflowError';
    throw new ExpressionFault('value', type, `cannot convert ${what} to integer ratio`);
  }
  let [scaled, denominator] = [value, 1n];
  while (!Number.isInteger(scaled)) [scaled, denominator] = [scaled * 2, denominator * 2n];
  return [BigInt(scaled), denominator];
}

/** The quotient, half to even. */
function divideEven(numerator: bigint, denominator: bigint): bigint {
  const [n, d] = denominator < 0n ? [-numerator, -denominator] : [numerator, denominator];
  const rest = ((n % d) + d) % d;
  const floor = (n - rest) / d;
  const twice = rest * 2n;
  return twice > d || (twice === d && floor % 2n !== 0n) ? floor + 1n : floor;
}
