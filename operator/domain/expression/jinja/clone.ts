// operator/domain/expression/jinja/clone.ts — a copy of a context whose lists and dicts a template may change.
import { allowItems, deeper } from '../evaluation.ts';
import { PySet, Tuple } from '../python/collections.ts';
import { type AnyDict, Dict, dictEntries, isDict } from '../python/dict.ts';
import { isList, type Value } from '../python/values.ts';

/** Copies; what is one object in two places stays one. */
export class Cloner {
  readonly #copies = new Map<Value, Value>();

  dict(dict: AnyDict): Dict {
    const known = this.#copies.get(dict);
    if (known instanceof Dict) return known;
    const copy = new Dict();
    this.#copies.set(dict, copy);
    deeper(() => {
      for (const [key, value] of dictEntries(dict)) copy.set(key, this.value(value));
    });
    return copy;
  }

  value(value: Value): Value {
    if (isDict(value)) return this.dict(value);
    if (isList(value)) return this.#list(value);
    if (value instanceof PySet && value.typeName === 'set') return this.#once(value, () => new PySet(value.values()));
    if (value instanceof Tuple && value.typeName === 'tuple') {
      return this.#once(value, () => new Tuple(deeper(() => value.items.map((item) => this.value(item)))));
    }
    return value;
  }

  #list(list: readonly Value[]): Value {
    const known = this.#copies.get(list);
    if (known !== undefined) return known;
    allowItems(list.length);
    const copy: Value[] = [];
    this.#copies.set(list, copy);
    deeper(() => {
      for (const item of list) copy.push(this.value(item));
    });
    return copy;
  }

  #once(value: Value, copy: () => Value): Value {
    const made = this.#copies.get(value) ?? copy();
    this.#copies.set(value, made);
    return made;
  }
}
