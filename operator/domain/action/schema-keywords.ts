// operator/domain/action/schema-keywords.ts — all words of draft 4 that check something; here those that combine schemas.
import { isList } from '../expression/python/values.ts';
import { type Keyword, problemsOf } from './schema-check.ts';
import { INSIDES } from './schema-insides.ts';
import { SCALARS } from './schema-scalars.ts';

const allOf: Keyword = (wanted, { inner }) => {
  const checks = isList(wanted) ? wanted.map(inner) : [];
  return (value, run) => {
    for (const check of checks) check(value, run);
  };
};

const anyOf: Keyword = (wanted, { inner, complain }) => {
  const checks = isList(wanted) ? wanted.map(inner) : [];
  return (value, run) => {
    const found = checks.map((check) => problemsOf(check, value, run));
    if (found.some((problems) => problems.length === 0)) return;
    complain(value, run, (show) => `${show(value)} is not valid under any of the given schemas`, {
      context: found.flat(),
    });
  };
};

const oneOf: Keyword = (wanted, { inner, complain }) => {
  const schemas = isList(wanted) ? wanted : [];
  const checks = schemas.map(inner);
  return (value, run) => {
    const found = checks.map((check) => problemsOf(check, value, run));
    const [first, ...more] = schemas.filter((_, i) => found[i]?.length === 0);
    if (first === undefined)
      complain(value, run, (show) => `${show(value)} is not valid under any of the given schemas`, {
        context: found.flat(),
      });
    else if (more.length > 0)
      complain(value, run, (show) => `${show(value)} is valid under each of ${[...more, first].map(show).join(', ')}`);
  };
};

const not: Keyword = (wanted, { inner, complain }) => {
  const check = inner(wanted);
  return (value, run) => {
    if (problemsOf(check, value, run).length === 0)
      complain(value, run, (show) => `${show(value)} should not be valid under ${show(wanted)}`);
  };
};

export const KEYWORDS: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ...SCALARS,
  ...INSIDES,
  ['allOf', allOf],
  ['anyOf', anyOf],
  ['oneOf', oneOf],
  ['not', not],
]);
