// operator/domain/pack/pack-yaml.ts — a YAML file of a pack → its value, what is wrong with it, and where each field stands.
import { evaluating, type Limits, NOWHEN } from '../expression/evaluation.ts';
import { ExpressionFault, type Place } from '../expression/fault.ts';
import { Dict, dictEntries } from '../expression/python/dict.ts';
import { isList, isPlain, PyObject, type Value } from '../expression/python/values.ts';
import { loadYaml } from '../expression/python/yaml-load.ts';
import { indentQuoted } from '../expression/python/yaml/quoted-lines.ts';
import { remedyFor } from './yaml-remedies.ts';
import { openYamlText, type FieldPath, type YamlText } from './yaml-text.ts';

/** Something to tell about a file. A file with an error has no value. */
export interface YamlProblem {
  readonly severity: 'error' | 'warning';
  /** `actions/foo.yaml:12:3`. */
  readonly at: string;
  readonly file: string;
  readonly place: Place;
  /** What is there, and what to write instead. */
  readonly message: string;
  readonly remedy: string | undefined;
}

export interface PackYaml {
  /** As PyYAML's safe loader reads it; null for an empty file, undefined when there is an error. Its keys are texts. */
  readonly value: Value | undefined;
  readonly problems: readonly YamlProblem[];
  readonly positions: YamlPositions;
}

export interface YamlPositions {
  /** Where the key of a field stands (or the item of a list); where the file does not have it, the nearest field around it. */
  placeOf(path: FieldPath): Place;
  /** `actions/foo.yaml:12:3`. */
  at(path: FieldPath): string;
}

/** Largest file, in characters. */
const TEXT_MAX = 1024 * 1024;
/** Values in a file, with those that aliases repeat counted each time. */
const VALUES_MAX = 200_000;
const LIMITS: Limits = { steps: 4 * TEXT_MAX, characters: TEXT_MAX, items: 100_000, depth: 60 };
const START: Place = { line: 1, column: 1 };

/** Reads a file of a pack. `file` is its name within the pack, for messages. Never throws for what a file has. */
export function loadPackYaml(text: string, file: string): PackYaml {
  if (text.length > TEXT_MAX) {
    return refused(file, START, `the file has more than ${TEXT_MAX} characters`, 'make it smaller');
  }
  const bomb = suspicion(text);
  if (bomb !== undefined) return refused(file, START, bomb, 'write it in several files, and simpler');
  const first = load(text);
  const source =
    first instanceof ExpressionFault && first.message.startsWith('Missing closing') ? indentQuoted(text) : text;
  const loaded = source === text ? first : load(source);
  if (loaded instanceof ExpressionFault) {
    const place = loaded.place ?? START;
    const { message, remedy } = remedyFor(loaded, text.split(/\r\n|\r|\n/)[place.line - 1] ?? '');
    return refused(file, place, message, remedy);
  }
  if (expandedSize(loaded) > VALUES_MAX) {
    return refused(file, START, `aliases make the file larger than ${VALUES_MAX} values`, 'write fewer *aliases');
  }
  const yaml = openYamlText(source);
  const problems = yaml.findings().map(({ severity, place, message, remedy }): YamlProblem => {
    return { severity, file, place, message, remedy, at: placed(file, place) };
  });
  const isBad = problems.some(({ severity }) => severity === 'error');
  return { value: isBad ? undefined : loaded, problems, positions: positionsOf(yaml, file) };
}

/** Entries of a file, told by its lines and commas; parsing takes a while for each. */
const ENTRIES_MAX = 20_000;
const ALIASES_MAX = 2_000;

/** What is refused before it is parsed: parsing alone would take long. */
function suspicion(text: string): string | undefined {
  let entries = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === COMMA || code === LINE_FEED) entries += 1;
  }
  if (entries > ENTRIES_MAX) return `the file has more than ${ENTRIES_MAX} lines and entries`;
  if (/(?:[-?[{] ?){200}/.test(text)) return 'the file is too large or too deep: the YAML nests too deeply';
  const aliases = text.match(/(?:^|[\s,[:])\*[\w-]+(?=[\s,\]}]|$)/g)?.length ?? 0;
  return aliases > ALIASES_MAX ? `aliases make the file larger than ${VALUES_MAX} values` : undefined;
}
const [COMMA, LINE_FEED] = [44, 10];

const placed = (file: string, { line, column }: Place) => `${file}:${line}:${column}`;

const positionsOf = (yaml: YamlText, file: string): YamlPositions => ({
  placeOf: (path) => yaml.placeOf(path),
  at: (path) => placed(file, yaml.placeOf(path)),
});

function refused(file: string, place: Place, message: string, remedy: string | undefined): PackYaml {
  const problem: YamlProblem = { severity: 'error', file, place, message, remedy, at: placed(file, place) };
  return { value: undefined, problems: [problem], positions: { placeOf: () => START, at: () => placed(file, START) } };
}

/** One line for people: `actions/foo.yaml:12:3: message; remedy`. */
export const problemText = ({ at, message, remedy }: YamlProblem): string =>
  `${at}: ${message}${remedy === undefined ? '' : `; ${remedy}`}`;

function load(text: string): Value | ExpressionFault {
  try {
    return evaluating(NOWHEN, () => loadYaml(text), LIMITS);
  } catch (error) {
    if (error instanceof ExpressionFault) return error;
    throw error;
  }
}

/** The number of values that writing all of it out would take; what is shared is counted once and multiplied. */
function expandedSize(value: Value, known = new Map<Value, number>()): number {
  if (typeof value !== 'object' || value === null) return 1;
  const size = known.get(value);
  if (size !== undefined) return size;
  const parts = childrenOf(value);
  const total = parts.reduce<number>((sum, part) => sum + expandedSize(part, known), 1);
  known.set(value, total);
  return total;
}

function childrenOf(value: Value): readonly Value[] {
  if (isList(value)) return value;
  if (isPlain(value) || value instanceof Dict) return dictEntries(value).map(([, item]) => item);
  return value instanceof PyObject ? [...(value.iterate() ?? [])] : [];
}
