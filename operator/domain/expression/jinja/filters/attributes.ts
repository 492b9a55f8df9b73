// operator/domain/expression/jinja/filters/attributes.ts — `attribute='a.b.0'` → what it takes from each item.
import { allowCharacters, spend } from '../../evaluation.ts';
import type { Engine } from '../engine.ts';
import { plainText } from '../markup.ts';
import { toInt } from '../../python/parse-number.ts';
import type { Value } from '../../python/values.ts';

/** What a look for an attribute that is not there costs. */
const MISS_STEPS = 4;

export type Getter = (item: Value) => Value;

/** Texts without regard to case; other values as they are. */
export function ignoreCase(value: Value): Value {
  const text = plainText(value);
  if (text === undefined) return value;
  allowCharacters(text.length); // the copy is held until all are sorted
  return text.toLowerCase();
}

/** The steps of a path: names, and numbers for what is all digits. */
function parts(attribute: Value): readonly Value[] {
  if (attribute === null) return [];
  const path = plainText(attribute);
  if (path === undefined) return [attribute];
  return path.split('.').map((part) => (/^\p{Nd}+$/u.test(part) ? toInt(part) : part));
}

/** Takes an attribute; `fallback` (unless null) stands for every step that is not there. */
export function getter(engine: Engine, attribute: Value, options: { lower?: boolean; fallback?: Value } = {}): Getter {
  const steps = parts(attribute);
  const fallback = options.fallback ?? null;
  return (item) => {
    let value = item;
    for (const step of steps) {
      value = engine.item(value, step);
      if (!engine.isUndefined(value)) continue;
      spend(MISS_STEPS);
      if (fallback !== null) value = fallback;
    }
    return options.lower ? ignoreCase(value) : value;
  };
}

/** Takes several attributes, `a,b.c`, as a list. */
export function listGetter(engine: Engine, attribute: Value, lower: boolean): Getter {
  const path = plainText(attribute);
  const getters = (path === undefined ? [attribute] : path.split(',')).map((one) => getter(engine, one, { lower }));
  return (item) => getters.map((get) => get(item));
}
