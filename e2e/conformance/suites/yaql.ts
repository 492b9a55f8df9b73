// e2e/conformance/suites/yaql.ts — the suite yaql: expressions alone, embedded in values, their checks and the variables they name.
import { evaluate } from '../../../operator/domain/expression/embedded/evaluate.ts';
import { validate } from '../../../operator/domain/expression/embedded/validate.ts';
import { variablesIn } from '../../../operator/domain/expression/embedded/variables.ts';
import { evaluating } from '../../../operator/domain/expression/evaluation.ts';
import type { Datastore } from '../../../operator/domain/expression/functions/call.ts';
import { isDict } from '../../../operator/domain/expression/python/dict.ts';
import type { Plain, Value } from '../../../operator/domain/expression/python/values.ts';
import { evaluateYaql } from '../../../operator/domain/expression/yaql/engine.ts';
import type { Answer, Case, Suite } from '../suite.ts';
import { decode } from '../tagged.ts';

interface Stored {
  readonly system: Readonly<Record<string, string>>;
  readonly user: Readonly<Record<string, string>>;
}

const own = (entries: Readonly<Record<string, string>>, key: string) =>
  Object.hasOwn(entries, key) ? entries[key] : undefined;

function datastoreOf(one: Case): Datastore | undefined {
  const stored = one['kv'] as Stored | undefined;
  if (!stored) return undefined;
  return {
    read: (scope, user, name) => (scope === 'system' ? own(stored.system, name) : own(stored.user, `${user}:${name}`)),
  };
}

function evaluateCase(one: Case): Value {
  const context = decode(one['context'] ?? {});
  const scope = { context: isDict(context) ? context : {}, datastore: datastoreOf(one) };
  if (one.mode === 'orquesta') return evaluate(decode(one['expr']), scope);
  const data = Object.hasOwn(one, 'data') ? decode(one['data']) : undefined;
  return evaluateYaql(String(one['expr']), { data, variables: context as Plain, scope });
}

function run(one: Case): Answer {
  switch (one.mode) {
    case 'validate':
      return { result: validate(decode(one['expr'])).map((finding) => ({ ...finding, type: finding.type ?? null })) };
    case 'extract_vars':
      return {
        result: variablesIn(decode(one['expr'])).map(({ language, expression, variable }) => [
          language,
          expression,
          variable,
        ]),
      };
    default:
      return { result: evaluating({ nowMs: Date.UTC(2026, 0, 2, 3, 4, 5), seed: 1 }, () => evaluateCase(one)) };
  }
}

export const suite: Suite = { name: 'yaql', run };
