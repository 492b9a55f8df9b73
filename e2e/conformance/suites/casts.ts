// e2e/conformance/suites/casts.ts — parameters: casts, rendering, validation, and the configuration of packs.
import { castOf } from '../../../operator/domain/action/cast.ts';
import { renderFinal, renderLive, type Sources } from '../../../operator/domain/action/render-parameters.ts';
import type { Schemas } from '../../../operator/domain/action/runner-parameters.ts';
import { validate } from '../../../operator/domain/action/schema.ts';
import type { Datastore } from '../../../operator/domain/expression/functions/call.ts';
import { evaluating } from '../../../operator/domain/expression/evaluation.ts';
import { isPlain, type Plain, type Value } from '../../../operator/domain/expression/python/values.ts';
import { resolveConfig } from '../../../operator/domain/pack/config.ts';
import type { Answer, Case, Suite } from '../suite.ts';
import { decode } from '../tagged.ts';

const WORLD = { nowMs: 0, seed: 1 };

export const suite: Suite = {
  name: 'casts',
  run: (one): Answer => ({ result: evaluating(WORLD, () => answer(one)) }),
};

function answer(one: Case): Value {
  const field = (name: string): Plain => {
    const value = decode(one[name] ?? {});
    return isPlain(value) ? value : {};
  };
  switch (one.mode) {
    case 'cast': {
      const cast = castOf(one['type']);
      return cast ? cast(decode(one['value'])) : { no_cast: true };
    }
    case 'render_live':
      return renderLive(sourcesOf(one, field), field('params'));
    case 'render_final':
      return finalOf(renderFinal(sourcesOf(one, field), field('params')));
    case 'finalized': {
      const { additional: _, ...sources } = sourcesOf(one, field);
      return finalOf(renderFinal(sources, renderLive(sources, field('params'))));
    }
    case 'validate':
      return validate(decode(one['instance']), field('schema'), { useDefault: one['use_default'] !== false });
    case 'pack_config':
      return resolveConfig({
        pack: 'p',
        schema: field('schema'),
        values: field('values'),
        user: typeof one['user'] === 'string' ? one['user'] : 'stanley',
        datastore: datastoreOf(field('kv')),
      });
    default:
      throw new Error(`mode ${String(one.mode)} is not known`);
  }
}

const finalOf = ({ runner, action }: ReturnType<typeof renderFinal>): Value => ({ runner, action });

const sourcesOf = (_: Case, field: (name: string) => Plain): Sources => ({
  runner: field('runner_parameters') as unknown as Schemas,
  action: field('action_parameters') as unknown as Schemas,
  actionContext: field('action_context'),
  config: field('config'),
  additional: field('additional_contexts'),
  datastore: datastoreOf(field('kv')),
});

const datastoreOf = (kv: Plain): Datastore => ({
  read(scope, user, name) {
    const entries = kv[scope] ?? {};
    const key = scope === 'user' ? `${user}:${name}` : name;
    const text = isPlain(entries) && Object.hasOwn(entries, key) ? entries[key] : undefined;
    return typeof text === 'string' ? text : undefined;
  },
});
