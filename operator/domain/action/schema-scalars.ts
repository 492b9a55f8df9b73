// operator/domain/action/schema-scalars.ts — words of draft 4 about a value as a whole: its type, size, text.
import { spend } from '../expression/evaluation.ts';
import {
  asNumber,
  compareNumbers,
  divide,
  isFloat,
  isNumeric,
  modulo,
  type Numeric,
} from '../expression/python/numbers.ts';
import { compileRegex } from '../expression/python/regex.ts';
import { dictSize, isDict } from '../expression/python/dict.ts';
import { str } from '../expression/python/repr.ts';
import { isList, type Value } from '../expression/python/values.ts';
import { type Keyword, ownOf } from './schema-check.ts';
import { isOfType, same, sameKey } from './schema-types.ts';

const type: Keyword = (wanted, { complain }) => {
  const types = isList(wanted) ? wanted : [wanted];
  return (value, run) => {
    if (types.some((one) => isOfType(value, one))) return;
    complain(value, run, (show) => `${show(value)} is not of type ${types.map(show).join(', ')}`);
  };
};

const choice: Keyword = (wanted, { complain }) => {
  const choices = isList(wanted) ? wanted : [];
  return (value, run) => {
    if (!choices.some((one) => same(one, value)))
      complain(value, run, (show) => `${show(value)} is not one of ${show(choices)}`);
  };
};

const bound =
  (word: 'minimum' | 'maximum'): Keyword =>
  (wanted, { schema, complain }) => {
    if (!isNumeric(wanted)) return undefined;
    const isExclusive = ownOf(schema, word === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum') === true;
    const than = `${word === 'minimum' ? 'less' : 'greater'} than${isExclusive ? ' or equal to' : ''}`;
    return (value, run) => {
      if (!isNumeric(value)) return;
      const order = compareNumbers(value, wanted) * (word === 'minimum' ? 1 : -1);
      if (order < 0 || (isExclusive && order === 0))
        complain(value, run, (show) => `${show(value)} is ${than} the ${word} of ${show(wanted)}`);
    };
  };

const multipleOf: Keyword = (wanted, { complain }) => {
  if (!isNumeric(wanted) || asNumber(wanted) <= 0) return undefined;
  return (value, run) => {
    if (isNumeric(value) && !isMultiple(value, wanted))
      complain(value, run, (show) => `${show(value)} is not a multiple of ${str(wanted)}`);
  };
};

function isMultiple(value: Numeric, of: Numeric): boolean {
  if (!isFloat(of)) return asNumber(modulo(value, of)) === 0;
  const quotient = asNumber(divide(value, of));
  if (Number.isFinite(quotient)) return Number.isInteger(quotient);
  return asNumber(value) % asNumber(of) === 0;
}

/** `small` and `large` are what is said of a size under and over the limit, `none` of any size where none is allowed. */
const sized =
  (word: 'min' | 'max', size: (value: Value) => number | undefined, wrong: string): Keyword =>
  (wanted, { complain }) => {
    if (!isNumeric(wanted)) return undefined;
    const limit = asNumber(wanted);
    const says =
      word === 'min' && limit === 1
        ? 'should be non-empty'
        : word === 'max' && limit === 0
          ? 'is expected to be empty'
          : wrong;
    return (value, run) => {
      const count = size(value);
      if (count !== undefined && (word === 'min' ? count < limit : count > limit))
        complain(value, run, (show) => `${show(value)} ${says}`);
    };
  };

const lengthOf = (value: Value) => (typeof value === 'string' ? countCharacters(value) : undefined);
const itemsOf = (value: Value) => (isList(value) ? value.length : undefined);
const propertiesOf = (value: Value) => (isDict(value) ? dictSize(value) : undefined);

/** Characters as Python counts them: those outside the basic plane are one. */
function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

const pattern: Keyword = (wanted, { complain }) => {
  if (typeof wanted !== 'string') return undefined;
  const regex = compileRegex(wanted);
  return (value, run) => {
    if (typeof value !== 'string') return;
    spend(value.length >>> 6);
    if (!regex.test(value)) complain(value, run, (show) => `${show(value)} does not match ${show(wanted)}`);
  };
};

/** Only the schema of schemas asks for one; no other format is checked. */
const format: Keyword = (wanted, { complain }) => {
  if (wanted !== 'regex') return undefined;
  return (value, run) => {
    if (typeof value !== 'string') return;
    try {
      compileRegex(value);
    } catch {
      complain(value, run, (show) => `${show(value)} is not a 'regex'`);
    }
  };
};

const uniqueItems: Keyword = (wanted, { complain }) => {
  if (wanted !== true) return undefined;
  return (value, run) => {
    if (isList(value) && new Set(value.map(sameKey)).size < value.length)
      complain(value, run, (show) => `${show(value)} has non-unique elements`);
  };
};

export const SCALARS: readonly (readonly [string, Keyword])[] = [
  ['type', type],
  ['enum', choice],
  ['minimum', bound('minimum')],
  ['maximum', bound('maximum')],
  ['multipleOf', multipleOf],
  ['minLength', sized('min', lengthOf, 'is too short')],
  ['maxLength', sized('max', lengthOf, 'is too long')],
  ['minItems', sized('min', itemsOf, 'is too short')],
  ['maxItems', sized('max', itemsOf, 'is too long')],
  ['minProperties', sized('min', propertiesOf, 'does not have enough properties')],
  ['maxProperties', sized('max', propertiesOf, 'has too many properties')],
  ['pattern', pattern],
  ['format', format],
  ['uniqueItems', uniqueItems],
];
