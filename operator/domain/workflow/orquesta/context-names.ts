// operator/domain/workflow/orquesta/context-names.ts — a field with the names of variables known before it → what it names too early, and who is known after it.
import { variablesIn } from '../../expression/embedded/variables.ts';
import { dictKeys, dictSize, isDict } from '../../expression/python/dict.ts';
import { isList, truthy, type Value } from '../../expression/python/values.ts';
import type { Finding } from '../engine.ts';
import { type Bits, hasBit, NONE, Numbering, withBit } from './bits.ts';
import { element, findingAt, type Spot } from './findings.ts';
import { parseInlineParameters } from './inline-parameters.ts';
import { asOneKeyed } from './instantiate.ts';

/** The variables known at a place. */
export type Names = Bits;

/** What is found on the way through a definition, and the numbers of the variables on it. */
export class ContextWatch {
  readonly findings: Finding[] = [];
  readonly #numbers = new Numbering();

  names(given: Iterable<string>): Names {
    let names = NONE;
    for (const name of given) names = withBit(names, this.#numbers.of(name));
    return names;
  }

  /** Looks at what a field names. Gives the names known after it, which are more where the field gives variables their values. */
  along(value: Value, spot: Spot, names: Names, assigns = false): Names {
    if (!truthy(value)) return names;
    const inline = typeof value === 'string' ? parseInlineParameters(value) : [];
    const content = inline.length > 0 ? inline.map(asOneKeyed) : value;
    if (!isList(content)) return this.#look(content, spot, names, assigns);
    let known = names;
    for (const [i, one] of content.entries()) known = this.#look(one, element(spot, i), known, assigns);
    return known;
  }

  #look(value: Value, spot: Spot, names: Names, assigns: boolean): Names {
    for (const { language, expression, variable } of variablesIn(value)) {
      const add = (message: string) => {
        this.findings.push(findingAt({ type: 'context', message, language, expression }, spot));
      };
      if (variable.startsWith('__')) add(`Variable "${variable}" ${PRIVATE}`);
      if (!hasBit(names, this.#numbers.of(variable))) add(`Variable "${variable}" is referenced before assignment.`);
    }
    let known = names;
    if (assigns) for (const name of assignedIn(value)) known = withBit(known, this.#numbers.of(name));
    return known;
  }
}

const PRIVATE = 'that is prefixed with double underscores is considered a private variable and cannot be referenced.';

function assignedIn(value: Value): readonly string[] {
  if (typeof value === 'string') return [value];
  const isText = (key: Value) => typeof key === 'string';
  if (isDict(value)) return dictKeys(value).filter(isText);
  if (!isList(value)) return [];
  return value.flatMap((one) => (isText(one) || (isDict(one) && dictSize(one) === 1) ? assignedIn(one) : []));
}
