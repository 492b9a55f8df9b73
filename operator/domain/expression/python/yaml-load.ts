// operator/domain/expression/python/yaml-load.ts — YAML text → values, as PyYAML's safe loader reads YAML 1.1.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { deeper, spend } from '../evaluation.ts';
import { budgetFault, ExpressionFault, type Place } from '../fault.ts';
import { PySet, Tuple } from './collections.ts';
import { hashKey } from './compare.ts';
import { Dict } from './dict.ts';
import { asDict } from './json-load.ts';
import { PyObject, typeName, type Value } from './values.ts';
import { constructScalar, SCALAR_TAGS } from './yaml/construct.ts';
import { PARSING } from './yaml/parsing.ts';
import { indentQuoted } from './yaml/quoted-lines.ts';
import { classOf, type YamlError } from './yaml/errors.ts';
import { canHash, firstLine, kindOf, type Pair, startOf } from './yaml/nodes.ts';
import { plainBlocks } from './yaml/plain-blocks.ts';
import { checkSource } from './yaml/source.ts';
import { resolveTag } from './yaml/resolve.ts';

export interface YamlSettings {
  /** As orquesta's loader: a key may not be there twice, and << brings nothing in. Default: false. */
  readonly uniqueKeys?: boolean;
}

/** The value of a YAML text; null of an empty one. @throws ExpressionFault of PyYAML's classes, with line and column */
export function loadYaml(text: string, { uniqueKeys = false }: YamlSettings = {}): Value {
  spend(3 * text.length);
  checkSource(text);
  const plain = plainBlocks(text);
  if (plain !== undefined) return plain;
  try {
    return new Loader(text, uniqueKeys).load();
  } catch (fault) {
    const isUnclosed = fault instanceof ExpressionFault && fault.message.startsWith('Missing closing');
    if (!isUnclosed || text.length > REPAIRED_MAX) throw fault;
    const repaired = indentQuoted(text);
    if (repaired === text) throw fault;
    return new Loader(repaired, uniqueKeys).load();
  }
}

/** Longest text that is read once more for its quoted texts, in characters. */
const REPAIRED_MAX = 2 * 1024;

