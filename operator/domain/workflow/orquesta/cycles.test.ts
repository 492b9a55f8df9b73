// operator/domain/workflow/orquesta/cycles.test.ts — which names are in cycles, against a search from each of them.
import { array, assert, nat, property } from 'fast-check';
import { expect, test } from 'vitest';
import { cyclicIn } from './cycles.ts';

function leadsBack(name: string, next: (name: string) => readonly string[]): boolean {
  const seen = new Set<string>();
  const open = [...next(name)];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (one === name) return true;
    if (!seen.has(one)) open.push(...next(one));
    seen.add(one);
  }
  return false;
}

test('a name is in a cycle when a way leads back to it', () => {
  assert(
    property(array(array(nat(7), { maxLength: 3 }), { minLength: 1, maxLength: 8 }), (ways) => {
      const next = (name: string) => (ways[Number(name)] ?? []).map(String);
      const names = ways.map((_, i) => String(i));
      expect([...cyclicIn(names, next)].sort()).toEqual(names.filter((name) => leadsBack(name, next)).sort());
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('a long chain needs no deep stack', () => {
  const last = 50_000;
  const next = (name: string) => [Number(name) === last ? '0' : String(Number(name) + 1)];
  expect(cyclicIn(['0'], next).size).toBe(last + 1);
});
