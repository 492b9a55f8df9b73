// cli/pack-config-yaml.ts — the text of a configuration ↔ its values, both as the operator reads them: YAML 1.1.
import {
  type Document,
  isMap,
  isScalar,
  Lexer,
  type Pair,
  parseDocument,
  Scalar,
  type ScalarTag,
  type YAMLMap,
} from 'yaml';
import { finalJson, lenientJson, plainJson } from '../operator/domain/action/plain-json.ts';
import { evaluating, NOWHEN } from '../operator/domain/expression/evaluation.ts';
import type { Value } from '../operator/domain/expression/python/values.ts';
import { PARSING } from '../operator/domain/expression/python/yaml/parsing.ts';
import { indentQuoted } from '../operator/domain/expression/python/yaml/quoted-lines.ts';
import { resolveTag } from '../operator/domain/expression/python/yaml/resolve.ts';
import { loadPackYaml, problemText, type YamlProblem } from '../operator/domain/pack/pack-yaml.ts';
import { computable, exactInteger } from '../operator/domain/result/exact-json.ts';
import { Failure } from './failure.ts';

type Mapping = Readonly<Record<string, unknown>>;

interface Text<T> {
  /** JSON, but for integers beyond 2^53 - 1, which are bigints; undefined when there are faults. */
  readonly value: T | undefined;
  /** What is wrong, with its place: `redis.yaml:3:1: …`. */
  readonly faults: readonly string[];
  /** What is allowed, and may be a slip. */
  readonly doubts: readonly string[];
}

/** What a text says; `file` is for the places. */
export function valueIn(text: string, file: string): Text<unknown> {
  const { value, problems } = loadPackYaml(text, file);
  const told = (wanted: YamlProblem['severity']) =>
    problems.filter(({ severity }) => severity === wanted).map((problem) => problemText(problem));
  const read = { value: undefined, faults: told('error'), doubts: told('warning') };
  if (value === undefined) return read;
  try {
    // Evaluated, since what an alias repeats is written out here.
    const json = evaluating(NOWHEN, () =>
      finalJson(
        plainJson(value),
        (one) => one,
        (long) => long,
      ),
    );
    return { ...read, value: json };
  } catch (cause) {
    return { ...read, faults: [`${file}: ${(cause as Error).message}`] };
  }
}

/** The same of a text that must be a mapping, or empty. */
export function mappingIn(text: string, file: string): Text<Mapping> {
  const { value = null, faults, doubts } = valueIn(text, file);
  if (faults.length > 0) return { value: undefined, faults, doubts };
  if (value === null) return { value: {}, faults, doubts };
  if (typeof value === 'object' && !Array.isArray(value)) return { value: value as Mapping, faults, doubts };
  return { value: undefined, faults: [`${file}: it must be a mapping of keys to values`], doubts };
}

/** Whether YAML takes a part of the text for a comment. */
export const hasComment = (text: string): boolean =>
  [...new Lexer().lex(text)].some((part, i, parts) => part.startsWith('#') && parts[i - 1] !== SCALAR_FOLLOWS);

/** What the lexer puts before the text of a scalar. */
const SCALAR_FOLLOWS = '\u001f';

/** Values of the API server as a text has them: long integers are bigints. */
export const exactValues = (values: unknown): Mapping => lenientJson(computable(values) as Value) as Mapping;

/** JSON in which every digit of an integer is written. */
export const exactJson = (value: unknown): unknown => finalJson(value as Value, (text) => text, exactInteger);

/** Whether two values are the same to whoever reads them; the order of keys is nothing to him. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (typeof a === 'bigint' || typeof b === 'bigint') return typeof a !== 'string' && String(a) === String(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Mapping, b as Mapping];
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isSameValue(left[key], right[key]))
  );
}

/** A mapping as a text of its own. */
export const yamlOf = (values: Mapping): string => changedYaml('', {}, values);

