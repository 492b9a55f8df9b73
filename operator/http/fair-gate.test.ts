// operator/http/fair-gate.test.ts — one namespace that floods the door does not starve another.
import { expect, test } from 'vitest';
import { FairGate } from './fair-gate.ts';

/** Work that ends when it is told to, and remembers in which order it began. */
function bench(gate: FairGate) {
  const began: string[] = [];
  const ends: (() => void)[] = [];
  const add = (namespace: string, name: string) =>
    gate.run(namespace, () => {
      began.push(name);
      return new Promise<void>((end) => ends.push(end));
    });
  const endOne = async () => {
    ends.shift()?.();
    await new Promise((go) => setImmediate(go));
  };
  return { began, add, endOne };
}

test('namespaces take turns, and none has more than its part at a time', async () => {
  const { began, add, endOne } = bench(new FairGate({ total: 3, perNamespace: 2 }));
  for (let i = 0; i < 6; i++) void add('loud', `loud-${i}`);
  expect(began).toEqual(['loud-0', 'loud-1']);
  for (let i = 0; i < 2; i++) void add('quiet', `quiet-${i}`);
  expect(began).toEqual(['loud-0', 'loud-1', 'quiet-0']);
  for (let i = 0; i < 8; i++) await endOne();
  expect(began).toHaveLength(8);
  expect(began.indexOf('quiet-1')).toBeLessThan(began.indexOf('loud-3'));
});

test('work that fails makes room', async () => {
  const gate = new FairGate({ total: 1 });
  await expect(gate.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.run('a', () => Promise.resolve('yes'))).toBe('yes');
});

test('a full queue is 429 for its namespace only', async () => {
  const gate = new FairGate({ total: 10, perNamespace: 1, waiting: 2 });
  const { add } = bench(gate);
  for (let i = 0; i < 3; i++) void add('loud', `${i}`);
  expect(() => gate.assertRoom('loud', 1)).toThrow('Namespace loud has 2 executions waiting');
  expect(() => gate.assertRoom('quiet', 1)).not.toThrow();
});
