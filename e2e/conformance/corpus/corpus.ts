// e2e/conformance/corpus/corpus.ts — expressions that try to get out or to use up the machine, each with what must come of it.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { FaultKind } from '../../../operator/domain/expression/fault.ts';
import type { Case } from '../suite.ts';
import type { Json } from '../tagged.ts';

/** How an entry is run: by which suite, and which fields its source fills. */
const LANGUAGES = {
  jinja: { suite: 'jinja', asked: (expr: string, context: object) => ({ mode: 'template', expr, context }) },
  yaql: { suite: 'yaql', asked: (expr: string, context: object) => ({ mode: 'yaql', expr, context, data: context }) },
  /** A string with `<% %>` or `{{ }}`, as workflows evaluate it: again and again while its result has some. */
  orquesta: { suite: 'yaql', asked: (expr: string, context: object) => ({ mode: 'orquesta', expr, context }) },
  /** The key of a criterion, looked up in the payload. */
  key: { suite: 'criteria', asked: (key: string, payload: object) => ({ mode: 'lookup', key, payload }) },
  /** The name of an operator. */
  operator: {
    suite: 'criteria',
    asked: (operator: string) => ({ mode: 'operator', operator, value: 'a', pattern: 'a' }),
  },
  /** The pattern of a criterion that searches `context.text`. */
  regex: {
    suite: 'criteria',
    asked: (pattern: string, context: object) => ({
      mode: 'operator',
      operator: 'regex',
      pattern,
      value: 'text' in context ? context.text : '',
    }),
  },
} as const;

export type Language = keyof typeof LANGUAGES;
export const languages = Object.keys(LANGUAGES) as readonly Language[];

/** One source and what must come of it. */
export interface Entry {
  readonly language: Language;
  /** As it is written in the file, before `⟨…⟩` is spelled out: for people. */
  readonly source: string;
  readonly suite: 'jinja' | 'yaql' | 'criteria';
  readonly asked: Case;
  /** The kinds of the error that refuses it, or else the harmless answer. */
  readonly outcome: { readonly refused: readonly FaultKind[] } | { readonly answer: Json };
}

interface Group {
  readonly language: Language;
  /** Kinds of errors: every source is refused with one of them. */
  readonly refused?: readonly FaultKind[];
  readonly sources?: readonly string[];
  /** Sources that are harmless, each with its answer. */
  readonly answers?: readonly (readonly [source: string, answer: Json])[];
  /** Names beside those of the whole file. */
  readonly context?: object;
}

/** The entries of a file of this folder. `⟨1000×ab⟩` in a source or a context stands for a thousand `ab`. */
export function readCorpus(file: 'escapes.yaml' | 'bombs.yaml' | 'regexes.yaml'): readonly Entry[] {
  const { context, groups } = parse(readFileSync(new URL(file, import.meta.url), 'utf8'), { maxAliasCount: -1 }) as {
    readonly context: object;
    readonly groups: readonly Group[];
  };
  return groups.flatMap((group) => {
    const around = { ...context, ...group.context };
    const refused = (group.sources ?? []).map((source) =>
      entryFor(group.language, source, around, { refused: group.refused ?? [] }),
    );
    const answered = (group.answers ?? []).map(([source, answer]) =>
      entryFor(group.language, source, around, { answer: spelledOut(answer) }),
    );
    return [...refused, ...answered];
  });
}

export function entryFor(language: Language, source: string, context: object, outcome: Entry['outcome']): Entry {
  const { suite, asked } = LANGUAGES[language];
  const name = `${suite}/corpus/${source}`;
  const fields = asked(spelledOut(source), spelledOut(context));
  return { language, source, suite, outcome, asked: { name, group: 'corpus', ...fields } };
}

function spelledOut<T>(value: T): T;
function spelledOut(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(/⟨(\d+)×([^⟩]*)⟩/g, (_, times: string, text: string) => text.repeat(Number(times)));
  }
  if (Array.isArray(value)) return value.map((item) => spelledOut(item as unknown));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spelledOut(item as unknown)]));
}
