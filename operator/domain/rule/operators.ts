// operator/domain/rule/operators.ts — the comparisons of criteria as StackStorm has them (st2common/operators.py), with Python's strictness about types.
import { OPERATORS, type Operator } from '../../api/rule.ts';
import { atMost, spend } from '../expression/evaluation.ts';
import { didYouMean, ExpressionFault, typeFault } from '../expression/fault.ts';
import { decode } from '../expression/python/codec.ts';
import { Bytes, Tuple } from '../expression/python/collections.ts';
import { compare, contains, equals, hashKey } from '../expression/python/compare.ts';
import { toFloat } from '../expression/python/parse-number.ts';
import { compileRegex, type RegexFlags } from '../expression/python/regex.ts';
import { lower } from '../expression/python/text-case.ts';
import { PyObject, typeName, type Value } from '../expression/python/values.ts';
import { secondsSince } from './timediff.ts';
import { compileWildcard } from './wildcard.ts';

/** Whether a value passes; a missing one is null. @throws ExpressionFault where StackStorm's operator raises: the rule is at fault */
export type Test = (value: Value) => boolean;

/** Makes the test of one pattern. @throws ExpressionFault for a pattern that no value can be compared with */
type Prepare = (pattern: Value) => Test;

const never: Test = () => false;

/** Nearly all operators say no to a pattern that is null, also the negated ones. */
const withPattern =
  (prepare: Prepare): Prepare =>
  (pattern) =>
    pattern === null ? never : prepare(pattern);

/** Compares two values after bytes on either side have become text. */
const decoded = (test: (value: Value, pattern: Value) => boolean): Prepare =>
  withPattern((pattern) => {
    if (!(pattern instanceof Bytes)) return (value) => test(fromBytes(value), pattern);
    return (value) => test(fromBytes(value), fromBytes(pattern));
  });

const fromBytes = (value: Value): Value => (value instanceof Bytes ? decode(value.bytes) : value);

/** Text, also where the engines made it: marked-up text is text. */
const asText = (value: Value): string | undefined =>
  typeof value === 'string' ? value : value instanceof PyObject && value.isText() ? value.text() : undefined;

function method(value: Value, name: string): string {
  const text = asText(value);
  if (text !== undefined) return text;
  throw new ExpressionFault('type', 'AttributeError', `'${typeName(value)}' object has no attribute '${name}'`);
}

const lowered = (value: Value): string => lower(method(value, 'lower'));

function affix(name: 'startswith' | 'endswith', text: string, pattern: Value): boolean {
  const has = (part: string) => (name === 'startswith' ? text.startsWith(part) : text.endsWith(part));
  if (pattern instanceof Tuple) {
    return pattern.items.some((item) => {
      const part = asText(item);
      if (part === undefined) throw typeFault(`tuple for ${name} must only contain str, not ${typeName(item)}`);
      return has(part);
    });
  }
  const part = asText(pattern);
  if (part !== undefined) return has(part);
  throw typeFault(`${name} first arg must be str or a tuple of str, not ${typeName(pattern)}`);
}

const equal = decoded(equals);
const notEqual: Prepare = (pattern) => (value) => !equals(fromBytes(value), fromBytes(pattern));
const iequal = decoded((value, pattern) => lowered(value) === lowered(pattern));
const ordered = (sign: '<' | '>'): Prepare => withPattern((pattern) => (value) => compare(sign, value, pattern));
const elapsed = (sign: '<' | '>'): Prepare =>
  withPattern((pattern) => (value) => compare(sign, secondsSince(value), toFloat(pattern)));
const inside = decoded((value, pattern) => contains(pattern, value));
const outside = decoded((value, pattern) => !contains(pattern, value));

const wildcard = withPattern((given) => {
  const pattern = fromBytes(given);
  const path = (value: Value) => {
    const text = asText(fromBytes(value));
    if (text === undefined) throw typeFault(`expected str, bytes or os.PathLike object, not ${typeName(value)}`);
    return text;
  };
  const text = asText(pattern);
  const matches = text === undefined ? undefined : compileWildcard(text);
  return (value) => {
    const name = path(value);
    return matches ? matches(name) : path(pattern) === name;
  };
});

