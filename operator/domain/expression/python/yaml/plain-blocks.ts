// operator/domain/expression/python/yaml/plain-blocks.ts — YAML as most files are written, a value a line → its value, many times as fast; undefined for any other.
import { deeper, spend } from '../../evaluation.ts';
import { asDict } from '../json-load.ts';
import type { Value } from '../values.ts';
import { plainFlow } from './plain-flow.ts';
import { plainWord, quoted } from './plain-words.ts';

interface Line {
  /** Columns before the text; of a value behind `- ` the columns before that value. */
  readonly indent: number;
  readonly text: string;
}

/** What YAML breaks lines at besides \n, what it puts documents apart with, and tabs. */
const STRANGE = /[\t\r\u0085\u2028\u2029\ufeff]|^(?:---|\.\.\.|%)/m;
const KEY = /^([A-Za-z_][\w.-]*):(?: +(.*))?$/;
const ITEM = /^-(?: +(.*))?$/;
/** Begins a plain text, and nothing else of YAML. */
const PLAIN = /^(?:[\w./($+<=^~;\\]|-[^ ])/;
/** Ends a plain text, or makes it something else. */
const SPECIAL = /: | #|:$/;

/** Whatever it does not know for certain, wrong YAML too, is for the whole parser. @throws ExpressionFault of kind budget */
export function plainBlocks(text: string): Value | undefined {
  const body = text.startsWith('---\n') ? text.slice(4) : text;
  if (STRANGE.test(body)) return undefined;
  const blocks = new Blocks(linesOf(body));
  const value = blocks.node(0);
  return blocks.isAtEnd ? value : undefined;
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (const whole of text.split('\n')) {
    const indent = whole.search(/[^ ]/);
    if (indent >= 0 && whole.charAt(indent) !== '#')
      lines.push({ indent, text: whole.slice(indent).replace(/ +$/, '') });
  }
  return lines;
}

class Blocks {
  readonly #lines: Line[];
  #at = 0;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#lines.length;
  }

  /** The mapping or list whose lines have so many columns before them. */
  node(indent: number): Value | undefined {
    const line = this.#lines[this.#at];
    if (line?.indent !== indent) return undefined;
    return deeper(() => (ITEM.test(line.text) ? this.#list(indent) : this.#mapping(indent)));
  }

  #list(indent: number): Value | undefined {
    const items: Value[] = [];
    for (let line = this.#lines[this.#at]; line?.indent === indent; line = this.#lines[this.#at]) {
      const match = ITEM.exec(line.text);
      if (!match) return items; // the next key of the mapping that the list is a value of
      const value = this.#item(line, match[1]);
      if (value === undefined) return undefined;
      items.push(value);
    }
    return this.#isWithin(indent) ? undefined : items;
  }

  /** Behind `- ` a mapping or a list may begin at once. */
  #item({ indent, text }: Line, rest: string | undefined): Value | undefined {
    if (rest === undefined || !(ITEM.test(rest) || KEY.test(rest))) return this.#value(indent, rest);
    const inner = indent + text.length - rest.length;
    this.#lines[this.#at] = { indent: inner, text: rest };
    return this.node(inner);
  }

  #mapping(indent: number): Value | undefined {
    const entries: [string, Value][] = [];
    const keys = new Set<string>();
    for (let line = this.#lines[this.#at]; line?.indent === indent; line = this.#lines[this.#at]) {
      const [, key, rest] = KEY.exec(line.text) ?? [];
      if (key === undefined || keys.has(key) || plainWord(key) !== key) return undefined;
      spend(1);
      const isList = rest === undefined && this.#isListAt(indent);
      if (isList) this.#at++;
      const value = isList ? this.node(indent) : this.#value(indent, rest);
      if (value === undefined) return undefined;
      keys.add(key);
      entries.push([key, value]);
    }
    return this.#isWithin(indent) ? undefined : asDict(entries);
  }

  /** What follows on the line, or else the deeper lines below it; null where there are none. */
  #value(indent: number, rest: string | undefined): Value | undefined {
    this.#at++;
    if (rest !== undefined) return this.#isWithin(indent) ? undefined : scalar(rest);
    return this.#isWithin(indent) ? this.node(this.#lines[this.#at]?.indent ?? 0) : null;
  }

  /** Whether the next line belongs to what stands at the indent. */
  #isWithin(indent: number): boolean {
    return (this.#lines[this.#at]?.indent ?? -1) > indent;
  }

  /** The value of a key may be a list that is not indented. */
  #isListAt(indent: number): boolean {
    const next = this.#lines[this.#at + 1];
    return next?.indent === indent && ITEM.test(next.text);
  }
}

function scalar(text: string): Value | undefined {
  spend(1);
  const first = text.charAt(0);
  if (first === '"' || first === "'") return quoted(text);
  if (first === '[' || first === '{') return plainFlow(text);
  return PLAIN.test(text) && !SPECIAL.test(text) ? plainWord(text) : undefined;
}
