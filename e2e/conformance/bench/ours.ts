// e2e/conformance/bench/ours.ts — our engines, timed: the same requests and answers as driver.py has.
import { createInterface } from 'node:readline';
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

type Request = { readonly prepare: Case; readonly kind: string } | { readonly run: number; readonly times: number };

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

const prepared: (() => unknown)[] = [];

function answer(request: Request): object {
  if ('prepare' in request) {
    try {
      const evaluate = evaluating(WORLD, () => KINDS[request.kind]?.(request.prepare));
      if (!evaluate) return { skipped: 'no such kind' };
      evaluating(WORLD, evaluate);
      return { id: prepared.push(evaluate) - 1 };
    } catch (error) {
      return { skipped: String(error) };
    }
  }
  const evaluate = prepared[request.run];
  if (!evaluate) throw new Error(`case ${request.run} was not prepared`);
  const began = performance.now();
  for (let i = 0; i < request.times; i++) evaluating(WORLD, evaluate);
  return { seconds: (performance.now() - began) / 1000 };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(answer(JSON.parse(line) as Request)));
}
