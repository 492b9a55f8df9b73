// operator/domain/expression/yaql/library/boolean.ts — and, or, not, bool, and the functions that choose a branch.
import { truthy } from '../../python/values.ts';
import { define, param, rest } from '../function.ts';
import { lazy } from '../iterators.ts';
import { any, branch, index, lambda } from '../types.ts';

export const booleans = [
  define('#operator_and', 'function', [param('left', lambda), param('right', lambda)], (_, left, right) => {
    const value = left();
    return truthy(value) ? right() : value;
  }),
  define('#operator_or', 'function', [param('left', lambda), param('right', lambda)], (_, left, right) => {
    const value = left();
    return truthy(value) ? value : right();
  }),
  define('#unary_operator_not', 'function', [param('arg', any)], (_, value) => !truthy(value)),
  define('bool', 'function', [param('value', any)], (_, value) => truthy(value)),
  define('isBoolean', 'function', [param('value', any)], (_, value) => typeof value === 'boolean'),
];

export const branching = [
  define(
    'switch',
    'function',
    [rest('args', branch)],
    (_, branches) => branches.find(({ source }) => truthy(source()))?.destination() ?? null,
    true,
  ),
  define('selectCase', 'function', [rest('args', lambda)], (_, cases) => {
    const at = cases.findIndex((one) => truthy(one()));
    return at < 0 ? cases.length : at;
  }),
  define('selectAllCases', 'function', [rest('args', lambda)], (_, cases) =>
    lazy(function* () {
      for (const [at, one] of cases.entries()) if (truthy(one())) yield at;
    }),
  ),
  define('examine', 'function', [rest('args', lambda)], (_, cases) =>
    lazy(function* () {
      for (const one of cases) yield truthy(one());
    }),
  ),
  define('switchCase', 'method', [param('case', index), rest('args', lambda)], (_, at, cases) => {
    const chosen = at >= 0 ? cases[at] : undefined;
    return (chosen ?? cases.at(-1))?.() ?? null;
  }),
  define('coalesce', 'function', [rest('args', lambda)], (_, choices) => {
    for (const choice of choices) {
      const value = choice();
      if (value !== null) return value;
    }
    return null;
  }),
];
