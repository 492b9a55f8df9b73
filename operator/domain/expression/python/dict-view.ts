// operator/domain/expression/python/dict-view.ts — what keys(), values() and items() of a dict give.
import { combine, isSetOperator, Tuple } from './collections.ts';
import { contains, containsItem, equals } from './compare.ts';
import { type AnyDict, dictEntries, dictGet, dictKeys, dictSize, dictValues } from './dict.ts';
import { iterate } from './iterate.ts';
import { repr } from './repr.ts';
import { type Comparison, type Operator, PyObject, type Value } from './values.ts';

type Part = 'keys' | 'values' | 'items';

/** A view: it shows the dict as it is when it is looked at. Keys and items compare and combine as sets. */
export class DictView extends PyObject {
  readonly typeName: string;
  readonly #dict: AnyDict;
  readonly #part: Part;
  constructor(dict: AnyDict, part: Part) {
    super();
    this.#dict = dict;
    this.#part = part;
    this.typeName = `dict_${part}`;
  }
  get isSet(): boolean {
    return this.#part !== 'values';
  }
  repr(): string {
    return `${this.typeName}([${this.iterate().map(repr).join(', ')}])`;
  }
  override truthy(): boolean {
    return this.size() > 0;
  }
  override size(): number {
    return dictSize(this.#dict);
  }
  override iterate(): Value[] {
    if (this.#part === 'keys') return dictKeys(this.#dict);
    if (this.#part === 'values') return dictValues(this.#dict);
    return dictEntries(this.#dict).map((entry) => new Tuple(entry));
  }
  override contains(item: Value): boolean {
    if (this.#part === 'values') return containsItem(dictValues(this.#dict), item);
    if (this.#part === 'keys') return contains(this.#dict, item);
    if (!(item instanceof Tuple) || item.items.length !== 2) return false;
    const [key, value] = item.items as [Value, Value];
    const found = dictGet(this.#dict, key);
    return found !== undefined && equals(found, value);
  }
  override equals(other: Value): boolean {
    return this === other || this.compareTo(other) === 0;
  }
  override operate(sign: Operator, other: Value, mirrored: boolean): Value | undefined {
    if (!this.isSet || !isSetOperator(sign)) return undefined;
    const [left, right] = mirrored ? [iterate(other), this.iterate()] : [this.iterate(), iterate(other)];
    return combine(sign, left, right, false);
  }
  /** As sets: a subset is less. */
  override compareTo(other: Value, _sign?: Comparison): number | undefined {
    if (!this.isSet || !(other instanceof PyObject)) return undefined;
    if (!(other instanceof DictView ? other.isSet : /^(frozen)?set$/.test(other.typeName))) return undefined;
    const [mine, theirs] = [this.size(), other.size() ?? 0];
    const [small, large] = mine <= theirs ? [this, other] : [other, this];
    for (const item of small.iterate() ?? []) if (!large.contains(item)) return Number.NaN;
    return mine - theirs;
  }
}
