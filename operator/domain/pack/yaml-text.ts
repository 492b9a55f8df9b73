// operator/domain/pack/yaml-text.ts — the text of a YAML file: where its fields stand, and what PyYAML would read otherwise than it looks.
import { type Alias, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from 'yaml';
import type { Place } from '../expression/fault.ts';
import { PARSING } from '../expression/python/yaml/parsing.ts';
import { indentQuoted } from '../expression/python/yaml/quoted-lines.ts';
import { resolveTag } from '../expression/python/yaml/resolve.ts';

/** Keys and numbers of items, from the outermost in. */
export type FieldPath = readonly (string | number)[];

/** Something that was found in a text that can be read. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly place: Place;
  readonly message: string;
  readonly remedy: string;
}

export interface YamlText {
  placeOf(path: FieldPath): Place;
  findings(): readonly Finding[];
}

type Pair = { readonly key: Node | null; readonly value: Node | null };

/** Opens a text that the loader has read without a fault. */
export function openYamlText(text: string): YamlText {
  const { document, lines } = parsed(text);
  const place = (node: Node | null): Place => {
    const { line, col } = lines.linePos(node?.range?.[0] ?? 0);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const resolve = (node: Node | null): Node | null => {
    if (!isAlias(node)) return node;
    // With the document at hand, this only looks for the anchor.
    return ((node as Alias).resolve(document) as Node | undefined) ?? null;
  };
  const root = document.contents as Node | null;
  return {
    placeOf: (path) => place(nodeAt(root, path, resolve)),
    findings: () =>
      findingsIn(root, place).sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column),
  };
}

function parsed(text: string) {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...PARSING, lineCounter: lines });
  if (document.errors.length === 0) return { document, lines };
  // PyYAML takes quoted texts whose lines are not indented; columns shift by that, lines do not.
  const indented = new LineCounter();
  return { document: parseDocument(indentQuoted(text), { ...PARSING, lineCounter: indented }), lines: indented };
}

type Resolve = (node: Node | null) => Node | null;

/** The key of the field, or of the nearest one around it. */
function nodeAt(root: Node | null, path: FieldPath, resolve: Resolve): Node | null {
  let shown = root;
  let within = resolve(root);
  for (const step of path) {
    if (isSeq(within) && typeof step === 'number') {
      const item = within.items[step] as Node | undefined;
      if (!item) break;
      shown = item;
      within = resolve(item);
    } else {
      const pair = pairOf(within, String(step), resolve);
      if (!pair) break;
      shown = pair.key;
      within = resolve(pair.value);
    }
  }
  return shown;
}

/** The last pair with a key counts; those that << brings come after the mapping's own. */
function pairOf(node: Node | null, key: string, resolve: Resolve): Pair | undefined {
  if (!isMap(node)) return undefined;
  const pairs = node.items as Pair[];
  const own = pairs.findLast((pair) => isScalar(pair.key) && !isMerge(pair.key) && String(pair.key.value) === key);
  if (own) return own;
  for (const { value } of pairs.filter((pair) => isMerge(pair.key))) {
    const source = resolve(value);
    const sources = isSeq(source) ? (source.items as Node[]).map(resolve) : [source];
    for (const one of sources) {
      const found = pairOf(one, key, resolve);
      if (found) return found;
    }
  }
  return undefined;
}

const isPlain = (node: Node | null): node is Scalar => isScalar(node) && node.type === 'PLAIN' && !node.tag;
const isMerge = (node: Node | null): boolean => isPlain(node) && node.value === '<<';
const textOf = (node: Scalar): string => (typeof node.value === 'string' ? node.value : '');

/** Every node once: what aliases repeat is looked at where it is written. */
function findingsIn(root: Node | null, place: (node: Node | null) => Place): Finding[] {
  const found: Finding[] = [];
  const open: (Node | null)[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isSeq(node)) open.push(...(node.items as (Node | null)[]));
    else if (isMap(node)) {
      found.push(...keyFindings(node.items as Pair[], place));
      open.push(...(node.items as Pair[]).map(({ value }) => value));
    } else if (isScalar(node)) found.push(...valueFindings(node, place(node)));
  }
  return found;
}

function keyFindings(pairs: readonly Pair[], place: (node: Node | null) => Place): Finding[] {
  const found: Finding[] = [];
  const seen = new Set<string>();
  for (const { key } of pairs) {
    if (isMerge(key)) continue;
    const text = isScalar(key) ? textOf(key) : '';
    if (!isScalar(key) || (isPlain(key) && !['str', 'value'].includes(resolveTag(text)))) {
      found.push({
        severity: 'error',
        place: place(key),
        message: `the key ${text === '' ? 'is empty or' : `"${text}"`} is no text: YAML 1.1 reads it as ${kindOf(text)}`,
        remedy: `write "${text}" in quotes`,
      });
    }
    if (seen.has(text)) {
      found.push({
        severity: 'warning',
        place: place(key),
        message: `the key "${text}" is there twice; the last one counts`,
        remedy: 'remove one of them',
      });
    }
    seen.add(text);
  }
  return found;
}

const kindOf = (text: string): string =>
  ({ bool: 'true or false', int: 'a number', float: 'a number', timestamp: 'a date', null: 'null' })[
    resolveTag(text) as 'bool' | 'int' | 'float' | 'timestamp' | 'null'
  ] ?? 'something else';

/** JSON, in which everything is stored, has no dates, no bytes, no sets and no infinite numbers. */
function valueFindings(node: Scalar, place: Place): Finding[] {
  const text = textOf(node);
  const tag = isPlain(node) ? resolveTag(text) : undefined;
  const quote = `put it in quotes if it is text: "${text}"`;
  const finding = (severity: Finding['severity'], message: string): Finding[] => [
    { severity, place, message, remedy: quote },
  ];
  if (tag === 'timestamp') return finding('error', `${text} is read as a date`);
  if (tag === 'float' && /inf|nan/i.test(text))
    return finding('error', `${text} is read as a number that JSON has not`);
  if (tag === 'int' && text.includes(':')) return finding('warning', `${text} is read as a number of base 60`);
  if (tag === 'int' && /^[-+]?0[0-7_]+$/.test(text)) return finding('warning', `${text} is read as an octal number`);
  return [];
}
