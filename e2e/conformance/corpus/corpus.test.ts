// e2e/conformance/corpus/corpus.test.ts — nothing gets out, nothing uses up the machine: each entry ends as it must.
import { describe, expect, test } from 'vitest';
import { loadSuite } from '../suites.ts';
import { attempt, isAsExpected } from './attempt.ts';
import { type Entry, languages, readCorpus } from './corpus.ts';

/** A property that some expression hung onto the prototype of every object would show here. */
const pristine = prototypes();

describe.each(['escapes.yaml', 'bombs.yaml', 'regexes.yaml'] as const)('%s', (file) => {
  const byLanguage = Map.groupBy(readCorpus(file), (entry) => entry.language);

  test.each(languages.filter((language) => byLanguage.has(language)))(
    '%s',
    async (language) => {
      const entries = byLanguage.get(language) ?? [];
      const wrong = await Promise.all(entries.map(wrongAnswer));
      expect(wrong.filter((answer) => answer !== undefined)).toEqual([]);
    },
    120_000,
  );
});

test('a source that is written with a repetition is spelled out', () => {
  const [bomb] = readCorpus('bombs.yaml').filter((entry) => entry.source.startsWith('{{ ⟨100000×(⟩'));
  expect(bomb?.asked['expr']).toMatch(/^\{\{ \({100000}1\){100000} \}\}$/);
});

test('no prototype of the host has gained a property by all that', () => {
  expect(prototypes()).toEqual(pristine);
});

async function wrongAnswer(entry: Entry): Promise<object | undefined> {
  const loaded = await loadSuite(entry.suite);
  if (loaded.state !== 'loaded') throw new Error(`suite ${entry.suite}: ${loaded.state}`, { cause: loaded });
  const came = attempt(loaded.suite, entry);
  return isAsExpected(entry, came) ? undefined : { source: entry.source, ...entry.outcome, came };
}

function prototypes(): readonly (readonly PropertyKey[])[] {
  const all: readonly object[] = [
    Object.prototype,
    Array.prototype,
    Function.prototype,
    String.prototype,
    Map.prototype,
  ];
  return all.map((prototype) => Reflect.ownKeys(prototype));
}
