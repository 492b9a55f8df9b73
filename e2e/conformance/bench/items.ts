// e2e/conformance/bench/items.ts — a workflow of one task with items, run by our engine alone.
import type { Outside } from '../../../operator/domain/workflow/engine.ts';
import { openWorkflow } from '../../../operator/domain/workflow/orquesta/open.ts';
import { OrquestaRun } from '../../../operator/domain/workflow/orquesta/run.ts';

const OUTSIDE: Outside = { nowMs: Date.UTC(2024, 0, 1), seed: 1, datastore: undefined };
const each = (concurrency: string): string => `
version: 1.0
input: [xs]
tasks:
  each:
    with: { items: x in <% ctx(xs) %>${concurrency} }
    action: core.echo message=<% item(x) %>
`;

/** @returns what a run of so many items takes, in ms; of few items several are run, or the clock would be too coarse */
export function itemsRun(concurrency: string): (size: number) => number {
  const { workflow, graph, findings } = openWorkflow(each(concurrency));
  if (!workflow || !graph) throw new Error(JSON.stringify(findings));
  const once = (size: number): void => {
    const parameters = { xs: Array.from({ length: size }, (_, i) => i) };
    const run = new OrquestaRun(workflow, graph, { parameters, context: {}, uid: 'bench' });
    const open = [...run.advance({ is: 'start' }, OUTSIDE).children];
    for (const { key } of open) {
      const entry = { is: 'child', key, status: 'succeeded', result: { stdout: 'hello', return_code: 0 } } as const;
      open.push(...run.advance(entry, OUTSIDE).children);
    }
    if (run.status !== 'succeeded' || open.length !== size) throw new Error(`${open.length} children, ${run.status}`);
  };
  return (size) => {
    const times = Math.max(1, 1000 / size);
    const began = performance.now();
    for (let i = 0; i < times; i++) once(size);
    return (performance.now() - began) / times;
  };
}