const BLOCK = ' '.repeat(4096);

/** What one match may take, while events wait for it: about 10 ms. The automaton reads 3 MiB in it; what looks behind less than 100 KiB. */
const MATCH_STEPS_MAX = 48 * 1024;

/** matchregex is anchored at the start, and its dot takes line breaks too; the others search. */
const regex = (flags: RegexFlags): Prepare =>
  withPattern((given) => {
    const pattern = fromBytes(given);
    const text = asText(pattern);
    if (text === undefined) {
      hashKey(pattern);
      throw typeFault('first argument must be string or compiled pattern');
    }
    const compiled = compileRegex(text, flags);
    const weight = compiled.cost(BLOCK); // of each 4096 characters
    return (value) => {
      const subject = asText(fromBytes(value));
      if (subject === undefined) {
        throw typeFault(`expected string or bytes-like object, got '${typeName(value)}'`);
      }
      spend(Math.ceil((subject.length * weight) / BLOCK.length));
      return atMost(MATCH_STEPS_MAX, () => (flags.dotAll ? compiled.testStart(subject) : compiled.test(subject)));
    };
  });

/** All of them but `search`, which needs more than a value and a pattern. */
const TESTS: Readonly<Record<Exclude<Operator, 'search'>, Prepare>> = {
  equals: equal,
  eq: equal,
  nequals: notEqual,
  neq: notEqual,
  iequals: iequal,
  ieq: iequal,
  contains: decoded((value, pattern) => contains(value, pattern)),
  icontains: decoded((value, pattern) => {
    const part = lowered(pattern);
    return contains(lowered(value), part);
  }),
  ncontains: decoded((value, pattern) => !contains(value, pattern)),
  incontains: decoded((value, pattern) => {
    const part = lowered(pattern);
    return !contains(lowered(value), part);
  }),
  startswith: decoded((value, pattern) => affix('startswith', method(value, 'startswith'), pattern)),
  istartswith: decoded((value, pattern) => lowered(value).startsWith(lowered(pattern))),
  endswith: decoded((value, pattern) => affix('endswith', method(value, 'endswith'), pattern)),
  iendswith: decoded((value, pattern) => lowered(value).endsWith(lowered(pattern))),
  lessthan: ordered('<'),
  lt: ordered('<'),
  greaterthan: ordered('>'),
  gt: ordered('>'),
  matchwildcard: wildcard,
  matchregex: regex({ dotAll: true }),
  regex: regex({}),
  iregex: regex({ ignoreCase: true }),
  timediff_lt: elapsed('<'),
  td_lt: elapsed('<'),
  timediff_gt: elapsed('>'),
  td_gt: elapsed('>'),
  exists: () => (value) => value !== null,
  nexists: () => (value) => value === null,
  inside,
  in: inside,
  ninside: outside,
  nin: outside,
};

/** Operators that mean something without a pattern. */
const PATTERNLESS: ReadonlySet<Operator> = new Set(['exists', 'nexists', 'nequals', 'neq']);
export const needsPattern = (operator: Operator): boolean => !PATTERNLESS.has(operator);

/** It fails the whole rule, whatever stands beside it. */
export class UnknownOperator extends ExpressionFault {}

/** The operator of a name, whatever its case; only search is particular. @throws ExpressionFault */
export function operatorOf(name: string): Operator {
  const lowerCase = name.toLowerCase();
  const found = OPERATORS.find((operator) => operator === lowerCase);
  if (found === 'search' && name !== found) throw typeFault('search is written in lower case');
  if (found) return found;
  const hint = didYouMean(name, OPERATORS);
  throw new UnknownOperator('other', 'Exception', `Invalid operator: ${name}${hint === '' ? '' : `.${hint}`}`);
}

/** The test that an operator makes of a pattern. @throws ExpressionFault */
export const prepareTest = (operator: Exclude<Operator, 'search'>, pattern: Value): Test => TESTS[operator](pattern);
