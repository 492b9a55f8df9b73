// operator/domain/expression/functions/st2/regex.ts — regex_match, regex_search, regex_replace, regex_substring.
import { spend } from '../../evaluation.ts';
import { typeFault } from '../../fault.ts';
import { Tuple } from '../../python/collections.ts';
import { hashKey } from '../../python/compare.ts';
import { compileRegex, type Regex } from '../../python/regex.ts';
import { str } from '../../python/repr.ts';
import { index } from '../../python/subscript.ts';
import { PyObject, truthy, typeName, type Value } from '../../python/values.ts';
import { bind, type Call, type PyFunction } from '../call.ts';

const MATCHING = ['value', 'pattern', ['ignorecase', false]] as const;
const REPLACING = ['value', 'pattern', 'replacement', ['ignorecase', false]] as const;
const CUTTING = ['value', 'pattern', ['result_index', 0], ['ignorecase', false]] as const;

/** A str or its like; undefined for all else. */
const textOf = (value: Value): string | undefined =>
  typeof value === 'string' ? value : value instanceof PyObject && value.isText() ? value.text() : undefined;

function regexOf(pattern: Value, ignoreCase: Value, text: string): Regex {
  const source = textOf(pattern);
  if (source === undefined) {
    hashKey(pattern);
    throw typeFault('first argument must be string or compiled pattern');
  }
  const regex = compileRegex(source, { ignoreCase: truthy(ignoreCase) });
  spend(regex.cost(text));
  return regex;
}

const tested =
  (name: string, test: (regex: Regex, text: string) => boolean): PyFunction =>
  (call: Call) => {
    const [value = null, pattern = null, ignoreCase = false] = bind(name, call, MATCHING);
    const text = textOf(value) ?? str(value);
    return test(regexOf(pattern, ignoreCase, text), text);
  };

const replace: PyFunction = (call) => {
  const [value = null, pattern = null, replacement = null, ignoreCase = false] = bind('regex_replace', call, REPLACING);
  const text = textOf(value) ?? str(value);
  const template = textOf(replacement);
  const regex = regexOf(pattern, ignoreCase, text);
  if (template === undefined) throw typeFault(`expected str instance, ${typeName(replacement)} found`);
  return regex.sub(template, text);
};

const substring: PyFunction = (call) => {
  const [value = null, pattern = null, at = 0, ignoreCase = false] = bind('regex_substring', call, CUTTING);
  const text = textOf(value) ?? str(value);
  const found = regexOf(pattern, ignoreCase, text).findall(text);
  return index(
    found.map((one) => (typeof one === 'string' ? one : new Tuple(one))),
    at,
  );
};

export const REGEX_FUNCTIONS: readonly (readonly [string, PyFunction])[] = [
  ['regex_match', tested('regex_match', (regex, text) => regex.testStart(text))],
  ['regex_search', tested('regex_search', (regex, text) => regex.test(text))],
  ['regex_replace', replace],
  ['regex_substring', substring],
];