/** The text with other values; what is the same stays as it is written, and so do comments. @throws Failure for what cannot be changed so */
export function changedYaml(text: string, before: Mapping, after: Mapping): string {
  const document = documentOf(text);
  const map = mappingOf(document);
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) keep(map, key, false);
  for (const [key, value] of Object.entries(after))
    if (!Object.hasOwn(before, key) || !isSameValue(value, before[key])) put(document, map, key, value);
  try {
    return document.toString({ lineWidth: 0 });
  } catch (cause) {
    throw new Failure((cause as Error).message.split('\n')[0] ?? '', { cause });
  }
}

function documentOf(text: string): Document {
  const options = { ...PARSING, customTags };
  const document: Document = parseDocument(text, options);
  return document.errors.length === 0 ? document : parseDocument(indentQuoted(text), options);
}

function mappingOf(document: Document): YAMLMap {
  if (!isMap(document.contents)) document.contents = document.createNode({});
  return document.contents as YAMLMap;
}

/** A plain << is no key. */
const isKey = ({ key }: Pair, name: string): boolean =>
  isScalar(key) && key.value === name && !(name === '<<' && key.type === Scalar.PLAIN);

/** Of pairs with the same key the last one counts, and no other is kept. */
function keep(map: YAMLMap, name: string, isLastKept: boolean): Pair | undefined {
  const last = isLastKept ? map.items.findLast((pair) => isKey(pair, name)) : undefined;
  map.items = map.items.filter((pair) => pair === last || !isKey(pair, name));
  return last;
}

function put(document: Document, map: YAMLMap, name: string, value: unknown): void {
  const pair = keep(map, name, true);
  if (!pair) {
    map.items.push(document.createPair(name, value, { aliasDuplicateObjects: false }));
    return;
  }
  const [old, node] = [pair.value, document.createNode(value, { aliasDuplicateObjects: false })];
  pair.value = node;
  if (!isScalar(old) || !isScalar(node)) return;
  const { comment, commentBefore, spaceBefore, anchor, type } = old;
  const isQuoted = type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE;
  Object.assign(node, { comment, commentBefore, spaceBefore, anchor, ...(isQuoted && { type }) });
}

/** What must be an escape, or is a line break to some. */
// oxlint-disable-next-line no-control-regex -- these are what YAML does not take
const STRANGE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]/u;
const ESCAPED = new RegExp(STRANGE.source, 'gu');

/** New texts are quoted wherever the operator would take them for something else; words that are in the file have a type, and stay. */
const written =
  (plain: NonNullable<ScalarTag['stringify']>): NonNullable<ScalarTag['stringify']> =>
  (item, ctx, onComment, onChompKeep) => {
    const text = String(item.value);
    const isWord = resolveTag(text) !== 'str';
    if (STRANGE.test(text)) return escaped(text);
    if (isWord && item.type === undefined)
      return plain({ ...item, value: text, type: Scalar.QUOTE_DOUBLE } as Scalar, ctx);
    return plain(item, ctx, onComment, onChompKeep);
  };

const escaped = (text: string): string =>
  JSON.stringify(text).replace(ESCAPED, (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);

/** What is no text, in words that YAML 1.1 and 1.2 read alike. */
const WORD: ScalarTag = {
  tag: 'tag:yaml.org,2002:squall-word',
  default: true,
  identify: (value) => value === null || ['boolean', 'number', 'bigint'].includes(typeof value),
  resolve: (text) => text,
  // 1e+21 is a text to YAML 1.1, which wants a point.
  stringify: ({ value }) => String(value).replace(/^(-?\d+)e/, '$1.0e'),
};

type Tags = readonly (ScalarTag | object | string)[];
const customTags = (tags: Tags) =>
  [
    WORD,
    ...tags.map((tag) => {
      const isText =
        typeof tag === 'object' && 'stringify' in tag && 'tag' in tag && tag.tag === 'tag:yaml.org,2002:str';
      return isText ? { ...tag, stringify: written((tag as Required<ScalarTag>).stringify) } : tag;
    }),
  ] as ScalarTag[];
