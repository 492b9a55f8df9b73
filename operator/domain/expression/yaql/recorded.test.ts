// operator/domain/expression/yaql/recorded.test.ts — what yaql 3.2.0 makes of expressions as orquesta sets it up, in recorded.jsonl: value, or class and text of the error.
import { describe, expect, test } from 'vitest';
import { evaluating } from '../evaluation.ts';
import { recordedIn } from '../recorded.setup.ts';
import { PySet, Tuple } from '../python/collections.ts';
import { dictEntries, isDict } from '../python/dict.ts';
import { repr } from '../python/repr.ts';
import { isList, type Value } from '../python/values.ts';
import { evaluateYaql } from './engine.ts';

/** As Python writes it, but tuples as lists and sets in order. */
function shown(value: Value): string {
  if (value instanceof PySet) return `set(${[...value.values()].map(shown).sort().join(', ')})`;
  if (value instanceof Tuple) return shown(value.items);
  if (isList(value)) return `[${value.map(shown).join(', ')}]`;
  if (!isDict(value)) return repr(value);
  return `{${dictEntries(value)
    .map(([key, one]) => `${shown(key)}: ${shown(one)}`)
    .join(', ')}}`;
}

const data = () => ({ l: [1, 2, 3], d: { a: 1 }, s: 'hello' });
const evaluate = (source: string) =>
  evaluating({ nowMs: Date.UTC(2026, 0, 1), seed: 1 }, () =>
    shown(evaluateYaql(source, { data: data(), scope: { context: {} } })),
  );

describe.each(recordedIn(new URL('recorded.jsonl', import.meta.url)))('%s', (_, ones) => {
  test.each(ones.filter((one) => one.gives !== undefined))('$source', ({ source, gives }) => {
    expect(evaluate(source)).toBe(gives);
  });
  test.each(ones.filter((one) => one.fails !== undefined))('$source fails', ({ source, fails, message }) => {
    expect(() => evaluate(source)).toThrow(expect.objectContaining({ type: fails, message }));
  });
});