const TAG = 'tag:yaml.org,2002:';
/** Letters, digits, `-`, `_`; and what PyYAML takes to be the next token already. */
const ANCHOR = /^[\w-]+(?:[?:,\]}%@`]|$)/;

class Loader {
  readonly #text: string;
  readonly #uniqueKeys: boolean;
  readonly #lines = new LineCounter();
  readonly #anchors = new Map<string, { readonly node: Node; value?: Value }>();
  constructor(text: string, uniqueKeys: boolean) {
    this.#text = text;
    this.#uniqueKeys = uniqueKeys;
  }

  load(): Value {
    const [document, ...rest] = this.#parse();
    const error = document?.errors[0] ?? document?.warnings.find((one) => one.code === 'BAD_DIRECTIVE');
    if (error?.message.startsWith('Maximum call stack')) throw budgetFault('the YAML nests too deeply');
    if (error) throw this.#fault(classOf(error.code, error.message), firstLine(error.message), error.pos[0]);
    if (!document && this.#text.startsWith('%')) throw this.#fault('ScannerError', 'found unknown directive name', 0);
    if (!document?.contents) return null;
    const second = rest.find((one) => one.contents !== null || one.directives?.docStart);
    if (second) {
      throw this.#fault('ComposerError', 'expected a single document in the stream', second.range?.[0] ?? 0);
    }
    return this.#construct(document.contents as Node);
  }

  #parse() {
    try {
      const documents = parseAllDocuments(this.#text, { ...PARSING, keepSourceTokens: true, lineCounter: this.#lines });
      return Array.isArray(documents) ? documents : [];
    } catch (error) {
      if (error instanceof RangeError) throw budgetFault('the YAML nests too deeply');
      throw error;
    }
  }

  #construct(node: Node): Value {
    spend(1);
    if (isAlias(node)) return this.#alias(node.source, node);
    const anchor = 'anchor' in node ? node.anchor : undefined;
    if (anchor === undefined) return this.#value(node);
    if (!ANCHOR.test(anchor)) {
      throw this.#fault('ScannerError', 'did not find expected alphabetic or numeric character', startOf(node));
    }
    const known = this.#anchors.get(anchor);
    if (known) throw this.#fault('ComposerError', 'found duplicate anchor', startOf(node));
    const entry: { readonly node: Node; value?: Value } = { node };
    this.#anchors.set(anchor, entry);
    const value = this.#value(node);
    entry.value = value;
    return value;
  }

  /** The value itself again, not a copy: however often it is named, it is kept once. */
  #alias(name: string, node: Node): Value {
    const known = this.#anchors.get(name);
    if (!known) throw this.#fault('ComposerError', 'found undefined alias', startOf(node));
    if (known.value === undefined) {
      throw this.#fault('ConstructorError', 'found unconstructable recursive node', startOf(node));
    }
    return known.value;
  }

  #value(node: Node): Value {
    const tag = this.#tagOf(node);
    if (isScalar(node)) return this.#scalar(this.#textOf(node), tag, node.type === 'PLAIN', node);
    if (isSeq(node)) return deeper(() => this.#sequence(node, tag));
    if (isMap(node)) return deeper(() => this.#mapping(node, tag));
    return null;
  }

  /** A block text that the file ends in the midst of has no line break at its end. */
  #textOf(node: Scalar): string {
    const text = typeof node.value === 'string' ? node.value : ''; // all are, for failsafe
    const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
    const isLast = isBlock && (node.range?.[1] ?? 0) >= this.#text.length && !/[\r\n]$/.test(this.#text);
    return isLast && text.endsWith('\n') ? text.slice(0, -1) : text;
  }

  /** A tag's name, without the prefix of YAML's own; undefined when none is written. */
  #tagOf(node: Node): string | undefined {
    const tag = 'tag' in node ? node.tag : undefined;
    if (tag === undefined || tag === '!') return undefined;
    return tag.startsWith(TAG) ? tag.slice(TAG.length) : tag;
  }

  #scalar(text: string, written: string | undefined, isPlainWord: boolean, node: Node): Value {
    const tag = written ?? (isPlainWord ? resolveTag(text) : 'str');
    const isNone = tag === 'value' || (tag === 'merge' && written === undefined);
    if (!SCALAR_TAGS.has(tag) || isNone) {
      if (['seq', 'map', 'set', 'omap', 'pairs'].includes(tag)) {
        throw this.#fault('ConstructorError', `expected a ${kindOf(tag)} node, but found scalar`, startOf(node));
      }
      throw this.#unknown(tag, node);
    }
    try {
      return constructScalar(text, tag);
    } catch (fault) {
      throw fault instanceof ExpressionFault ? fault.at(this.#place(startOf(node))) : fault;
    }
  }

  #sequence(node: YAMLSeq, tag = 'seq'): Value {
    const items = node.items as Node[];
    if (tag === 'omap' || tag === 'pairs') return items.map((item) => this.#pair(item, tag));
    if (tag !== 'seq') throw this.#misplaced(tag, 'sequence', node);
    return items.map((item) => this.#construct(item));
  }

  #pair(item: Node, tag: string): Value {
    if (!isMap(item) || item.items.length !== 1) {
      const kind = tag === 'omap' ? 'while constructing an ordered map' : 'while constructing pairs';
      throw this.#fault('ConstructorError', `${kind}: expected a mapping of length 1`, startOf(item));
    }
    const [pair] = item.items as { key: Node; value: Node | null }[];
    return new Tuple([this.#construct(pair?.key as Node), pair?.value ? this.#construct(pair.value) : null]);
  }

  #mapping(node: YAMLMap, tag = 'map'): Value {
    if (tag !== 'map' && tag !== 'set') throw this.#misplaced(tag, 'mapping', node);
    const entries = this.#entries(node);
    if (tag === 'set') return new PySet(entries.map(([key]) => key));
    if (entries.every((entry): entry is [string, Value] => typeof entry[0] === 'string')) return asDict(entries);
    return new Dict(entries);
  }

  /** The entries that << brings first, then the mapping's own. */
  #entries(node: YAMLMap): [Value, Value][] {
    const merged: [Value, Value][] = [];
    const own: [Value, Value][] = [];
    const seen = new Set<string>();
    for (const pair of node.items as Pair[]) {
      this.#refuseNoKey(pair, node);
      if (!this.#uniqueKeys && this.#isMerge(pair.key)) {
        merged.push(...this.#merge(pair.value, node));
        continue;
      }
      const key = this.#key(pair.key, node);
      if (this.#uniqueKeys) this.#refuseTwice(key, pair.key, node, seen);
      own.push([key, pair.value ? this.#construct(pair.value) : null]);
    }
    return [...merged, ...own];
  }

  #refuseTwice(key: Value, node: Node | null, mapping: YAMLMap, seen: Set<string>): void {
    const hash = hashKey(key);
    if (!seen.has(hash)) {
      seen.add(hash);
      return;
    }
    const place = this.#place(startOf(node ?? mapping));
    const text = isScalar(node) ? this.#textOf(node) : '';
    throw new ExpressionFault('value', 'ConstructorError', `found duplicate key "${text}"`, { place });
  }

  /** A colon with nothing before it is a key for YAML 1.2 only; PyYAML wants a ? there. */
  #refuseNoKey({ key, srcToken }: Pair, node: YAMLMap): void {
    const isNothing = (one: Node): boolean => isScalar(one) && one.type === 'PLAIN' && one.source === '';
    const isEmpty = key === null || (isNothing(key) && !key.tag && !key.anchor);
    if (!isEmpty || srcToken === undefined) return;
    const hasMark = srcToken.start.some((token) => token.type === 'explicit-key-ind');
    if (!hasMark) throw this.#fault('ParserError', 'did not find expected key', startOf(key ?? node));
  }

  #isMerge(key: Node | null): boolean {
    if (!isScalar(key)) return false;
    const tag = this.#tagOf(key);
    return tag === 'merge' || (tag === undefined && key.type === 'PLAIN' && key.value === '<<');
  }

  #key(node: Node | null, mapping: YAMLMap): Value {
    if (!node) return null;
    // A plain = is a text as a key, and nothing anywhere else.
    const isEquals = isScalar(node) && node.type === 'PLAIN' && node.value === '=' && this.#tagOf(node) === undefined;
    if (isEquals && !this.#uniqueKeys) return '=';
    const key = this.#construct(node);
    const isHashable = key === null || typeof key !== 'object' || (key instanceof PyObject && canHash(key));
    if (isHashable) return key;
    if (!this.#uniqueKeys) {
      throw this.#fault('ConstructorError', 'while constructing a mapping: found unhashable key', startOf(node));
    }
    const { line, column } = this.#place(startOf(mapping));
    const within = `while constructing a mapping\n  in "<unicode string>", line ${line}, column ${column}`;
    const message = `${within}\nfound unacceptable key (unhashable type: '${typeName(key)}')`;
    throw this.#fault('ConstructorError', message, startOf(node));
  }

  #merge(value: Node | null, mapping: YAMLMap): [Value, Value][] {
    const node = this.#resolved(value);
    if (isMap(node)) return this.#entries(node);
    if (isSeq(node)) {
      return (node.items as Node[])
        .map((item) => {
          const one = this.#resolved(item);
          if (isMap(one)) return this.#entries(one);
          throw this.#fault('ConstructorError', 'expected a mapping for merging', startOf(item));
        })
        .reverse()
        .flat();
    }
    const message = 'expected a mapping or list of mappings for merging';
    throw this.#fault('ConstructorError', message, startOf(value ?? mapping));
  }

  #resolved(node: Node | null): Node | null {
    if (!node || !isAlias(node)) return node;
    this.#alias(node.source, node);
    return this.#anchors.get(node.source)?.node ?? null;
  }

  #misplaced(tag: string, found: string, node: Node): ExpressionFault {
    if (!SCALAR_TAGS.has(tag) && !['seq', 'map', 'set', 'omap', 'pairs'].includes(tag)) return this.#unknown(tag, node);
    return this.#fault('ConstructorError', `expected a ${kindOf(tag)} node, but found ${found}`, startOf(node));
  }

  #unknown(tag: string, node: Node): ExpressionFault {
    const isOwn = !tag.startsWith('!') && !tag.includes(':');
    const name = isOwn || tag.startsWith('python/') ? TAG + tag : tag;
    return this.#fault('ConstructorError', `could not determine a constructor for the tag '${name}'`, startOf(node));
  }

  #fault(type: YamlError, message: string, offset: number): ExpressionFault {
    const place = this.#place(offset);
    const where = `\n  in "<unicode string>", line ${place.line}, column ${place.column}`;
    return new ExpressionFault('value', type, message + where, { place });
  }

  #place(offset: number): Place {
    const properties = /(?:[!&]\S*\s+)+$/.exec(this.#text.slice(Math.max(0, offset - 200), offset))?.[0] ?? '';
    const { line, col } = this.#lines.linePos(offset - properties.length); // a node begins with its tag and anchor
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}
