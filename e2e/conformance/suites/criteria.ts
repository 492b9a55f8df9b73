// e2e/conformance/suites/criteria.ts — rule criteria: one operator, one path, or all criteria of a rule.
import { evaluating, type World } from '../../../operator/domain/expression/evaluation.ts';
import { ExpressionFault } from '../../../operator/domain/expression/fault.ts';
import type { Datastore } from '../../../operator/domain/expression/functions/call.ts';
import { query } from '../../../operator/domain/expression/jsonpath/path.ts';
import { dictEntries, isDict } from '../../../operator/domain/expression/python/dict.ts';
import { str } from '../../../operator/domain/expression/python/repr.ts';
import { isPlain, type Plain, truthy, type Value } from '../../../operator/domain/expression/python/values.ts';
import {
  compileCriterion,
  compileOperator,
  type GivenCriterion,
  isUnknownOperator,
  subjectOf,
  testCriteria,
} from '../../../operator/domain/rule/criteria.ts';
import { contextOf } from '../../../operator/domain/rule/pattern.ts';
import type { Case, Suite } from '../suite.ts';
import { decode } from '../tagged.ts';

export const suite: Suite = {
  name: 'criteria',
  run: (one) => evaluating(worldOf(one), () => ({ result: answer(one) })),
};

const worldOf = ({ now }: Case): World => ({
  nowMs: Date.parse(typeof now === 'string' ? now : '2024-01-01'),
  seed: 1,
});

function answer(one: Case): Value {
  const payload = decode(one['payload'] ?? null);
  switch (one.mode) {
    case 'lookup': {
      const prefix = one['prefix'] === 'item' ? 'item' : 'trigger';
      const found = query(String(one['key']), contextOf(prefix, payload, datastoreOf(one)));
      return found.length > 0 ? found : null;
    }
    case 'operator':
      return operate(one);
    default:
      return filter(one, payload);
  }
}

function operate(one: Case): boolean {
  const criterion = { pattern: decode(one['pattern'] ?? null), condition: one['condition'] };
  const test = compileOperator(String(one['operator']), criterion, (part) => part, []);
  return test(decode(one['value'] ?? null), subjectOf('trigger', null, undefined));
}

function filter(one: Case, payload: Value): boolean {
  if (one['enabled'] === false) return false;
  const first = one['first_pass_matched'];
  if (one['rule_type'] === 'backstop' && truthy(decode(first ?? null))) return false;
  const criteria = decode(one['criteria']);
  if (!isDict(criteria)) throw new Error('criteria is no map');
  const subject = subjectOf('trigger', payload, datastoreOf(one));
  const tests = dictEntries(criteria).map(([key, criterion]) => {
    const test = compileCriterion(str(key), criterion as GivenCriterion, (part) => part, []);
    return () => quiet(criterion, () => test(subject));
  });
  return testCriteria(tests, subject);
}

/** What raises is no match, but for an operator that does not exist. */
function quiet(criterion: Value | undefined, run: () => boolean): boolean {
  if (isPlain(criterion ?? null) && (criterion as Plain)['type'] === undefined) return false;
  try {
    return run();
  } catch (fault) {
    if (fault instanceof ExpressionFault && !isUnknownOperator(fault)) return false;
    throw fault;
  }
}

function datastoreOf({ kv }: Case): Datastore | undefined {
  if (typeof kv !== 'object' || kv === null) return undefined;
  const scopes = kv as Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;
  return {
    read: (scope, user, name) => {
      const entries = scopes[scope] ?? {};
      const key = scope === 'user' ? `${user}:${name}` : name;
      return Object.hasOwn(entries, key) ? entries[key] : undefined;
    },
  };
}
