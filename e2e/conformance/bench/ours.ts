// e2e/conformance/bench/ours.ts — our engines of the expression languages, timed: the same cases as driver.py has.
import { evaluating } from '../../../operator/domain/expression/evaluation.ts';
import type { Scope } from '../../../operator/domain/expression/functions/call.ts';
import { compileTemplate } from '../../../operator/domain/expression/jinja/template.ts';
import { isDict } from '../../../operator/domain/expression/python/dict.ts';
import { isPlain, type Plain, type Value } from '../../../operator/domain/expression/python/values.ts';
import { evaluateYaql } from '../../../operator/domain/expression/yaql/engine.ts';
import {
  compileCriterion,
  type GivenCriterion,
  subjectOf,
  testCriteria,
} from '../../../operator/domain/rule/criteria.ts';
import type { Case } from '../suite.ts';
import { decode } from '../tagged.ts';
import { serve } from './answering.ts';

const WORLD = { nowMs: 1_700_000_000_000, seed: 1 };

/** A case, parsed → its evaluation, as the operator does it for every event. */
const KINDS: Readonly<Record<string, (one: Case) => () => unknown>> = {
  yaql(one) {
    const [data, variables] = [decode(one['data'] ?? null), contextOf(one)];
    const scope: Scope = { context: variables };
    return () => evaluateYaql(String(one['expr']), { data, variables, scope }); // finds the expression compiled
  },
  jinja(one) {
    const template = compileTemplate(String(one['expr']), { allowUndefined: false });
    const scope: Scope = { context: contextOf(one) };
    return () => template.render(scope);
  },
  criteria(one) {
    const payload = decode(one['payload'] ?? null);
    const criteria = Object.entries(one['criteria'] as Readonly<Record<string, GivenCriterion>>);
    const compiled = criteria.map(([key, criterion]) => compileCriterion(key, criterion, (part) => part, []));
    return () => {
      const subject = subjectOf('trigger', payload, undefined);
      return testCriteria(
        compiled.map((test) => () => test(subject)),
        subject,
      );
    };
  },
};

function contextOf(one: Case): Plain {
  const context: Value = decode(one['context'] ?? {});
  if (!isDict(context) || !isPlain(context)) throw new Error('a context that is no object');
  return context;
}

await serve(KINDS, (evaluate) => evaluating(WORLD, evaluate));
