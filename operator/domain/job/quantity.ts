// operator/domain/job/quantity.ts — a quantity as Kubernetes writes it → a number.

const FACTORS: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** NaN for what is none. */
export function bytesOf(quantity: string): number {
  const [, digits, suffix = ''] = /^\+?(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)([a-zA-Z]*)$/.exec(quantity) ?? [];
  return Number(digits) * (FACTORS[suffix] ?? Number.NaN);
}
