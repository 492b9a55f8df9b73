// e2e/conformance/suites/orquesta_misc.ts — the suite orquesta_misc: inline parameters, merged contexts, composed graphs.
import type { Value } from '../../../operator/domain/expression/python/values.ts';
import { compareText } from '../../../operator/domain/expression/python/compare.ts';
import { compose } from '../../../operator/domain/workflow/orquesta/compose.ts';
import { parseInlineParameters } from '../../../operator/domain/workflow/orquesta/inline-parameters.ts';
import { inspect } from '../../../operator/domain/workflow/orquesta/inspect.ts';
import { mergeDicts } from '../../../operator/domain/workflow/orquesta/merge.ts';
import type { GraphNode, Workflow } from '../../../operator/domain/workflow/orquesta/model.ts';
import type { Answer, Case, Suite } from '../suite.ts';
import { decode } from '../tagged.ts';

function run(one: Case): Answer {
  switch (one.mode) {
    case 'inline_params':
      return {
        result: parseInlineParameters(String(one['text'])).map(({ name, value }) =>
          Object.fromEntries([[name, value]]),
        ),
      };
    case 'merge_dicts':
      return { result: mergeDicts(decode(one['left']), decode(one['right']), one['overwrite'] === true) };
    case 'compose':
      return { result: composed(decode(one['definition'])) };
    default:
      throw new Error(`"${one.mode}" is no mode that this suite knows`);
  }
}

function composed(definition: Value): Value {
  const { workflow, refusal } = inspect(definition);
  if (!workflow) throw new Error('the definition is refused', { cause: refusal });
  const { nodes, roots } = compose(workflow);
  const sorted = [...nodes.values()].toSorted((a, b) => compareText(a.id, b.id));
  return { roots, nodes: sorted.map((node) => shown(node, workflow)) };
}

/** As networkx writes a node: attributes that it has not are not there; `do: retry` gives no delay, a task's own retry always one. */
function shown({ id, barrier, splits, retry, out }: GraphNode, workflow: Workflow): Value {
  const isOwn = workflow.tasks.get(id)?.retry === retry;
  return {
    id,
    ...(barrier === undefined ? {} : { barrier }),
    ...(splits ? { splits } : {}),
    ...(retry
      ? { retry: { when: retry.when ?? null, count: retry.count, ...(isOwn ? { delay: retry.delay ?? null } : {}) } }
      : {}),
    next: out.map(({ target, key, criteria, ref }) => ({ to: target, key, criteria, ref })),
  };
}

export const suite: Suite = { name: 'orquesta_misc', run };
