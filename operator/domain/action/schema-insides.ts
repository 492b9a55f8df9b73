// operator/domain/action/schema-insides.ts — words of draft 4 about items and properties, and StackStorm's `required`.
import { compareText } from '../expression/python/compare.ts';
import { type AnyDict, dictEntries, dictGet, dictKeys, isDict } from '../expression/python/dict.ts';
import { compileRegex } from '../expression/python/regex.ts';
import { str } from '../expression/python/repr.ts';
import { isList, isPlain, type Value } from '../expression/python/values.ts';
import {
  type Check,
  type Compiler,
  descend,
  entriesOf,
  type Keyword,
  listed,
  ownOf,
  type Run,
} from './schema-check.ts';
import type { Show } from './schema-problem.ts';

const items: Keyword = (wanted, { inner }) => {
  if (isList(wanted)) {
    const checks = wanted.map(inner);
    return (value, run) => {
      if (isList(value))
        for (const [i, item] of value.slice(0, checks.length).entries()) descend(checks[i] as Check, item, run, i);
    };
  }
  const check = inner(wanted);
  return (value, run) => {
    if (isList(value)) for (const [i, item] of value.entries()) descend(check, item, run, i);
  };
};

const additionalItems: Keyword = (wanted, { schema, inner, complain }) => {
  const first = ownOf(schema, 'items') ?? null; // without a list of items it says nothing
  if (!isList(first) || wanted === true) return undefined;
  const check = wanted === false ? undefined : inner(wanted);
  return (value, run) => {
    if (!isList(value) || value.length <= first.length) return;
    const rest = value.slice(first.length);
    if (check) for (const [i, item] of rest.entries()) descend(check, item, run, first.length + i);
    else complain(value, run, (show) => `Additional items are not allowed (${listed(rest, show)} unexpected)`);
  };
};

const properties: Keyword = (wanted, { inner, complain }) => {
  const checks = entriesOf(wanted).map(([name, schema]) => {
    return { name, check: inner(schema), isRequired: isPlain(schema) && ownOf(schema, 'required') === true };
  });
  return (value, run) => {
    if (!isDict(value)) return;
    for (const { name, check, isRequired } of checks) {
      const item = dictGet(value, name);
      if (item !== undefined) descend(check, item, run, name);
      else if (isRequired) missing(name, value, run, complain);
    }
  };
};

function missing(property: string, value: Value, run: Run, complain: Compiler['complain']): void {
  const kept = run.problems.length;
  complain(value, run, (show) => `${show(property)} is a required property`, { property });
  const [problem] = run.problems.splice(kept);
  if (problem) run.problems.push({ ...problem, keyword: 'required', wanted: true });
}

/** Draft 4's list; StackStorm's boolean belongs to `properties` around it. */
const required: Keyword = (wanted, { complain }) => {
  if (!isList(wanted)) return undefined;
  const names = wanted.filter((name) => typeof name === 'string');
  return (value, run) => {
    if (!isDict(value)) return;
    for (const name of names) if (dictGet(value, name) === undefined) missing(name, value, run, complain);
  };
};

const patternProperties: Keyword = (wanted, { inner }) => {
  const checks = entriesOf(wanted).map(([text, schema]) => ({ regex: compileRegex(text), check: inner(schema) }));
  return (value, run) => {
    if (!isDict(value)) return;
    for (const { regex, check } of checks)
      for (const [key, item] of dictEntries(value))
        if (typeof key === 'string' && regex.test(key)) descend(check, item, run, key);
  };
};

const additionalProperties: Keyword = (wanted, { schema, inner, complain }) => {
  if (wanted === true) return undefined;
  const known = ownOf(schema, 'properties');
  const patterns = entriesOf(ownOf(schema, 'patternProperties') ?? null).map(([text]) => text);
  const regexes = patterns.map((text) => compileRegex(text));
  const check = wanted === false ? undefined : inner(wanted);
  const extrasOf = (value: AnyDict) =>
    dictKeys(value)
      .map(str)
      .filter(
        (key) =>
          !(known !== undefined && isPlain(known) && Object.hasOwn(known, key)) && !regexes.some((r) => r.test(key)),
      );
  return (value, run) => {
    if (!isDict(value)) return;
    const extras = extrasOf(value);
    if (check) {
      for (const key of extras) descend(check, dictGet(value, key) ?? null, run, key);
    } else if (extras.length > 0) {
      const [property = ''] = extras.sort(compareText);
      complain(value, run, (show) => unexpected(extras, patterns, show), { property });
    }
  };
};

function unexpected(extras: readonly string[], patterns: readonly string[], show: Show): string {
  if (patterns.length === 0) return `Additional properties are not allowed (${listed(extras, show)} unexpected)`;
  const verb = extras.length === 1 ? 'does' : 'do';
  const regexes = [...patterns].sort(compareText).map(show).join(', ');
  return `${extras.map(show).join(', ')} ${verb} not match any of the regexes: ${regexes}`;
}

const dependencies: Keyword = (wanted, { inner, complain }) => {
  const rules = entriesOf(wanted).map(([name, needs]) => ({
    name,
    needs,
    check: isList(needs) ? undefined : inner(needs),
  }));
  return (value, run) => {
    if (!isDict(value)) return;
    for (const { name, needs, check } of rules) {
      if (dictGet(value, name) === undefined) continue;
      check?.(value, run);
      for (const need of isList(needs) ? needs : [])
        if (dictGet(value, need) === undefined)
          complain(value, run, (show) => `${show(need)} is a dependency of ${show(name)}`);
    }
  };
};

export const INSIDES: readonly (readonly [string, Keyword])[] = [
  ['items', items],
  ['additionalItems', additionalItems],
  ['properties', properties],
  ['required', required],
  ['patternProperties', patternProperties],
  ['additionalProperties', additionalProperties],
  ['dependencies', dependencies],
];
