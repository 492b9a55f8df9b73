// operator/domain/rule/search.ts — the operator search: which items of a list fit which criteria of a pattern.
import { SEARCH_CONDITIONS } from '../../api/rule.ts';
import { deeper, spend } from '../expression/evaluation.ts';
import { ExpressionFault, typeFault } from '../expression/fault.ts';
import { dictEntries, isDict } from '../expression/python/dict.ts';
import { iterate } from '../expression/python/iterate.ts';
import { str } from '../expression/python/repr.ts';
import { typeName, type Value } from '../expression/python/values.ts';

/** One criterion of the pattern, asked about one item. @throws ExpressionFault only where the whole rule is at fault */
export type ItemTest<S> = (item: Value, subject: S) => boolean;

export type SearchCondition = (typeof SEARCH_CONDITIONS)[number];
export const isSearchCondition = (name: Value): name is SearchCondition =>
  typeof name === 'string' && (SEARCH_CONDITIONS as readonly string[]).includes(name);

/** @throws ExpressionFault when there is no such condition, as the reference does at every event */
export const unknownCondition = (name: Value): ExpressionFault =>
  new ExpressionFault(
    'resolution',
    'UnrecognizedConditionError',
    `The '${str(name)}' condition is not recognized for type search, 'any', 'all', 'any2any' and 'all2any' are allowed`,
  );

/** Compiles the pattern's criteria with `compileOne`; a pattern that is no map matters only when there is an item. */
export function compileSearch<S>(
  pattern: Value,
  condition: Value,
  compileOne: (key: string, criterion: Value) => ItemTest<S>,
): (value: Value, subject: S) => boolean {
  const criteria = isDict(pattern)
    ? dictEntries(pattern).map(([key, criterion]) => compileOne(keyOf(key), criterion))
    : undefined;
  return (value, subject) => {
    if (!isSearchCondition(condition)) throw unknownCondition(condition);
    const items = isDict(value) ? [value] : [...iterate(value)];
    const fits = (item: Value) => {
      if (!criteria) {
        throw new ExpressionFault('type', 'AttributeError', `'${typeName(pattern)}' object has no attribute 'items'`);
      }
      spend(criteria.length);
      const results = criteria.map((test) => test(item, subject)); // all of them: an unknown operator fails the rule wherever it stands
      return condition.endsWith('2any') ? results.includes(true) : !results.includes(false);
    };
    const results = deeper(() => items.map(fits));
    return condition.startsWith('any') ? results.includes(true) : !results.includes(false);
  };
}

function keyOf(key: Value): string {
  if (typeof key === 'string') return key;
  throw typeFault(`a criterion's key is text, not ${typeName(key)}`);
}
