// operator/domain/expression/python/yaml/plain-flow.ts — `[a, {b: "c"}]` on one line, of words and quoted texts → its value; undefined for anything else.
import { deeper, spend } from '../../evaluation.ts';
import { asDict } from '../json-load.ts';
import type { Value } from '../values.ts';
import { plainWord, quoted } from './plain-words.ts';

/** No character that could mean something in brackets. */
const WORD = / *([\w./($<=](?:[\w./()$<>%=+*| -]*[\w./()$<>%=+*|-])?) */y;
const QUOTED = / *("[^"\\]*"|'(?:[^']|'')*') */y;
const KEY = / *(?:([A-Za-z_][\w.-]*)|"([^"\\]*)"): +/y;

/** The whole text is one list or one mapping. */
export function plainFlow(text: string): Value | undefined {
  const flow = new Flow(text);
  const value = flow.value();
  return flow.isAtEnd ? value : undefined;
}

class Flow {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  value(): Value | undefined {
    spend(1);
    if (this.#takes('[')) return deeper(() => this.#list());
    if (this.#takes('{')) return deeper(() => this.#mapping());
    const written = this.#match(QUOTED)?.[1];
    if (written !== undefined) return quoted(written);
    const word = this.#match(WORD)?.[1];
    return word === undefined ? undefined : plainWord(word);
  }

  #list(): Value | undefined {
    const items: Value[] = [];
    if (this.#takes(']')) return items;
    do {
      const value = this.value();
      if (value === undefined) return undefined;
      items.push(value);
    } while (this.#takes(','));
    return this.#takes(']') ? items : undefined;
  }

  #mapping(): Value | undefined {
    const entries: [string, Value][] = [];
    const keys = new Set<string>();
    if (this.#takes('}')) return asDict(entries);
    do {
      const [, word, text] = this.#match(KEY) ?? [];
      const key = text ?? (word !== undefined && plainWord(word) === word ? word : undefined);
      const value = key === undefined || keys.has(key) ? undefined : this.value();
      if (key === undefined || value === undefined) return undefined;
      keys.add(key);
      entries.push([key, value]);
    } while (this.#takes(','));
    return this.#takes('}') ? asDict(entries) : undefined;
  }

  /** With the spaces around it. */
  #takes(mark: string): boolean {
    let at = this.#at;
    while (this.#text[at] === ' ') at++;
    if (this.#text[at] !== mark) return false;
    do at++;
    while (this.#text[at] === ' ');
    this.#at = at;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match) this.#at = pattern.lastIndex;
    return match ?? undefined;
  }
}
