// e2e/conformance/suites/jinja.ts — Jinja as StackStorm and orquesta use it.
import { evaluate } from '../../../operator/domain/expression/embedded/evaluate.ts';
import { validate } from '../../../operator/domain/expression/embedded/validate.ts';
import { variablesIn } from '../../../operator/domain/expression/embedded/variables.ts';
import { evaluating } from '../../../operator/domain/expression/evaluation.ts';
import type { Datastore, Scope } from '../../../operator/domain/expression/functions/call.ts';
import {
  isJinjaExpression,
  renderValues,
  toRawBlock,
} from '../../../operator/domain/expression/jinja/render-values.ts';
import { compileTemplate } from '../../../operator/domain/expression/jinja/template.ts';
import { isDict } from '../../../operator/domain/expression/python/dict.ts';
import { isPlain, type Plain, type Value } from '../../../operator/domain/expression/python/values.ts';
import type { Answer, Case, Suite } from '../suite.ts';
import { decode } from '../tagged.ts';

const WORLD = { nowMs: 0, seed: 1 };

export const suite: Suite = {
  name: 'jinja',
  run: (one): Answer => ({ result: evaluating(WORLD, () => answer(one)) }),
};

function answer(one: Case): Value {
  const expression = decode(one['expr'] ?? null);
  const scope = scopeOf(one);
  switch (one.mode) {
    case 'template':
      return compileTemplate(String(one['expr']), optionsOf(one)).render(scope);
    case 'orquesta':
      return evaluate(expression, scope);
    case 'validate':
      return validate(expression).map((finding) => ({ ...finding, type: finding.type ?? null }));
    case 'extract_vars':
      return variablesIn(expression).map((found) => [found.language, found.expression, found.variable]);
    case 'render_values':
      return isDict(expression)
        ? renderValues(expression, scope, { allowUndefined: one['allow_undefined'] === true })
        : expression;
    case 'raw_block':
      return toRawBlock(expression);
    case 'is_expression':
      return isJinjaExpression(expression);
    default:
      throw new Error(`mode ${String(one.mode)} is not known`);
  }
}

function optionsOf(one: Case): { allowUndefined: boolean; trimBlocks: boolean; lstripBlocks: boolean } {
  const environment = one['env'] as Readonly<Record<string, boolean>> | undefined;
  return {
    allowUndefined: environment?.['allow_undefined'] ?? false,
    trimBlocks: environment?.['trim_blocks'] ?? true,
    lstripBlocks: environment?.['lstrip_blocks'] ?? true,
  };
}

function scopeOf(one: Case): Scope {
  const context = decode(one['context'] ?? {});
  return { context: isDict(context) ? context : {}, datastore: datastoreOf(one) };
}

function datastoreOf(one: Case): Datastore {
  const kv = (one['kv'] ?? {}) as Plain;
  const key = one['crypto_key'];
  return {
    cryptoKey: key === undefined ? undefined : JSON.stringify(key),
    read(scope, user, name) {
      const entries = kv[scope] ?? {};
      const id = scope === 'user' ? `${user}:${name}` : name;
      const text = isPlain(entries) && Object.hasOwn(entries, id) ? entries[id] : undefined;
      return typeof text === 'string' ? text : undefined;
    },
  };
}
